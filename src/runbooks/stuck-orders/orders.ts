import { OrderId } from '../../domain/ids.ts';
import type { OrderSummary } from '../../ports/probes.ts';
import type { Asking, Judging, Proving } from '../define-runbook.ts';
import { aboutEach, type Standing } from '../shared/batch.ts';
import type { Thresholds } from '../thresholds.ts';
import type { StuckData } from './checks.ts';

const MINUTE = 60_000;

/** The orders that alerts and people named, the newest few, and the oldest stuck ones: those are looked at one by one. */
export async function sampledOrders({ probes, names, thresholds, ids, signal }: Asking): Promise<{
  /** As they stand, also those that went on. */
  readonly named: readonly OrderSummary[];
  /** Named, and the service knows none of that id: an answer. */
  readonly strange: readonly OrderId[];
  /** Why others that were named could not be read. */
  readonly refused: readonly unknown[];
  /** As the service lists them. */
  readonly oldest: readonly OrderSummary[];
  /** Others of that list could not be understood. */
  readonly unread: number;
}> {
  const { stuckAfterMinutes: olderThanMinutes, sampledOrders: limit } = thresholds;
  const question = { status: names.statuses.processing, olderThanMinutes, limit, cursor: null };
  const wanted = ids.orders.slice(-limit).flatMap((id) => OrderId.safeParse(id).data ?? []);
  const [{ orders, unread }, { found, refused }] = await Promise.all([
    probes.orderService.stuckOrders(question, signal),
    eachOrder(probes, wanted, signal),
  ]);
  return {
    named: [...found.values()].filter((order) => order !== null),
    strange: [...found].flatMap(([id, order]) => (order === null ? [id] : [])),
    refused,
    oldest: orders.filter(({ id }) => !wanted.includes(id)),
    unread,
  };
}

/** What the service says of each, null where it knows none of that id, and why it did not of the others. */
export async function eachOrder(
  { orderService }: Asking['probes'],
  ids: readonly OrderId[],
  signal: AbortSignal,
): Promise<{
  readonly found: ReadonlyMap<OrderId, OrderSummary | null>;
  readonly refused: readonly unknown[];
}> {
  const found = new Map<OrderId, OrderSummary | null>();
  const asked = await Promise.allSettled(
    ids.map(async (id) => [id, await orderService.order(id, signal)] as const),
  );
  for (const one of asked) if (one.status === 'fulfilled') found.set(...one.value);
  return { found, refused: asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])) };
}

/** Of the orders that alerts and people named, those that are in *processing* by X10. */
export function namedInProcessing({
  findings,
  incident,
  names,
}: Judging<StuckData>): readonly OrderSummary[] {
  return (findings.oldest.data?.orders ?? []).filter(
    ({ id, status }) => incident.ids.orders.includes(id) && status === names.statuses.processing,
  );
}

/** Whether it has been in *processing* for longer than is normal: before that no event and no row of it is late. */
export function isLate(
  { status, updatedAt }: OrderSummary,
  { names, thresholds, now }: Pick<Asking, 'names' | 'thresholds' | 'now'>,
): boolean {
  return (
    status === names.statuses.processing && now - updatedAt >= thresholds.normalProcessingMinutes * MINUTE
  );
}

/** Each order as it is now; null where nobody could say, also where the service does not know it. */
export async function ordersOf(
  { probes, signal }: Pick<Proving, 'probes' | 'signal'>,
  targets: readonly string[],
) {
  const found = await aboutEach(
    targets,
    async (target) => await probes.orderService.order(OrderId.parse(target), signal),
  );
  return found.map(({ target, said: order }) => ({ target, order }));
}

type Asked = Awaited<ReturnType<typeof ordersOf>>[number];

/** The present status of each order; null as in `ordersOf`. */
export async function statusesOf(proving: Proving, targets: readonly string[]) {
  return (await ordersOf(proving, targets)).map(({ target, order }) => ({
    target,
    status: order?.status ?? null,
  }));
}

/** *Subset*: of the orders shown, those that are still in *processing*. */
export function stillProcessing({ names }: Proving, asked: readonly Asked[]): readonly Standing[] {
  return asked.map(({ target, order }) => ({
    target,
    so: order === null ? null : order.status === names.statuses.processing,
    words: order === null ? '' : `it is ${order.status} by now`,
  }));
}

/** R20's proof: which orders have left *processing* (the list of stuck orders would not tell: a retry may renew their age). */
export async function leftProcessing(proving: Proving): Promise<readonly Standing[]> {
  const found = await statusesOf(proving, proving.run.targets);
  return found.map(({ target, status }) => ({
    target,
    so: status === null ? null : status !== proving.names.statuses.processing,
    words: status ?? '',
  }));
}

export function afterMinutes(
  found: readonly Standing[],
  minutes: number,
  { normalProcessingMinutes }: Thresholds,
): string {
  const normal = `normal is up to ${normalProcessingMinutes} min`;
  const [only] = found;
  if (found.length === 1 && only !== undefined)
    return only.so === null
      ? 'The order could not be read.'
      : `The order is ${only.words} after ${minutes} min; ${normal}.`;
  const unknown = found.filter(({ so }) => so === null).length;
  const blind = unknown === 0 ? '' : ` ${unknown} could not be read.`;
  return `${minutes} min have passed; ${normal}.${blind}`;
}
