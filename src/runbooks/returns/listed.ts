import type { KnownIds } from '../../domain/alert.ts';
import { OrderId, ReturnId } from '../../domain/ids.ts';
import type { FraudScore, ReturnEligibility, ReturnSummary } from '../../ports/order-service.ts';
import type { Probes } from '../../ports/probes.ts';
import type { Asking } from '../define-runbook.ts';
import { aboutEach } from '../shared/batch.ts';
import { type Late, type List, lateOnes } from '../shared/pending.ts';

const DAY = 86_400_000;

type Reading = { readonly probes: Probes; readonly signal: AbortSignal };
type Listing = Reading & Pick<Asking, 'names'>;

/** R62's list. @param status of those that wait, unless it is told */
export function listOf(
  { probes, names, signal }: Listing,
  status: string = names.statuses.pendingReturn,
): List<ReturnSummary> {
  return async (question) => await probes.orderService.returns({ ...question, status }, signal);
}

export async function lateReturns(ask: Asking): Promise<Late<ReturnSummary>> {
  return await lateOnes(listOf(ask), ask.ids.returns, ask.thresholds);
}

/** Whether an alert or a person named it, or its order. */
export function isNamed(
  { id, order }: { readonly id: string; readonly order: string | null },
  ids: KnownIds,
): boolean {
  return ids.returns.includes(id) || (order !== null && ids.orders.includes(order));
}

/** Those that are looked at one by one: what people named, and the oldest. */
export async function sampledReturns(ask: Asking): Promise<{
  readonly returns: readonly ReturnSummary[] /** Others wait, and none of them can be looked at. */;
  readonly dark: number;
}> {
  const { rows, total } = await lateReturns(ask);
  const named = rows.filter((row) => isNamed(row, ask.ids));
  const oldest = rows.filter((row) => !isNamed(row, ask.ids));
  const returns = [...named, ...oldest.slice(0, ask.thresholds.sampledOrders)];
  return { returns, dark: rows.length === 0 ? total : 0 };
}

export function noneUnderstood(many: number): string {
  return `None of the ${many} returns that wait could be looked at: the service’s list was not understood.`;
}

/** R64 for each; null: nobody could say, also where the service does not know the return. */
export async function scoresOf(
  { probes, signal }: Reading,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FraudScore | null>> {
  const answers = await aboutEach(
    ids,
    async (id) => await probes.orderService.fraudScore(ReturnId.parse(id), signal),
  );
  return new Map(answers.map(({ target, said }) => [target, said]));
}

/** R65 of one order; null: nobody could say. */
export async function windowsOf(
  { probes, signal }: Reading,
  orders: readonly string[],
): Promise<ReadonlyMap<string, ReturnEligibility | null>> {
  const answers = await aboutEach(
    orders,
    async (order) => await probes.orderService.returnEligibility(OrderId.parse(order), signal),
  );
  return new Map(answers.map(({ target, said }) => [target, said]));
}

/** Days from delivery to the customer's request, parts of a day counted; null: the service does not say when. */
export function daysOf({ deliveredAt, requestedAt }: ReturnEligibility): number | null {
  return deliveredAt === null || requestedAt === null ? null : (requestedAt - deliveredAt) / DAY;
}

/** The service's words name the window, or none at all: then the dates must agree with the verdict. */
const OF_WINDOW = /window|day|expire|period|late/i;

/** Whether the verdict agrees with its own dates and the window of 30 days (runbook-knowledge 9.C1). */
export function agrees(window: ReturnEligibility, windowDays: number): boolean | null {
  const days = daysOf(window);
  if (days === null) return null;
  if (window.eligible) return days <= Math.max(window.windowDays, windowDays);
  // Sold without a right to return it: no matter of days.
  if (window.words !== null && !OF_WINDOW.test(window.words)) return true;
  return days > windowDays;
}
