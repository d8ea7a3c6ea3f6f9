import { expect, test } from 'vitest';
import {
  NO_COUNTS,
  outcomeOf,
  REFUSAL_MS,
  type Run,
  type RunCounts,
  refusalOf,
} from '../../src/domain/run.ts';
import { aRun, OPENED } from '../support/incidents.ts';

const refused = (change: Partial<Run> = {}) =>
  aRun({ outcome: 'failed', endedAt: OPENED, forbidden: 'It answered 403.', ...change });
const allowed = (change: Partial<Run> = {}) => aRun({ endedAt: OPENED + 1, ...change });
const other = ['ord_ccc333'];
const group = ['group/audit'];

test.each<readonly [string, readonly Run[], readonly string[], number, boolean]>([
  ['the newest run was refused', [allowed(), refused()], other, 1, true],
  ['it was let since', [refused(), allowed()], other, 1, false],
  ['it failed otherwise since', [refused(), allowed({ outcome: 'failed' })], other, 1, false],
  ['it is tried again', [refused(), aRun({ state: 'running', endedAt: null })], other, 1, false],
  ['another action was refused', [refused({ action: 'R21' })], other, 1, false],
  ['it may be tried again', [refused()], other, REFUSAL_MS, false],
  ['the same group was refused', [refused({ targets: group })], group, 1, true],
  ['another group was refused', [refused({ targets: ['group/orders'] })], group, 1, false],
  [
    'another group was let since',
    [refused({ targets: group }), allowed({ targets: ['group/x'] })],
    group,
    1,
    true,
  ],
])('%s: whether the right counts as missing', (_, runs, targets, after, missing) => {
  expect(refusalOf(runs, 'R20', targets, OPENED + after)).toEqual(
    missing ? { said: 'It answered 403.', at: OPENED } : null,
  );
});

test.each<readonly [Partial<RunCounts>, string]>([
  [{ done: 2 }, 'done'],
  [{ failed: 2 }, 'failed'],
  [{ failed: 1, unsent: 1 }, 'failed'],
  [{ unsent: 2 }, 'failed'],
  [{ unknown: 2 }, 'unknown'],
  [{ unknown: 1, unsent: 1 }, 'unknown'],
  [{ done: 1, unknown: 1 }, 'partly'],
  [{ failed: 1, unknown: 1 }, 'partly'],
  [{ done: 1, failed: 1 }, 'partly'],
  [{ done: 1, unsent: 1 }, 'partly'],
])('items that ended %o make a run that is %s', (counts, outcome) => {
  expect(outcomeOf({ ...NO_COUNTS, ...counts })).toBe(outcome);
});
