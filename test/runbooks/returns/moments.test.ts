import { expect, test } from 'vitest';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { ReturnData } from '../../../src/runbooks/returns/checks.ts';
import { returns } from '../../../src/runbooks/returns.ts';
import { aJudging, seen } from '../../support/runbooks.ts';
import { approvals, aReturn, aScore, aWindow, findings, held, labels, rows } from './support.ts';

function moments(given: Partial<Findings<ReturnData>>) {
  const judging = aJudging(findings(given));
  const told = (returns.advice ?? []).flatMap(({ id, say }) => (say(judging) === null ? [] : [id]));
  const steps = (returns.byHand ?? []).flatMap(({ id, when }) => (when(judging) === null ? [] : [id]));
  return [...told, ...steps];
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
