import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { ImpactCounts, OrderRate } from '../../ports/probes.ts';
import type { Asking, Check } from '../define-runbook.ts';
import type { Thresholds } from '../thresholds.ts';
import { psql } from './psql.ts';

/** Minutes of orders that are counted: half an hour, wider while there are too few (design §6). */
export const ORDER_WINDOWS = [30, 60, 120, 240, 360] as const;

export interface OrdersSeen extends OrderRate {
  /** Against last week; null: last week had too few orders in six hours to compare with. */
  readonly is: 'spike' | 'more' | 'usual' | 'missing' | null;
}

/** *Spike*, *usual* and *missing* as runbook-knowledge §0 has them; *more* lies between the first two. */
function compared({ created, lastWeek }: OrderRate, thresholds: Thresholds): OrdersSeen['is'] {
  const { impactFewestOrders, missingFactor, spikeFactor, usualFactor } = thresholds;
  if (lastWeek < impactFewestOrders) return null;
  if (created < lastWeek * missingFactor) return 'missing';
  if (created < lastWeek * usualFactor) return 'usual';
  return created >= lastWeek * spikeFactor ? 'spike' : 'more';
}

async function readOrders({
  probes,
  thresholds,
  now,
  signal,
}: Pick<Asking, 'probes' | 'thresholds' | 'now' | 'signal'>): Promise<OrdersSeen> {
  const question = { windowsMinutes: ORDER_WINDOWS, fewest: thresholds.impactFewestOrders, now };
  const rate = await probes.ordersDatabase.orderRate(question, signal);
  return { ...rate, is: compared(rate, thresholds) };
}

const SAYS: Readonly<Record<NonNullable<OrdersSeen['is']>, string>> = {
  spike: ' That is a spike.',
  more: ' That is more than usual.',
  usual: '',
  missing: ' Orders are missing.',
};

/** X6: whether as many orders come as last week at this time. */
export const orderRate: Check<OrdersSeen> = {
  step: 'X6',
  title: 'Do as many orders come as last week at this time?',
  system: 'The orders database',
  source: null,
  equivalent: (names) => {
    const { table, createdAt, timeZone } = names.orders;
    const clock = timeZone === null ? '' : `set timezone = '${timeZone}'; `;
    const within = (from: string, to: string) =>
      `count(*) filter (where ${createdAt} > ${from} and ${createdAt} <= ${to})`;
    return psql(
      names,
      `${clock}select ${within("now() - interval '30 min'", 'now()')} as created, ${within("now() - interval '7 days 30 min'", "now() - interval '7 days'")} as last_week from ${table};`,
    );
  },
  deadlineMs: 4_000,
  async look(ask) {
    const seen = await readOrders(ask);
    const { created, lastWeek, windowMinutes, is } = seen;
    const said = `${created} ${created === 1 ? 'order was' : 'orders were'} created in ${windowMinutes} min, ${lastWeek} in the same time last week.`;
    if (is === 'missing') return broken(`${said}${SAYS[is]}`, seen);
    if (is !== null) return healthy(`${said}${SAYS[is]}`, seen);
    const few = `${said} Too few to compare.`;
    // Where no fewer came than half of few, at least none are missing.
    return created < lastWeek * ask.thresholds.missingFactor ? unknown(few, seen) : healthy(few, seen);
  },
};

/**
 * Orders that never came count as affected (design §6): nobody finds a code of theirs in the table. Where the owners of the
 * schema count by their view, they have decided about that too.
 * That last week could not be asked hides nothing: what failed is still counted.
 * @param failed counts what failed of the orders created in the first of these windows that has enough of them
 */
export async function withMissing(
  ask: Pick<Asking, 'probes' | 'thresholds' | 'now' | 'signal'>,
  failed: (windowsMinutes: readonly number[]) => Promise<ImpactCounts>,
): Promise<ImpactCounts> {
  const [counts, orders] = await Promise.all([failed(ORDER_WINDOWS), readOrders(ask).catch(() => null)]);
  if (orders === null || orders.is !== 'missing' || counts.source === 'impact view') return counts;
  const same = await failed([orders.windowMinutes]);
  const missing = orders.lastWeek - orders.created;
  return { ...same, affected: same.affected + missing, total: same.total + missing, missing };
}
