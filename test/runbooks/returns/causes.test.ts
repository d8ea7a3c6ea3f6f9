import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Source } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { ReturnData } from '../../../src/runbooks/returns/checks.ts';
import { returns } from '../../../src/runbooks/returns.ts';
import { anIncident } from '../../support/incidents.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { engine, workflowLogs } from '../stuck-orders/support.ts';
import {
  approvals,
  aReturn,
  aScore,
  aWindow,
  carriersSay,
  findings,
  HOUR,
  held,
  labels,
  rows,
  waits,
} from './support.ts';

type Row = readonly [string, Partial<Findings<ReturnData>>, CauseVerdict, string | RegExp];

function table(id: string, given: readonly Row[]) {
  describe(id, () => {
    test.each(given)('%s', (_what, change, verdict, because) => {
      const said = returns.causes.find((one) => one.id === id)?.judge(aJudging(findings(change)));
      expect(said?.verdict).toBe(verdict);
      if (typeof because === 'string') expect(said?.because).toBe(because);
      else expect(said?.because).toMatch(because);
    });
  });
}

const logged = (...given: Parameters<typeof approvals>) => ({
  approvals: seen('healthy', approvals(...given)),
});
const A = 'ret_aaa111';
const engineSays = (lines: Parameters<typeof workflowLogs>[0]) => ({
  workflow: seen('broken', workflowLogs(lines, { failedReturns: ['ret_b22', A] })),
});

table('9.C1', [
  [
    'in time by its dates, and called too late',
    rows(
      [aReturn(A), aScore(0.1), aWindow(27, { eligible: false, words: 'return window expired' })],
      waits('ret_b22'),
    ),
    'supported',
    'The verdict on 1 of 2 returns contradicts its own dates (ret_aaa111).',
  ],
  [
    'too late by its dates, and called in time',
    rows([aReturn(A), aScore(0.1), aWindow(33, { eligible: true })]),
    'supported',
    /contradicts/,
  ],
  [
    'an extension makes it right',
    rows([aReturn(A), aScore(0.1), aWindow(33, { eligible: true, windowDays: 37 })]),
    'ruled out',
    /rightly over is no fault/,
  ],
  ['rightly over', rows([aReturn(A), aScore(0.1), aWindow(33)]), 'ruled out', /rightly over is no fault/],
  [
    'sold without a right to return it: no matter of days',
    rows([aReturn(A), aScore(0.1), aWindow(5, { eligible: false, words: 'final sale' })]),
    'ruled out',
    /./,
  ],
  [
    'twice as many too late as usual',
    logged({}, { returns: { all: 20, held: 0, window: 4 } }),
    'supported',
    '20 % of 20 returns in 30 min were too late, usual are 10 %.',
  ],
  ['fewer', logged({}, { returns: { all: 100, held: 0, window: 19 } }), 'ruled out', /./],
  ['too few to say', logged({}, { returns: { all: 19, held: 0, window: 19 } }), 'ruled out', /./],
  [
    'dates that are not told',
    rows([aReturn(A), aScore(0.1), aWindow(10, { deliveredAt: null })]),
    'open',
    /R65/,
  ],
  ['a window that could not be read', rows([aReturn(A), aScore(0.1), null]), 'open', /R65/],
  ['nothing waits', {}, 'ruled out', 'No return waits whose window could be wrong.'],
]);

table('9.C2', [
  [
    'it holds one',
    rows(held(A), waits('ret_b22')),
    'supported',
    'It holds 1 of the 2 that were looked at (ret_aaa111); whether rightly, a manager says.',
  ],
  [
    'more than 4 % of 20',
    logged({}, { returns: { all: 20, held: 1, window: 0 } }),
    'supported',
    'It held 1 of 20 returns in 30 min; about 2 of 100 are held wrongly.',
  ],
  ['4 % of 25', logged({}, { returns: { all: 25, held: 1, window: 0 } }), 'ruled out', /./],
  ['19 are too few', logged({}, { returns: { all: 19, held: 9, window: 0 } }), 'ruled out', /./],
  ['a score that could not be read', rows([aReturn(A), null, aWindow(3)]), 'open', /R64/],
  ['none is held', rows(waits(A)), 'ruled out', 'It holds none of those that were looked at.'],
]);

const stopped = {
  made: { lines: 0, lastAt: null },
  failed: { lines: 9, lastAt: NOW - 6 * MINUTE },
};
const carrier = (verdict: 'broken' | 'unknown', ...said: Parameters<typeof carriersSay>) => ({
  carriers: seen(verdict, carriersSay(...said)),
});
table('9.C3', [
  [
    'the carrier is down',
    carrier('broken', 'down', 60_000),
    'supported',
    'The carrier has not answered for 1 min.',
  ],
  ['down once', carrier('broken', 'down', 5_000), 'open', /down once/],
  [
    'failures dominate',
    { labels: seen('broken', labels(5, 5)) },
    'supported',
    '5 labels of returns failed in 30 min, 5 were made.',
  ],
  ['four do not', { labels: seen('healthy', labels(0, 4)) }, 'open', /which says little/],
  [
    'they have stopped',
    { labels: seen('healthy', labels(0, 9, { classes: stopped })) },
    'ruled out',
    /any more/,
  ],
  ['none fails', {}, 'ruled out', 'The carrier answers, and no label of a return fails any more.'],
  ['no label at all', { labels: seen('healthy', labels(0, 0)) }, 'ruled out', /./],
  ['it throttles us', carrier('broken', 'degraded'), 'open', 'The carrier answers, and not as it should.'],
  ['nobody asked the carrier', { carriers: seen('unknown', null) }, 'open', /R31/],
  ['cut logs', { labels: seen('unknown', labels(9, 0, { whole: false })) }, 'open', /Not every line/],
  ['no logs', { labels: seen('unknown', null) }, 'open', /could not be read/],
]);

table('9.C4', [
  ['no pod is ready', { engine: seen('broken', engine({ ready: 0 })) }, 'supported', /0 of 2 pods/],
  [
    'a crash since the oldest return was asked for',
    { ...rows(waits(A)), engine: seen('healthy', engine({ restartedAt: NOW - 25 * HOUR })) },
    'supported',
    /ended 25 h ago, when the oldest of these already waited/,
  ],
  [
    'a crash long before it',
    { ...rows(waits(A)), engine: seen('healthy', engine({ restartedAt: NOW - 31 * HOUR })) },
    'ruled out',
    /All its pods are ready/,
  ],
  [
    'approvals do not reach it',
    logged({ engine: 6 }),
    'supported',
    '6 approvals did not reach the engine in 30 min.',
  ],
  [
    'its log says that returns fail, though its pods are well',
    engineSays({ return: 6, transition: 2 }),
    'supported',
    '6 workflows of returns failed in the engine in 30 min, the last of ret_aaa111.',
  ],
  [
    'most of its failures are others',
    engineSays({ return: 6, transition: 9 }),
    'open',
    /does not say it clearly/,
  ],
  ['only other failures', engineSays({ transition: 9 }), 'ruled out', /All its pods are ready/],
  ['its log was not read', { workflow: seen('unknown', null) }, 'open', /its log \(X9\) could not/],
  ['its log is not configured', { workflow: seen('skipped', null) }, 'ruled out', /All its pods are ready/],
  [
    'nor is it sure that approvals reach it',
    { workflow: seen('skipped', null), approvals: seen('unknown', null) },
    'open',
    'Its pods are well; whether approvals reach it (R63) is not sure.',
  ],
  ['not seen', { engine: seen('unknown', null) }, 'open', /R18/],
]);

table('9.C5', [
  [
    'it refused one that waits',
    { ...rows(waits(A)), ...logged({ constraint: 1 }, { violating: [A, 'ret_other'] }) },
    'supported',
    'It refused ret_aaa111 by a constraint.',
  ],
  ['constraints dominate', logged({ constraint: 6 }), 'supported', '6 approvals met a constraint in 30 min.'],
  ['absent', {}, 'ruled out', 'No approval meets a constraint.'],
  ...(
    [
      ['nobody has tried since', null, 'open', /none has come through since/],
      ['one came through since', NOW - 7 * MINUTE, 'ruled out', 'No approval meets a constraint.'],
    ] as const
  ).map(([what, lastAt, verdict, because]) => {
    const { classes, ...rest } = approvals({ constraint: 6 });
    const met = { lines: 6, lastAt: NOW - 8 * MINUTE };
    const counts = { ...rest, classes: { ...classes, constraint: met, approved: { lines: 1, lastAt } } };
    return [`met, and ${what}`, { approvals: seen('healthy', counts) }, verdict, because] as const;
  }),
  ['no logs', { approvals: seen('unknown', null) }, 'open', /R63/],
]);

describe('customers who are too late', () => {
  const source = (code: string): Source => ({
    source: 'alertmanager',
    key: code,
    state: 'firing',
    tellsResolved: true,
    code,
    summary: '',
    startsAt: null,
    since: NOW,
    url: null,
    by: null,
  });
  const judged = (given: Partial<Findings<ReturnData>>, ...codes: readonly string[]) =>
    returns.harmless?.(
      aJudging(findings(given), { incident: anIncident([], { sources: codes.map(source) }) }),
    );

  test('need nobody while the window is computed rightly and all is well', () =>
    expect(judged({}, 'RETURN_WINDOW_EXPIRED', 'INVALID_RETURN')).toBe(
      'No return waits whose window could be wrong.',
    ));

  test.each<[string, Partial<Findings<ReturnData>>, readonly string[]]>([
    ['another code beside it', {}, ['RETURN_WINDOW_EXPIRED', 'RETURN_APPROVAL_FAILED']],
    ['returns that wait', rows(waits(A)), ['RETURN_WINDOW_EXPIRED']],
    ['twice as many as usual', logged({}, { returns: { all: 20, held: 0, window: 9 } }), ['INVALID_RETURN']],
    ['nobody could look', { windows: seen('unknown', null) }, ['RETURN_WINDOW_EXPIRED']],
    ['nobody said why', {}, []],
  ])('need somebody with %s', (_what, given, codes) => expect(judged(given, ...codes)).toBeNull());
});
