import type { OrderSummary } from '../../ports/probes.ts';
import type { Judging } from '../define-runbook.ts';
import type { StuckData } from './checks.ts';
import { isLate } from './orders.ts';

const MINUTE = 60_000;

/**
 * Orders whose row is older than an event that Kafka has of them (3.H5): the event went out, and the change that it tells of was
 * not committed. What somebody sent again says nothing, and some minutes between the two are usual.
 * @returns `told`: every order that was looked at could be compared
 */
export function uncommitted(judging: Judging<StuckData>): {
  readonly orders: readonly string[];
  readonly told: boolean;
} {
  const { findings, incident, thresholds } = judging;
  const read = findings.oldest.data;
  const rows = new Map<string, OrderSummary>(
    (read?.orders ?? []).filter((order) => isLate(order, judging)).map((order) => [order.id, order]),
  );
  const events = findings.events.data?.orders ?? [];
  const compared = events.flatMap(({ order, seen, missing }) => {
    const row = rows.get(order);
    if (row === undefined || missing === null) return [];
    const sentAgain = Math.min(
      ...(row.attempts ?? []).filter(({ kind }) => kind === 'republish-events').map(({ at }) => at),
      ...incident.runs
        .filter(({ action, targets }) => action === 'R21' && targets.includes(order))
        .map(({ beganAt }) => beganAt ?? Number.POSITIVE_INFINITY),
    );
    const newest = Math.max(...seen.map(({ at }) => at).filter((at) => at < sentAgain - MINUTE));
    return [{ order, late: newest - row.updatedAt > thresholds.rowBehindMinutes * MINUTE }];
  });
  return {
    orders: compared.filter(({ late }) => late).map(({ order }) => order),
    told: read !== null && (read.unread ?? 0) === 0 && compared.length === rows.size,
  };
}
