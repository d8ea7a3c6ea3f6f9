import { expect, test } from 'vitest';
import { REFUSAL_MS, type Run, refusalOf } from '../../src/domain/run.ts';
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
