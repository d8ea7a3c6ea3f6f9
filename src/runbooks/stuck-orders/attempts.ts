import { OrderId } from '../../domain/ids.ts';
import type { OrderSummary } from '../../ports/probes.ts';
import type { Action, Proving } from '../define-runbook.ts';
import { readNumbers } from '../shared/rates.ts';
import type { StuckData } from './checks.ts';
import { ordersOf, statusesOf, stillProcessing } from './orders.ts';

type Kind = 'retry-workflow' | 'republish-events';

/** Of the orders shown, those still in *processing*; noted with each one's newest attempt of this kind, for `attempted`. */
export async function stillUntouched(proving: Proving, kind: Kind) {
  const asked = await ordersOf(proving, proving.run.targets);
  const newest = asked.flatMap(({ target, order }) => {
    const at = newestOf(order, kind);
    return at === null ? [] : [[target, at] as const];
  });
  return {
    standings: stillProcessing(proving, asked),
    noted: { tries: JSON.stringify(Object.fromEntries(newest)) },
  };
}

/**
 * The service keeps what was tried: an attempt of ours that was not there before the run is this run's. Only the
 * service's own times are compared with each other, since its clock may be ahead of ours or behind.
 */
export async function attempted(
  target: string,
  kind: Kind,
  proving: Proving,
): ReturnType<Action<StuckData>['readBack']> {
  const { probes, run, names, signal } = proving;
  const tries = readNumbers(run.parameters['tries']);
  const order = await probes.orderService.order(OrderId.parse(target), signal);
  // A service that keeps no record cannot say that nothing was done.
  if (order === null || order.attempts === null || tries === null) return 'unknown';
  const before = tries[target] ?? Number.NEGATIVE_INFINITY;
  const since = order.attempts.filter((one) => one.kind === kind && one.at > before);
  if (since.some(({ by }) => by === run.by)) return 'done';
  // Somebody did, and the service does not say who.
  if (since.some(({ by }) => by === null)) return 'unknown';
  if (order.status !== names.statuses.processing) return 'unknown';
  const again = await statusesOf(proving, [target]);
  return again[0]?.status === names.statuses.processing ? 'not done' : 'unknown';
}

function newestOf(order: OrderSummary | null, kind: Kind): number | null {
  const times = (order?.attempts ?? []).filter((one) => one.kind === kind).map(({ at }) => at);
  return times.length === 0 ? null : Math.max(...times);
}
