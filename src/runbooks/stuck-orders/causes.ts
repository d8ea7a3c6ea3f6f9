import type { Cause } from '../define-runbook.ts';
import type { StuckData } from './checks.ts';

/**
 * 3.C1 to 3.C5. Each rule names a finding that this version cannot see yet (events, engine, logs), and `unknown` and
 * `skipped` neither support nor rule out: all five stay open, and say what is missing.
 */
function open(id: string, title: string, outside: boolean, missing: string): Cause<StuckData> {
  return {
    id,
    title,
    outside,
    judge: () => ({ verdict: 'open', because: `${missing} could not be looked at.` }),
  };
}

export const causes: readonly Cause<StuckData>[] = [
  open('3.C1', 'Events never got to Kafka', true, 'The events of the orders (R17)'),
  open('3.C2', 'Workflow engine away', true, 'The workflow engine’s pods (R18)'),
  open('3.C3', 'Illegal state transition', false, 'The workflow engine’s log (X9)'),
  open('3.C4', 'Warehouse does not take our calls', true, 'The deliveries to the warehouse (R19)'),
  open(
    '3.C5',
    'Database transaction ran out of time',
    false,
    'The workflow engine’s log (X9) and long sessions (R39)',
  ),
];
