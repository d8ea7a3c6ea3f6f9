import { describe, expect, test } from 'vitest';
import type { Duty } from '../../../src/domain/duty.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { ReturnData } from '../../../src/runbooks/returns/checks.ts';
import { returns } from '../../../src/runbooks/returns.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { moments as momentsOf } from '../moments.ts';
import { approvals, aReturn, aScore, aWindow, findings, held, labels, rows, waits } from './support.ts';

function moments(given: Partial<Findings<ReturnData>>, change: Partial<Incident> = {}) {
  return momentsOf(returns, aJudging(findings(given), { incident: anIncident([], change) }));
}

const wrongWindow = rows([aReturn('ret_aaa111'), aScore(0.1), aWindow(27, { eligible: false })]);
const counted = (share: { readonly all: number; readonly held: number; readonly window: number }) => ({
  approvals: seen('healthy', { ...approvals({}), returns: share }),
});

test.each([
  ['all is well', {}, []],
  ['the window is wrong', wrongWindow, ['9.N1', 'm9.2']],
  ['the model holds one', rows(held('ret_aaa111')), ['9.N2']],
  ['the model holds one of ten', counted({ all: 40, held: 4, window: 0 }), ['9.N2', 'm9.3']],
  ['the model holds as many as usual', counted({ all: 100, held: 2, window: 0 }), []],
  ['too few to say', counted({ all: 10, held: 5, window: 0 }), []],
  ['labels fail', { labels: seen('broken', labels(0, 9)) }, ['m9.1']],
  ['a constraint', { approvals: seen('broken', approvals({ constraint: 9 })) }, ['m9.2']],
] as const)('%s', (_what, given, expected) => {
  expect(moments(given)).toEqual(expected);
});

test('a retry that is recommended does no harm a second time', () => {
  const over = { '9.C3': { supportedAt: NOW - 20 * MINUTE, clearSince: NOW - 10 * MINUTE } };
  expect(moments(rows(waits('ret_aaa111')), { causeHistory: over })).toEqual(['9.B3']);
});

describe('an exception that was made', () => {
  const run = aRun({
    action: 'R68',
    targets: ['ret_aaa111'],
    parameters: { days: '7', reason: 'the parcel came late' },
    requestedBy: 'UASKER',
  });
  const owed = returnsOwe('R68').map(
    (what, place): Duty => ({
      id: `d${place}`,
      what,
      owner: 'UASKER',
      targets: ['ret_aaa111'],
      run: run.id,
      undo: null,
      at: 0,
      done: null,
    }),
  );

  /** The duties of an action, in its own words. */
  function returnsOwe(step: string): readonly string[] {
    return returns.actions.find((action) => action.step === step)?.owes.map(({ what }) => what) ?? [];
  }
  const judging = (done: readonly string[]) =>
    aJudging(findings(), {
      incident: anIncident([], {
        runs: [run],
        owed: owed.map((duty) => (done.includes(duty.id) ? { ...duty, done: { by: 'U1', at: 1 } } : duty)),
      }),
    });
  const steps = (done: readonly string[]) =>
    (returns.byHand ?? []).flatMap(({ id, when }) => (when(judging(done)) === null ? [] : [id]));

  test('is noted and told until each is ticked off', () => {
    expect(steps([])).toEqual(['m9.4', 'm9.5']);
    expect(steps(['d0'])).toEqual(['m9.5']);
    expect(steps(['d1'])).toEqual(['m9.4']);
    expect(steps(['d0', 'd1'])).toEqual([]);
  });

  test('has its words ready: what, for the note also by whom and why', () => {
    const text = (id: string) => returns.byHand?.find((one) => one.id === id)?.text?.(judging([]));
    expect(text('m9.4')).toBe('ret_aaa111: window 7 days longer, by <@UASKER>. Why: the parcel came late');
    expect(text('m9.5')).toBe('ret_aaa111: window 7 days longer.');
  });
});
