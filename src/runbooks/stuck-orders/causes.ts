import type { Cause } from '../define-runbook.ts';
import { engineSays } from '../shared/engine.ts';
import { goesOn } from '../shared/log-classes.ts';
import type { StuckData } from './checks.ts';
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
  open('3.C1', 'Events never got to Kafka', true, 'The events of the orders (R17)'),
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
