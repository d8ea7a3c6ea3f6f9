import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { OversoldOrders } from '../../ports/orders-database.ts';
import type { Check } from '../define-runbook.ts';
import { psql } from '../shared/psql.ts';
import { spell } from '../shared/spell.ts';

const MINUTE = 60_000;
/** What the source calls it. */
const OVERSOLD = 'OVERSOLD_PRODUCT';
/** Orders that are kept and listed; the others are counted. */
const LISTED = 50;

export type OversoldSeen = OversoldOrders;

/**
 * X8: orders whose product was sold twice, for somebody to decide. They stay on the list until that is done, so the list alone
 * is no trouble: that new ones come is.
 */
export const oversold: Check<OversoldSeen> = {
  step: 'X8',
  title: 'Which orders are oversold?',
  system: 'The orders database',
  source: null,
  equivalent: (names) =>
    psql(
      names,
      `SELECT * FROM ${names.orders.table} WHERE ${names.orders.errorCode} = '${OVERSOLD}' ORDER BY ${names.orders.createdAt};`,
    ),
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, now, signal }) {
    const { oversoldMinutes, stoppedMinutes } = thresholds;
    const seen = await probes.ordersDatabase.oversold(
      {
        code: OVERSOLD,
        decided: names.statuses.manual,
        windowMinutes: oversoldMinutes,
        most: LISTED,
        now,
      },
      signal,
    );
    const { orders, total, unread } = seen;
    if (total === 0)
      return healthy(
        `No order of the last ${spell(oversoldMinutes * MINUTE)} is oversold and undecided.`,
        seen,
      );
    const newest = Math.max(...orders.map(({ since }) => since));
    const ago = orders.length === 0 ? '' : `, the newest for ${spell(Math.max(0, now - newest))}`;
    const line = `${total} ${total === 1 ? 'order is' : 'orders are'} oversold and undecided${ago}; each has to be decided, perhaps cancelled.`;
    const evidence = orders.map(({ id }) => id);
    if (unread > 0) return unknown(`${line} ${unread} have ids that are no order’s.`, seen, evidence);
    return now - newest <= stoppedMinutes * MINUTE
      ? broken(line, seen, evidence)
      : healthy(line, seen, evidence);
  },
};
