import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { CauseHistory } from '../../../src/domain/cause-history.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { ReturnData } from '../../../src/runbooks/returns/checks.ts';
import { retryReturn } from '../../../src/runbooks/returns/retry.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { A_DRAFT, aJudging, aProving, fakeProbes, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { engine, workflowLogs } from '../stuck-orders/support.ts';
import {
  approvals,
  aReturn,
  aScore,
  aWindow,
  findings,
  HOUR,
  held,
  labels,
  type Row,
  rows,
  service,
  waits,
} from './support.ts';

type Given = Partial<Findings<ReturnData>>;
const A = 'ret_aaa111';
const B = 'ret_bbb222';
const judging = (given: Given, change: Partial<Incident> = {}) =>
  aJudging(findings(given), { incident: anIncident([], change) });
const named = (...returns: readonly string[]) => ({ ids: { ...NO_IDS, returns } });
const drafts = (given: Given, change: Partial<Incident> = {}) => {
  const judged = judging(given, change);
  return retryReturn
    .draft(judged)
    .map((draft) => ({ targets: draft.targets, waits: retryReturn.notWhile(judged, draft) }));
};
const expired: Row = [aReturn(B, { errorCode: 'RETURN_WINDOW_EXPIRED' }), aScore(0.1), aWindow(35)];
const refused = { approvals: seen('healthy', approvals({ constraint: 1 }, { violating: [B] })) };

describe('R67: what it offers', () => {
  test.each<[string, Given, Partial<Incident>, object[]]>([
    ['nothing waits', {}, {}, []],
    ['all that wait', rows(waits(A), waits(B)), {}, [{ targets: [A, B], waits: null }]],
    ['not what the fraud model holds', rows(waits(A), held(B)), {}, [{ targets: [A], waits: null }]],
    ['only held ones', rows(held(A)), {}, []],
    ['not what is too late', rows(waits(A), expired), {}, [{ targets: [A], waits: null }]],
    [
      'what was too late and is not any more',
      rows([
        aReturn(B, { errorCode: 'RETURN_WINDOW_EXPIRED' }),
        aScore(0.1),
        aWindow(33, { eligible: true, windowDays: 37 }),
      ]),
      {},
      [{ targets: [B], waits: null }],
    ],
    [
      'not what the database refused',
      { ...rows(waits(A), waits(B)), ...refused },
      {},
      [{ targets: [A], waits: 'the database refuses returns, and they would hit the same constraint' }],
    ],
    [
      'one that a person named says why it is not',
      rows(waits(A), held(B)),
      named(B),
      [
        { targets: [A], waits: null },
        { targets: [B], waits: 'the fraud model holds it, and it would stop there again' },
      ],
    ],
    [
      'while the engine is down',
      { ...rows(waits(A)), engine: seen('broken', engine({ ready: 0 })) },
      {},
      [{ waits: 'the workflow engine is down, nobody would take it' }],
    ],
    [
      'while the engine is not well',
      { ...rows(waits(A)), engine: seen('broken', engine({ ready: 1 })) },
      {},
      [{ waits: 'the workflow engine is not well and might not take it' }],
    ],
  ])('%s', (_what, given, change, offers) => expect(drafts(given, change)).toMatchObject(offers));
});

describe('R67: when it is recommended', () => {
  const over = (id: string): CauseHistory => ({
    [id]: { supportedAt: NOW - 60 * MINUTE, clearSince: NOW - 5 * MINUTE },
  });
  const harmless =
    'returns wait, nothing that could be looked at speaks against it, and a retry does no harm';
  const crashed = { engine: seen('healthy', engine({ restartedAt: NOW - 25 * HOUR })) };
  const sample = { at: NOW, moved: [], unknown: [], line: '', value: null, worse: false };
  const inVain = aRun(
    { action: 'R67', targets: [A], beganAt: NOW - 10 * MINUTE },
    { verdict: 'did not help', samples: [sample] },
  );
  test.each<[string, Given, Partial<Incident>, string | null]>([
    ['nothing speaks against it', {}, {}, harmless],
    ['the engine crashed and is back', crashed, {}, 'the workflow engine is back, and returns still wait'],
    [
      'its log says that it fails them still',
      { ...crashed, workflow: seen('broken', workflowLogs({ return: 6 })) },
      {},
      null,
    ],
    [
      'labels fail no more',
      {},
      { causeHistory: over('9.C3') },
      '“Labels of returns fail” is over, and returns still wait',
    ],
    ['labels fail', { labels: seen('broken', labels(0, 9)) }, {}, null],
    ['the database refuses', { approvals: seen('broken', approvals({ constraint: 9 })) }, {}, null],
    ['it did not help', {}, { runs: [inVain] }, null],
    [
      'it did not help, and since then labels fail no more',
      {},
      { runs: [inVain], causeHistory: over('9.C3') },
      '“Labels of returns fail” is over, and returns still wait',
    ],
  ])('%s', (_what, given, change, why) => {
    const judged = judging({ ...rows(waits(A)), ...given }, change);
    const [draft] = retryReturn.draft(judged);
    expect(retryReturn.when(judged, draft ?? A_DRAFT)).toBe(why);
  });
});

describe('R67: the run', () => {
  const run = (minutes: number) =>
    aRun({ action: 'R67', targets: [A, B] }, { since: NOW - minutes * MINUTE });
  const proving = (minutes: number, ...given: Parameters<typeof service>) =>
    aProving(fakeProbes({ orderService: service(...given) }), { run: run(minutes) });
  const both = [aReturn(A), aReturn(B)];

  test.each<[string, ReturnType<typeof proving>, object]>([
    ['both', proving(0, both), { targets: [A, B], dropped: [] }],
    [
      'one is decided',
      proving(0, [aReturn(A)]),
      { targets: [A], dropped: [{ target: B, because: 'it is no longer pending' }] },
    ],
    [
      'one is held',
      proving(0, both, { scores: { [B]: 0.9 } }),
      { targets: [A], dropped: [{ target: B, because: 'the fraud model holds it by now' }] },
    ],
    [
      'a score is silent',
      proving(0, both, { scores: { [B]: 'silent' } }),
      { changed: 'the status of 1 of 2 returns could not be read first' },
    ],
  ])('still holds: %s', async (_what, asked, still) =>
    expect(await retryReturn.stillHolds(asked, asked.run)).toEqual(still),
  );

  test('proof: what left the list; in the first two minutes a renewed age would look the same', async () => {
    expect(await retryReturn.proof.sample(proving(5, [aReturn(A)]))).toMatchObject({
      moved: [B],
      unknown: [],
      line: '5 min have passed.',
    });
    expect(await retryReturn.proof.sample(proving(1, [aReturn(A)]))).toMatchObject({ moved: [] });
    expect(await retryReturn.proof.sample(proving(5, [aReturn(A)], { unread: 1 }))).toMatchObject({
      moved: [],
      unknown: [B],
    });
  });

  test('safe; 15 min, every minute, two alike; what came of a lost answer nobody records', async () => {
    expect(retryReturn).toMatchObject({ tier: 'safe', mitigates: false, owes: [] });
    expect(retryReturn.proof.plan(DEFAULT_THRESHOLDS)).toMatchObject({
      withinMs: 15 * MINUTE,
      everyMs: MINUTE,
      alike: 2,
    });
    expect(await retryReturn.readBack(A, {}, proving(0, both))).toBe('unknown');
  });
});

test('the page says all that it waits for and is recommended for', () => {
  const { when, notWhile } = retryReturn.rule(DEFAULT_THRESHOLDS);
  expect(when).toContain('nothing that could be looked at speaks against it');
  expect(notWhile).toContain('Its window is over: that comes first (R68).');
});
