import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/domain/finding.ts';
import type { KubernetesProbe, PathAnswer } from '../../../src/ports/kubernetes.ts';
import { SystemError } from '../../../src/ports/system-error.ts';
import type { AnyFindings } from '../../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { cutOff, oneHasPath, type PathSeen, pathCheck } from '../../../src/runbooks/shared/path.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { fakeProbes, MINUTE, NOW, seen, silent } from '../../support/runbooks.ts';

const check = pathCheck({
  step: 'R3',
  name: 'path',
  title: 'x',
  source: 'y',
  equivalent: () => 'z',
  target: ({ gateway: { url } }) => ({ kind: 'http', url }),
  host: () => 'pay.example',
});

type Result = PathAnswer['result'] | null;

async function look(results: readonly Result[] | Error, previous: AnyFindings | null = null) {
  const path: KubernetesProbe['path'] = async () => {
    if (results instanceof Error) throw results;
    return results.map((result, place) => ({
      pod: `pod-${place + 1}`,
      value: result === null ? null : { result, words: result === 'open' ? null : `said ${result}` },
      problem: result === null ? 'It did not answer.' : null,
    }));
  };
  const probes = fakeProbes({ kubernetes: { path } });
  return await check.look({ probes, names: RUNBOOK_NAMES, previous, now: NOW } as never);
}

const PATH: PathSeen = {
  pods: 4,
  open: 3,
  shut: [],
  untried: [],
  lastShut: [],
  shutSince: null,
  mostSince: null,
};
const earlier = (data: Partial<PathSeen>): AnyFindings => ({ path: seen('broken', { ...PATH, ...data }) });

test.each<[readonly Result[], string, string]>([
  [['open', 'open'], 'healthy', 'All 2 pods get to pay.example.'],
  [
    ['open', 'dns failure', 'open'],
    'broken',
    '1 of 3 pods does not get to pay.example: its name does not resolve.',
  ],
  [['refused', 'timed out'], 'broken', '2 of 2 pods do not get to pay.example: the connection is refused.'],
  [['timed out'], 'broken', '1 of 1 pods does not get to pay.example: no answer comes in time.'],
  [['tls failure'], 'broken', '1 of 1 pods does not get to pay.example: no secure connection comes about.'],
  [['open', null], 'unknown', '1 of 2 pods get to pay.example. 1 could not try: It did not answer.'],
  [
    ['open', 'no tool'],
    'unknown',
    '1 of 2 pods get to pay.example. 1 could not try: They have no tool for it.',
  ],
  [
    ['refused', null],
    'broken',
    '1 of 2 pods does not get to pay.example: the connection is refused. 1 could not try: It did not answer.',
  ],
  [
    ['no tool', 'no tool'],
    'skipped',
    'The path to pay.example cannot be tried: the pods have no tool for it.',
  ],
  [[], 'unknown', 'No pod of the service is ready to try it from.'],
])('%j: %s', async (results, verdict, line) => {
  expect(await look(results)).toMatchObject({ verdict, line });
});

test('a right that was not given is skipped and says what to grant; silence is thrown on', async () => {
  const forbidden = new SystemError('Kubernetes', 'forbidden', 'no', { sent: 'no', mayRetry: false });
  expect(await look(forbidden)).toEqual({
    verdict: 'skipped',
    data: null,
    evidence: [],
    line: 'The path to pay.example can be tried only from inside the pods; grant `get` and `create` on `pods/exec` (deploy/rbac-exec.yaml).',
  });
  await expect(look(silent())).rejects.toThrow('did not answer');
});

test('evidence has every pod with what it was told', async () => {
  expect((await look(['open', 'refused', null])).evidence).toEqual([
    'pod-1  open',
    'pod-2  refused  said refused',
    'pod-3  not tried  It did not answer.',
  ]);
});

describe('since when', () => {
  test.each<[string, readonly Result[], AnyFindings | null, Partial<PathSeen>]>([
    ['a first time', ['refused', 'open', 'open'], null, { shutSince: NOW, mostSince: null }],
    ['half of them', ['refused', 'open'], null, { shutSince: NOW, mostSince: NOW }],
    [
      'a row goes on',
      ['refused', 'open'],
      earlier({ shutSince: 5, mostSince: 7 }),
      { shutSince: 5, mostSince: 7 },
    ],
    [
      'fewer than half end the one row',
      ['refused', 'open', 'open'],
      earlier({ shutSince: 5, mostSince: 7 }),
      { shutSince: 5, mostSince: null },
    ],
    ['all is well again', ['open', 'open'], earlier({ shutSince: 5 }), { shutSince: null, mostSince: null }],
    [
      'who cannot try now ends no row',
      [null, 'open'],
      earlier({ shut: ['pod-1'], shutSince: 5, mostSince: 7 }),
      { shut: [], untried: ['pod-1'], lastShut: ['pod-1'], shutSince: 5, mostSince: 7 },
    ],
    [
      'nor a second time',
      [null, 'open'],
      earlier({ untried: ['pod-1'], lastShut: ['pod-1'], shutSince: 5, mostSince: 7 }),
      { shutSince: 5, mostSince: 7 },
    ],
    [
      'who had the path and cannot try now begins none',
      [null, 'open'],
      earlier({ shut: ['pod-2'], shutSince: 5 }),
      { shutSince: null, mostSince: null },
    ],
    [
      'nor who never could, whatever became of another',
      ['open', null, 'open'],
      earlier({ shut: ['pod-1'], untried: ['pod-2'], shutSince: 5, mostSince: 7 }),
      { untried: ['pod-2'], lastShut: [], shutSince: null, mostSince: null },
    ],
    [
      'who never could counts to no half',
      ['refused', null, 'open', 'open'],
      earlier({ shut: ['pod-1'], untried: ['pod-2'], shutSince: 5 }),
      { shutSince: 5, mostSince: null },
    ],
    [
      'a row of an older version goes on',
      [null, 'open'],
      { path: seen('broken', { pods: 2, open: 1, shut: ['pod-1'], shutSince: 5, mostSince: 7 }) },
      { shutSince: 5, mostSince: 7 },
    ],
  ])('%s', async (_what, results, previous, data) => {
    expect((await look(results, previous)).data).toMatchObject(data);
  });
});

test('what an older version knew of the path is understood', () => {
  const { untried: _untried, lastShut: _lastShut, ...data } = { ...PATH, shut: ['pod-1'] };
  expect(['pod-1', 'pod-2'].map((pod) => oneHasPath(seen('broken', data), [pod]))).toEqual([false, true]);
});

test.each<[string, Partial<PathSeen>, ReturnType<typeof cutOff>]>([
  ['nobody', {}, 'none'],
  ['one, once', { shut: ['a'], shutSince: NOW }, 'none'],
  ['nobody now, and one cannot try', { untried: ['a'], shutSince: NOW - MINUTE }, 'none'],
  ['one, twice', { shut: ['a'], shutSince: NOW - 15_000 }, 'some'],
  ['half, twice', { shut: ['a', 'b'], shutSince: NOW - MINUTE, mostSince: NOW - 15_000 }, 'most'],
  ['half once, one twice', { shut: ['a', 'b'], shutSince: NOW - MINUTE, mostSince: NOW }, 'some'],
  ['all, twice', { shut: ['a', 'b', 'c', 'd'], shutSince: NOW - MINUTE, mostSince: NOW - MINUTE }, 'all'],
])('cut off: %s', (_what, change, said) => {
  const data: PathSeen = { ...PATH, ...change };
  expect(cutOff(seen('broken', data) as Finding<PathSeen>, DEFAULT_THRESHOLDS)).toBe(said);
});
