import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import { judgeCauses } from '../../../src/pipeline/judge.ts';
import type { Rollout, TemplateDifference, WorkloadChange } from '../../../src/ports/changes.ts';
import { SystemError } from '../../../src/ports/system-error.ts';
import { CATALOGUE } from '../../../src/runbooks/catalogue.ts';
import type { Cause } from '../../../src/runbooks/define-runbook.ts';
import { memory } from '../../../src/runbooks/memory.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import type { Change, Changes } from '../../../src/runbooks/shared/what-changed.ts';
import { OPENED } from '../../support/incidents.ts';
import { aJudging, diagnosed, fakeProbes, MINUTE, seen } from '../../support/runbooks.ts';

const SAME: TemplateDifference = {
  images: [],
  env: { added: [], removed: [], changed: [] },
  limits: [],
  restarted: false,
  annotations: [],
  other: [],
};
const image = (before: string | null, after: string | null, container = 'order-service') => ({
  images: [{ container, before, after }],
});
const GIB = 1024 ** 3;

function rollout(difference: Partial<TemplateDifference>, change: Partial<Rollout> = {}): Rollout {
  return {
    kind: 'rollout',
    at: OPENED - 9 * MINUTE,
    revision: 4,
    replicaSet: 'order-service-bbb',
    back: false,
    current: true,
    before: { revision: 3, replicaSet: 'order-service-aaa' },
    difference: { ...SAME, ...difference },
    marks: [],
    ...change,
  };
}

async function x1(
  changes: readonly WorkloadChange[],
  more: {
    readonly unread?: readonly string[];
    readonly brokenSince?: number;
  } = {},
) {
  const probes = fakeProbes({
    kubernetes: {
      changes: async (_workload, since) => ({
        changes: changes.filter(({ at }) => at >= since),
        unread: more.unread ?? [],
      }),
    },
  });
  const incident = { brokenSince: more.brokenSince ?? null };
  return (await diagnosed('memory', probes, { incident })).of('X1');
}

describe('what changed (X1)', () => {
  test.each<[string, WorkloadChange, string]>([
    [
      'an image',
      rollout(
        image('registry.example:5000/oms/order-service:1.42', 'registry.example:5000/oms/order-service:1.43'),
      ),
      'image 1.42 → 1.43 on order-service',
    ],
    ['an image of elsewhere', rollout(image('a/x:1', 'b/x:1')), 'image a/x:1 → b/x:1 on order-service'],
    [
      'a digest',
      rollout(image('a/x:1@sha256:aa', 'a/x:1@sha256:bb')),
      'image sha256:aa → sha256:bb on order-service',
    ],
    [
      'the image of a container beside it',
      rollout(image('a/logs:1', 'a/logs:2', 'log-shipper')),
      'image of log-shipper 1 → 2 on order-service',
    ],
    [
      'a container more',
      rollout(image(null, 'a/logs:2', 'log-shipper')),
      'new container log-shipper on order-service',
    ],
    ['a container less', rollout(image('a/logs:2', null, 'logs')), 'container logs gone on order-service'],
    [
      'variables, by name',
      rollout({ env: { added: ['A', 'B'], removed: ['C'], changed: ['D'] } }),
      'new variables A, B, variable C gone, variable D changed on order-service',
    ],
    [
      'limits',
      rollout({
        limits: [
          { container: 'order-service', resource: 'memory', before: 4 * GIB, after: GIB },
          { container: 'order-service', resource: 'cpu', before: null, after: 1_500 },
        ],
      }),
      'memory limit 4 GiB → 1 GiB, cpu limit none → 1.5 cores on order-service',
    ],
    ['a restart', rollout({ restarted: true }), 'restart of order-service'],
    [
      'more than three things',
      rollout({ annotations: ['checksum/config'], other: ['livenessProbe', 'command', 'volumes'] }),
      'annotation checksum/config changed, livenessProbe changed, command changed and 1 more on order-service',
    ],
    [
      'a roll back',
      rollout(image('a/x:2', 'a/x:1'), { back: true }),
      'rolled back to an earlier version of order-service: image 2 → 1',
    ],
    [
      'a rollout whose forerunner is not kept',
      rollout({}, { before: null, difference: null }),
      'rollout of order-service, and what was before is not kept any more',
    ],
    [
      'the first rollout',
      rollout({}, { revision: 1, before: null, difference: null }),
      'order-service deployed for the first time',
    ],
    [
      'replicas',
      { kind: 'scale', at: OPENED - 9 * MINUTE, from: 3, to: 6, byItself: false },
      'order-service scaled from 3 to 6 pods',
    ],
    [
      'replicas by an autoscaler, from what nobody knows',
      { kind: 'scale', at: OPENED - 9 * MINUTE, from: null, to: 6, byItself: true },
      'order-service scaled to 6 pods by its autoscaler',
    ],
    [
      'an autoscaler’s bounds',
      { kind: 'autoscaler', at: OPENED - 9 * MINUTE, name: 'orders', min: 2, max: 9 },
      'autoscaler of order-service set to 2–9 pods',
    ],
  ])('%s is told in one line, and is no trouble', async (_what, change, line) => {
    const { verdict, line: said, data } = await x1([change]);
    expect(verdict).toBe('healthy');
    expect(said).toBe(`${line}, 9 min before the first symptom.`);
    expect(data).toMatchObject({ suspect: { kind: change.kind, line } });
  });

  test('nothing is said to be nothing, with its window', async () => {
    expect((await x1([])).line).toBe('Nothing changed in the 2 h before the first symptom, nor since.');
  });

  test.each([
    ['just in time', OPENED - 30 * MINUTE, '30 min before', true],
    ['too old', OPENED - 31 * MINUTE, '31 min before', false],
    ['shown however long the trouble lasts', OPENED - 119 * MINUTE, '1 h 59 min before', false],
    ['at the symptom', OPENED, '0 s before', true],
    ['younger than the symptom', OPENED + MINUTE, '1 min after', false],
  ])('a change is suspect by its time: %s', async (_what, at, words, suspect) => {
    const finding = await x1([rollout({ restarted: true }, { at })]);
    expect(finding.line).toBe(`restart of order-service, ${words} the first symptom.`);
    expect((finding.data as { suspect: unknown }).suspect !== null).toBe(suspect);
  });

  test('what was broken before the alert is the first symptom', async () => {
    const at = OPENED - 25 * MINUTE;
    const { data, line } = await x1([rollout({ restarted: true }, { at })], {
      brokenSince: OPENED - 20 * MINUTE,
    });
    expect(line).toContain('5 min before the first symptom');
    expect(data).toMatchObject({ symptomAt: OPENED - 20 * MINUTE, suspect: { at } });
  });

  test('the suspect is told first, the others are counted and stand below it', async () => {
    const after = rollout({ restarted: true }, { at: OPENED + 10 * MINUTE, revision: 5 });
    const suspect = rollout(image('a/x:1', 'a/x:2'), { current: false });
    const { line, evidence } = await x1([after, suspect]);
    expect(line).toBe(
      'image 1 → 2 on order-service, 9 min before the first symptom. 1 more change in the time around it.',
    );
    expect(evidence).toHaveLength(2);
    expect(evidence[0]).toContain('restart of order-service');
  });

  test('what may not be read is unknown, with the right that is missing, and the rest is told', async () => {
    const unread = ["The bot's role may not list replicasets.apps."];
    const { verdict, line } = await x1(
      [{ kind: 'autoscaler', at: OPENED - MINUTE, name: 'orders', min: 2, max: 9 }],
      { unread },
    );
    expect(verdict).toBe('unknown');
    expect(line).toBe(
      "autoscaler of order-service set to 2–9 pods, 1 min before the first symptom. Not everything that changed could be read. The bot's role may not list replicasets.apps.",
    );
  });

  test('without Kubernetes it is skipped; a deployment that is not there is named', async () => {
    expect((await diagnosed('memory', fakeProbes({}))).of('X1')).toMatchObject({ verdict: 'skipped' });
    const gone = await diagnosed('memory', fakeProbes({ kubernetes: { changes: async () => null } }));
    expect(gone.of('X1')).toMatchObject({
      verdict: 'unknown',
      line: 'There is no deployment/order-service in default; `workloads` in oms.yaml names it.',
    });
  });

  test('one of several that nobody made here hides nothing of the others', async () => {
    const probes = fakeProbes({
      kubernetes: {
        changes: async ({ name }) =>
          name === 'workflow-engine' ? null : { changes: [rollout({ restarted: true })], unread: [] },
      },
    });
    expect((await diagnosed('stuck-orders', probes)).of('X1')).toMatchObject({
      verdict: 'healthy',
      line: 'restart of order-service, 9 min before the first symptom.',
    });
  });

  test('a secret is told by its time alone, and one that may not be asked by the right', async () => {
    const changes = async () => ({ changes: [], unread: [] });
    const found = await diagnosed(
      'payment-failures',
      fakeProbes({ kubernetes: { changes, secretChangedAt: async () => OPENED - 12 * MINUTE } }),
    );
    expect(found.of('X1')).toMatchObject({
      verdict: 'healthy',
      line: 'secret payment-gateway-credentials changed, 12 min before the first symptom.',
    });
    const forbidden = new SystemError('Kubernetes', 'forbidden', "The bot's role may not get secrets.", {
      sent: 'no',
      mayRetry: false,
    });
    const refused = await diagnosed(
      'payment-failures',
      fakeProbes({ kubernetes: { changes, secretChangedAt: async () => await Promise.reject(forbidden) } }),
    );
    expect(refused.of('X1')).toMatchObject({
      verdict: 'unknown',
      line: "Not everything that changed could be read. The bot's role may not get secrets.",
    });
  });

  test.each(CATALOGUE)('$id asks it', (runbook) => {
    expect(runbook.checks['changes']).toMatchObject({ step: 'X1', source: null });
    expect(runbook.checks['changes']?.equivalent(RUNBOOK_NAMES)).toContain('deployment/order-service');
  });
});

describe('several causes are supported', () => {
  const cause = (id: string, verdict: CauseVerdict, more: Partial<Cause<Record<string, unknown>>> = {}) => ({
    id,
    title: id,
    outside: false,
    rule: () => ({ supported: '', ruledOut: '' }),
    judge: () => ({ verdict, because: 'It is.' }),
    ...more,
  });
  const causes = [
    cause('open', 'open', { outside: true }),
    cause('first', 'supported'),
    cause('by a secret', 'supported', { broughtBy: ['secret'] }),
    cause('by a rollout', 'supported', { broughtBy: ['rollout'] }),
    cause('outside', 'supported', { outside: true }),
  ];
  const suspect = (kind: Change['kind']): Changes => ({
    changes: [],
    symptomAt: OPENED,
    suspect: { kind, workload: 'order-service', line: '', at: OPENED - MINUTE, rollout: null },
  });

  test.each([
    ['rollout', 'by a rollout', 'by a secret'],
    ['secret', 'by a secret', 'by a rollout'],
  ] as const)('outside first, then what a suspect %s brings about', (kind, near, far) => {
    const judging = aJudging({}, { changes: seen('healthy', suspect(kind)) });
    const ids = judgeCauses({ causes }, judging).map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual(['outside', near]);
    expect(ids.indexOf('first')).toBeLessThan(ids.indexOf(far));
    expect(ids.at(-1)).toBe('open');
  });

  test('then what the runbook calls usual: in memory exports, wasteful loading and queries (8.N2)', () => {
    const usual = cause('usual', 'supported', { usual: true });
    const ids = judgeCauses({ causes: [...causes, usual] }, aJudging({})).map(({ id }) => id);
    expect(ids.slice(0, 3)).toEqual(['outside', 'usual', 'first']);
    expect(memory.causes.flatMap((one) => (one.usual === true ? [one.id] : []))).toEqual([
      '8.C2',
      '8.C3',
      '8.C5',
    ]);
  });

  test('without a suspect they keep the runbook’s order', () => {
    expect(judgeCauses({ causes }, aJudging({})).map(({ id }) => id)).toEqual([
      'outside',
      'first',
      'by a secret',
      'by a rollout',
      'open',
    ]);
  });
});
