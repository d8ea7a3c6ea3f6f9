import { describe, expect, test } from 'vitest';
import type { Rollout } from '../../src/ports/changes.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import type { Cause, Judging } from '../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { paymentFailures } from '../../src/runbooks/payment-failures.ts';
import { rollBackOf } from '../../src/runbooks/roll-back.ts';
import type { Change, Changes } from '../../src/runbooks/shared/what-changed.ts';
import { aRun, OPENED } from '../support/incidents.ts';
import {
  A_DRAFT,
  aDeployment,
  aJudging,
  aProving,
  fakeProbes,
  MINUTE,
  seen,
  someSettings,
} from '../support/runbooks.ts';
import { findings as payments } from './payment-failures/support.ts';

type Data = Readonly<Record<string, never>>;
const ON = { ...RUNBOOK_NAMES, rollBack: { on: true, oneWayMark: 'oms-bot/one-way' } };

function deployed(change: Partial<Rollout> = {}, line = 'image 1.42 → 1.43 on order-service'): Change {
  const at = change.at ?? OPENED - 9 * MINUTE;
  return {
    kind: 'rollout',
    workload: 'order-service',
    line,
    at,
    rollout: {
      kind: 'rollout',
      at,
      revision: 7,
      replicaSet: 'order-service-new',
      back: false,
      current: true,
      before: { revision: 6, replicaSet: 'order-service-old' },
      difference: {
        images: [{ container: 'order-service', before: 'x:1.42', after: 'x:1.43' }],
        env: { added: [], removed: [], changed: [] },
        limits: [],
        restarted: false,
        annotations: [],
        other: [],
      },
      marks: [],
      ...change,
    },
  };
}
const restarted = (at: number): Change => {
  const { rollout } = deployed({ at, revision: 8 });
  const difference = { ...(rollout?.difference ?? null), images: [], restarted: true };
  return deployed(
    { at, revision: 8, difference: difference as Rollout['difference'] },
    'restart of order-service',
  );
};
const secret: Change = { kind: 'secret', workload: 'a-secret', line: '', at: OPENED - MINUTE, rollout: null };
const outside: Cause<Data> = {
  id: '8.C9',
  title: 'Elsewhere',
  outside: true,
  rule: () => ({ supported: 'Always.', ruledOut: 'Never.' }),
  judge: () => ({ verdict: 'supported', because: 'It is.' }),
};

function judged(
  changes: readonly Change[],
  given: {
    readonly suspect?: Change | null;
    readonly names?: Judging<Data>['names'];
    readonly state?: Parameters<typeof aDeployment>[0] | null;
    readonly causes?: readonly Cause<Data>[];
    readonly fits?: boolean;
  } = {},
) {
  const suspect = given.suspect === undefined ? (changes[0] ?? null) : given.suspect;
  const data: Changes = { changes, suspect, symptomAt: OPENED };
  const judging = aJudging<Data>({}, { changes: seen('healthy', data), names: given.names ?? ON });
  const action = rollBackOf<Data>({
    runbook: 'memory',
    causes: given.causes ?? [],
    state: () => (given.state === null ? null : aDeployment(given.state)),
    fits: { words: 'so it is', holds: () => given.fits ?? true },
  });
  const [draft] = action.draft(judging);
  return {
    draft,
    when: action.when(judging, draft ?? A_DRAFT),
    waits: action.notWhile(judging, draft ?? A_DRAFT),
  };
}

describe('rolling back (X2)', () => {
  test('is recommended when the suspect is a rollout, and names both revisions', () => {
    const { draft, when, waits } = judged([deployed()]);
    expect(draft).toMatchObject({
      targets: ['deployment/order-service'],
      parameters: { runbook: 'memory', generation: '7', replicaSet: 'order-service-old', revision: '6' },
      binding: { kind: 'exact', expected: '7' },
    });
    expect(draft?.preview[0]).toBe(
      'Before → after: revision 7 → 6, which takes back: image 1.42 → 1.43 on order-service.',
    );
    expect(when).toBe('the trouble began 9 min after image 1.42 → 1.43 on order-service');
    expect(waits).toBeNull();
  });

  test.each<[string, Parameters<typeof judged>[0], Parameters<typeof judged>[1]]>([
    ['it is not switched on', [deployed()], { names: RUNBOOK_NAMES }],
    ['nothing changed', [], {}],
    ['only a secret changed', [secret], {}],
    ['it is the first version', [deployed({ revision: 1, before: null, difference: null })], {}],
    ['only a restart was', [restarted(OPENED - MINUTE)], {}],
    ['somebody rolled back already', [deployed({ back: true })], {}],
    [
      'it was rolled back since',
      [deployed({ at: OPENED + MINUTE, revision: 8, back: true }), deployed()],
      { suspect: deployed() },
    ],
    ['another deployment changed', [{ ...deployed(), workload: 'workflow-engine' }], {}],
    ['the deployment could not be looked at', [deployed()], { state: null }],
    [
      'it is a StatefulSet',
      [deployed()],
      { names: { ...ON, orderService: { ...ON.orderService, kind: 'StatefulSet' } } },
    ],
  ])('is not offered where %s', (_what, changes, given) => {
    expect(judged(changes, given).draft).toBeUndefined();
  });

  test.each<[string, Parameters<typeof judged>[0], Parameters<typeof judged>[1]]>([
    ['no change is suspect', [deployed({ at: OPENED - 40 * MINUTE })], { suspect: null }],
    ['the suspect is another change', [secret, deployed({ at: OPENED - 40 * MINUTE })], { suspect: secret }],
    ['the runbook’s own causes do not fit', [deployed()], { fits: false }],
    ['a cause outside is supported', [deployed()], { causes: [outside] }],
  ])('is offered and not recommended where %s', (_what, changes, given) => {
    const { draft, when } = judged(changes, given);
    expect(draft).toBeDefined();
    expect(when).toBeNull();
  });

  test.each<[string, Parameters<typeof judged>[0], Parameters<typeof judged>[1], string]>([
    [
      'the version before is gone',
      [deployed({ before: null })],
      {},
      'the version before is not kept any more',
    ],
    [
      'the version is one-way',
      [deployed({ marks: ['oms-bot/one-way'] })],
      {},
      'revision 7 is marked as one-way (oms-bot/one-way)',
    ],
    [
      'a later version is one-way',
      [
        deployed({ revision: 8, marks: ['oms-bot/one-way'], at: OPENED + MINUTE }),
        deployed({ current: false }),
      ],
      { suspect: deployed() },
      'revision 8 is marked as one-way (oms-bot/one-way)',
    ],
    [
      'the change is younger than the symptom',
      [deployed({ at: OPENED + MINUTE })],
      { suspect: null },
      'the change came after the first symptom, it cannot be the cause',
    ],
    [
      'the trouble is outside',
      [deployed()],
      { causes: [outside] },
      'a roll back cannot cure an outage outside',
    ],
    [
      'another rollout is under way',
      [deployed()],
      { state: { rollout: 'under way' } },
      'another rollout is under way',
    ],
    [
      'the rollout is paused',
      [deployed()],
      { state: { paused: true, rollout: 'stuck' } },
      'its rollout is paused, and a restart would not begin',
    ],
    [
      'too few pods are ready',
      [deployed()],
      { state: { ready: 1 } },
      'only 1 of 4 pods are ready, a restart would leave nobody',
    ],
  ])('waits while %s', (_what, changes, given, because) => {
    expect(judged(changes, given).waits).toBe(because);
  });

  test('a version that cannot start is what it is for: a stuck rollout does not make it wait', () => {
    expect(judged([deployed()], { state: { rollout: 'stuck', ready: 1 } }).waits).toBeNull();
  });

  test('after a restart it still goes to the version before the suspect, and says what else it takes back', () => {
    const suspect = deployed({ current: false });
    const { draft, when } = judged([restarted(OPENED + 5 * MINUTE), suspect], { suspect });
    expect(draft?.parameters).toMatchObject({ replicaSet: 'order-service-old', revision: '6' });
    expect(draft?.preview[1]).toBe('It also takes back what came later: restart of order-service.');
    expect(when).not.toBeNull();
  });
});

test.each([
  ['the gateway is well', {}, true],
  ['nobody knows how the gateway is', { gateway: seen('unknown', null) }, false],
  ['the logs could not be read', { logs: seen('unknown', null) }, false],
] as const)('in runbook 1 it is recommended only where both are ruled out: %s', (_what, given, is) => {
  const data: Changes = { changes: [deployed()], suspect: deployed(), symptomAt: OPENED };
  const judging = aJudging(payments(given), { changes: seen('healthy', data), names: ON });
  const action = paymentFailures.actions.find(({ step }) => step === 'X2');
  expect(action?.when(judging, A_DRAFT) !== null).toBe(is);
});

describe('at the run', () => {
  const parameters = { runbook: 'memory', generation: '7', replicaSet: 'order-service-old', revision: '6' };
  const action = rollBackOf<Data>({ runbook: 'memory', causes: [], state: () => aDeployment() });
  const run = aRun({ action: 'X2', targets: ['deployment/order-service'], parameters });
  const proving = (
    state: Parameters<typeof aDeployment>[0],
    revision: { revision: number; inUse: boolean } | null,
  ) =>
    aProving(
      fakeProbes({
        kubernetes: {
          deployment: async () => aDeployment(state),
          revision: async () => revision,
          settings: async () => someSettings(),
        },
      }),
      { run },
    );
  const kept = { revision: 6, inUse: false };

  test.each([
    ['the revision is gone', {}, null, 'the version before is not kept any more'],
    ['it runs already', {}, { ...kept, inUse: true }, 'that version runs already'],
    [
      'the generation moved',
      { generation: 8 },
      kept,
      'somebody changed the deployment meanwhile (generation 7 is 8 now)',
    ],
    [
      'the generation moved, and it is stuck',
      { generation: 8, rollout: 'stuck' },
      kept,
      'somebody changed the deployment meanwhile',
    ],
    ['pods went meanwhile', { ready: 1 }, kept, 'only 1 of 4 pods are ready, a restart would leave nobody'],
  ] as const)('nothing is started when %s', async (_what, state, revision, changed) => {
    expect(await action.stillHolds(proving(state, revision), run)).toEqual({ changed });
  });

  test.each([[{}], [{ rollout: 'stuck', ready: 1 }]] as const)('%j goes on', async (state) => {
    expect(await action.stillHolds(proving(state, kept), run)).toMatchObject({ targets: run.targets });
  });

  test.each([
    [7, null, 'unknown'],
    [7, kept, 'not done'],
    [9, kept, 'unknown'],
    [9, { ...kept, inUse: true }, 'done'],
  ] as const)('generation %d, %j reads back as %s', async (generation, revision, read) => {
    expect(await action.readBack('x', parameters, proving({ generation }, revision))).toBe(read);
  });

  test('what it is proven by is its own runbook’s, wherever its run is read', async () => {
    const found = CATALOGUE.filter(({ actions }) => actions.some(({ step }) => step === 'X2'));
    expect(found.map(({ id }) => id)).toEqual([
      'payment-failures',
      'shipping-labels',
      'database-pool',
      'kafka-lag',
      'memory',
    ]);
    for (const { actions } of found) {
      const x2 = actions.find(({ step }) => step === 'X2');
      const sample = await x2?.proof.sample(proving({ rollout: 'under way' }, { ...kept, inUse: true }));
      expect(sample).toMatchObject({ settling: true });
      // Another version runs by then.
      expect(await x2?.proof.sample(proving({}, kept))).toMatchObject({ stuck: true });
    }
    await expect(
      (async () => await action.proof.sample({ ...proving({}, kept), run: { ...run, parameters: {} } }))(),
    ).rejects.toThrow('no roll back');
  });
});
