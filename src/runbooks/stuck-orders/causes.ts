import type { Cause } from '../define-runbook.ts';
import { engineSays } from '../shared/engine.ts';
import { goesOn } from '../shared/log-classes.ts';
import type { StuckData } from './checks.ts';
import { firstMissing, lostOf, someOf } from './events.ts';
import { refuses } from './webhooks.ts';

/** A rule that names a finding which this version cannot see yet stays open, and says what is missing. */
function open(id: string, title: string, outside: boolean, missing: string): Cause<StuckData> {
  return {
    id,
    title,
    outside,
    judge: () => ({ verdict: 'open', because: `${missing} could not be looked at.` }),
  };
}

/** Whether the events of stuck orders are missing in Kafka. */
export const lostEvents: Cause<StuckData> = {
  id: '3.C1',
  title: 'Events never got to Kafka',
  outside: true,
  judge({ findings, names }) {
    const seen = findings.events.data;
    if (seen === null)
      return { verdict: 'open', because: 'The events of the orders (R17) could not be looked at.' };
    const { orders, lost, told } = lostOf(seen);
    const some = (count: number) => someOf(count, orders.length);
    if (lost.size * 2 >= orders.length) {
      const missing = orders.filter(({ order }) => lost.has(order));
      return {
        verdict: 'supported',
        because: `${firstMissing(missing, names)} of ${some(lost.size)} never reached Kafka.`,
      };
    }
    if (lost.size > 0) return { verdict: 'open', because: `An event of only ${some(lost.size)} is missing.` };
    if (told.size < orders.length)
      return { verdict: 'open', because: `Of ${some(orders.length - told.size)} it cannot be told.` };
    // The rule wants R47 too, which is runbook 7's.
    return {
      verdict: 'open',
      because: `No event of ${some(orders.length)} is missing; whether publishing fails now (R47) was not looked at.`,
    };
  },
};

const engineAway: Cause<StuckData> = {
  id: '3.C2',
  title: 'Workflow engine away',
  outside: true,
  judge: (judging) =>
    engineSays(judging.findings.engine.data, judging.findings.stuck.data?.orders[0]?.updatedAt, judging),
};

/** Whether the warehouse refuses us now. */
export const warehouse: Cause<StuckData> = {
  id: '3.C4',
  title: 'Warehouse does not take our calls',
  outside: true,
  judge({ findings, now, thresholds }) {
    const counts = findings.webhooks.data;
    if (counts === null)
      return { verdict: 'open', because: 'The deliveries to the warehouse (R19) could not be looked at.' };
    const { taken, failed } = counts.classes;
    const all = taken.lines + failed.lines;
    const minutes = thresholds.logWindowMinutes;
    if (refuses(counts, thresholds.dominatesLines) && goesOn(failed, now, thresholds))
      return {
        verdict: 'supported',
        because: `${failed.lines} of ${all} calls in ${minutes} min were not taken.`,
      };
    if (counts.whole && all >= thresholds.fewestDeliveries && failed.lines < all * thresholds.absentShare)
      return {
        verdict: 'ruled out',
        because: `${taken.lines} of ${all} calls in ${minutes} min were taken.`,
      };
    return {
      verdict: 'open',
      because:
        all === 0 ? 'Nothing was sent to it.' : `${failed.lines} of ${all} calls failed, which says little.`,
    };
  },
};

/** 3.C1 to 3.C5. */
export const causes: readonly Cause<StuckData>[] = [
  lostEvents,
  engineAway,
  open('3.C3', 'Illegal state transition', false, 'The workflow engine’s log (X9)'),
  warehouse,
  open(
    '3.C5',
    'Database transaction ran out of time',
    false,
    'The workflow engine’s log (X9) and long sessions (R39)',
  ),
];
