import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { KubernetesProbe, LogQuestion } from '../../../src/ports/kubernetes.ts';
import type { ApprovalLogs, LabelLogs } from '../../../src/runbooks/returns/logs.ts';
import { aLog, diagnosed, fakeProbes, NOW, silent, times } from '../../support/runbooks.ts';
import { aReturn, aWindow, HOUR, service } from './support.ts';

const look = async (
  orderService: ReturnType<typeof service>,
  change: Parameters<typeof diagnosed>[2] = {},
  kubernetes: Partial<KubernetesProbe> = {},
) => await diagnosed('returns', fakeProbes({ orderService, kubernetes }), change);
const named = (...returns: readonly string[]) => ({ incident: { ids: { ...NO_IDS, returns } } });
const some = (count: number) => Array.from({ length: count }, (_, place) => aReturn(`ret_aaa${100 + place}`));

test('systems that are not configured are skipped, those that do not answer unknown', async () => {
  const absent = await diagnosed('returns', fakeProbes({}));
  expect(absent.findings.map(({ verdict }) => verdict)).toEqual(times(9, 'skipped'));
  const no = async () => {
    throw silent();
  };
  const dead = await diagnosed(
    'returns',
    fakeProbes({ orderService: { returns: no, carriers: no }, kubernetes: { logs: no, pods: no } }),
  );
  expect(dead.findings.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
    ...['R62', 'R63', 'R64', 'R65', 'R18', 'X11', 'R31'].map((step) => `${step} unknown`),
    // No status of returns that came in is configured.
    'X15 skipped',
    'X9 skipped',
  ]);
  for (const { causes } of [absent, dead])
    expect(causes.every(({ verdict }) => verdict === 'open')).toBe(true);
});

describe('R62', () => {
  const late = aReturn('ret_late11', { errorCode: 'RETURN_WINDOW_EXPIRED' });
  test.each<[string, ReturnType<typeof service>, readonly string[], Verdict, RegExp]>([
    ['none', service([]), [], 'healthy', /^No return has waited for over 24 h\.$/],
    [
      'one',
      service(some(1)),
      [],
      'broken',
      /^1 return has been pending for over 24 h, the oldest for 30 h\.$/,
    ],
    [
      'only those whose window is over',
      service([late]),
      [],
      'healthy',
      /Of 1 the service says that the window is over\.$/,
    ],
    ['one of them', service([late, ...some(2)]), [], 'broken', /^3 returns have been pending/],
    [
      'what could not be understood',
      service([], { unread: 1 }),
      [],
      'unknown',
      /^0 returns have .* left alone\.$/,
    ],
    [
      'a young one that somebody named',
      service([aReturn('ret_young1', { createdAt: NOW - HOUR })]),
      ['ret_young1'],
      'healthy',
      /^No return has waited/,
    ],
    [
      'one that is decided',
      service([]),
      ['ret_gone11'],
      'healthy',
      /ret_gone11: not among what is pending\.$/,
    ],
  ])('%s', async (_what, given, ids, verdict, line) => {
    const found = (await look(given, named(...ids))).of('R62');
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });
});

describe('R64', () => {
  test.each<[string, ReturnType<typeof service>, Verdict, string]>([
    ['nothing waits', service([]), 'healthy', 'No return to look at.'],
    ['none is held', service(some(2)), 'healthy', 'The fraud model holds 0 of the 2 that were looked at.'],
    [
      'one is held',
      service(some(2), { scores: { ret_aaa100: 0.91 } }),
      'broken',
      'The fraud model holds 1 of the 2 that were looked at.',
    ],
    [
      'one is silent',
      service(some(2), { scores: { ret_aaa100: 'silent' } }),
      'unknown',
      'The fraud model holds 0 of the 2 that were looked at. 1 could not be read.',
    ],
    [
      'one is not known',
      service(some(1), { scores: { ret_aaa100: null } }),
      'unknown',
      'The fraud model holds 0 of the 1 that were looked at. 1 could not be read.',
    ],
  ])('%s', async (_what, given, verdict, line) =>
    expect((await look(given)).of('R64')).toMatchObject({ verdict, line }),
  );

  test.each([
    ['people named', { returns: ['ret_aaa108'] }],
    ['is of the order that people named', { orders: ['ord_aaa108'] }],
  ])('looks at the five oldest, and at what %s', async (_what, ids) => {
    const found = (await look(service(some(9)), { incident: { ids: { ...NO_IDS, ...ids } } })).of('R64');
    expect(found.evidence.map((line) => line.split('  ')[0])).toEqual([
      'ret_aaa108',
      'ret_aaa100',
      'ret_aaa101',
      'ret_aaa102',
      'ret_aaa103',
      'ret_aaa104',
    ]);
    expect(found.evidence[0]).toBe('ret_aaa108  score 0.20, not held; holds from 0.80 on');
  });
});

describe('R65', () => {
  const read = async (window: Parameters<typeof aWindow> | 'silent' | null) => {
    const said = Array.isArray(window) ? aWindow(...window) : (window as 'silent' | null);
    return (await look(service(some(1), { windows: { ret_aaa100: said } }))).of('R65');
  };
  test.each<[string, Parameters<typeof read>[0], Verdict, RegExp]>([
    ['in time', [10], 'healthy', /agree for the one return that was looked at; no window is over\.$/],
    ['rightly over', [35], 'healthy', /the window of 1 is over\.$/],
    [
      'called too late on day 27',
      [27, { eligible: false, words: null }],
      'broken',
      /^The verdict on 1 of 1 returns contradicts its own dates and 30 days\.$/,
    ],
    ['dates not told', [10, { requestedAt: null }], 'unknown', /Of 1 the dates are not told\.$/],
    ['silent', 'silent', 'unknown', /1 could not be read\.$/],
    ['not known', null, 'unknown', /1 could not be read\.$/],
  ])('%s', async (_what, window, verdict, line) => {
    const found = await read(window);
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });

  test('a return without an order cannot be looked at', async () => {
    const given = service([aReturn('ret_aaa100', { order: null })]);
    expect((await look(given)).of('R65')).toMatchObject({ verdict: 'unknown' });
  });

  test('the evidence has verdict and dates', async () =>
    expect((await read([35])).evidence).toEqual([
      'ret_aaa100  not eligible (return window expired), asked 35 d after delivery, window 30 d',
    ]));
});

const logsOf = (pattern: string, lines: readonly string[]): Partial<KubernetesProbe> => ({
  logs: async ({ containing }: LogQuestion) => [aLog(containing.includes(pattern) ? lines : [])],
});

describe('R63', () => {
  const read = async (...lines: readonly string[]) =>
    (await look(service([]), {}, logsOf('return:approval', lines))).of('R63');

  test.each([
    ['return:approval return=ret_a1b2 result=approved', 'approved'],
    ['return:approval return=ret_a1b2 code=RETURN_APPROVAL_FAILED result=held fraud_score=0.91', 'held'],
    ['return:approval return=ret_a1b2 code=RETURN_WINDOW_EXPIRED window expired', 'window'],
    [
      'return:approval return=ret_a1b2 error="duplicate key value violates unique constraint x"',
      'constraint',
    ],
    ['return:approval return=ret_a1b2 workflow engine unreachable: connect ECONNREFUSED', 'engine'],
    ['return:approval return=ret_a1b2 customer="Fraud Flagged" result=approved', 'approved'],
    ['return:approval return=ret_a1b2 queued', null],
  ])('%s is %s', async (line, name) => {
    const { classes } = (await read(line)).data as ApprovalLogs;
    const counted = Object.entries(classes).filter(([, { lines }]) => lines > 0);
    expect(counted.map(([found]) => found)).toEqual(name === null ? [] : [name]);
  });

  test('counts returns, not lines, and names those that the database refused', async () => {
    const data = (
      await read(
        'return:approval return=ret_aaa1 result=held',
        'return:approval return=ret_aaa1 result=held',
        'return:approval return=ret_bbb2 result=approved',
        'return:approval return=ret_ccc3 violates constraint x',
      )
    ).data as ApprovalLogs;
    expect(data.returns).toEqual({ all: 3, held: 1, window: 0 });
    expect(data.violating).toEqual(['ret_ccc3']);
  });

  test('constraints and the engine are trouble; what is held or too late is not', async () => {
    expect((await read(...times(6, 'return:approval violates constraint x'))).verdict).toBe('broken');
    expect((await read(...times(6, 'return:approval engine ECONNREFUSED'))).verdict).toBe('broken');
    expect((await read(...times(9, 'return:approval result=held'))).verdict).toBe('healthy');
    expect((await read(...times(9, 'return:approval window expired'))).verdict).toBe('healthy');
  });
});

describe('X11', () => {
  const read = async (...lines: readonly string[]) =>
    (await look(service([]), {}, logsOf('return:label', lines))).of('X11');

  test.each([
    ['return:label return=ret_a1b2 result=created', [1, 0]],
    ['return:label return=ret_a1b2 status=503', [0, 1]],
    ['return:label return=ret_a1b2 timed out', [0, 1]],
    ['return:label return=ret_a1b2 status=201', [1, 0]],
    ['return:label return=ret_a1b2 error=null result=created', [1, 0]],
    ['return:label return=ret_a1b2 error="no service to that country"', [0, 1]],
    ['return:label return=ret_a1b2 asked', [0, 0]],
  ])('%s', async (line, counts) => {
    const { classes } = (await read(line)).data as LabelLogs;
    expect([classes.made.lines, classes.failed.lines]).toEqual(counts);
  });

  test('failures that dominate are trouble', async () => {
    expect(await read(...times(5, 'return:label status=500'))).toMatchObject({
      verdict: 'broken',
      line: '0 labels of returns were made in 30 min, 5 failed.',
    });
    expect((await read(...times(4, 'return:label status=500'))).verdict).toBe('healthy');
  });
});
