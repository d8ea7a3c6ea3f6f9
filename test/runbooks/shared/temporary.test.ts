import { describe, expect, test } from 'vitest';
import type { Duty } from '../../../src/domain/duty.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { anIncident } from '../../support/incidents.ts';
import { aJudging, NOW, seen } from '../../support/runbooks.ts';
import { type Data, env, GIB, judged, memory, only, pair, replicas } from './temporary-support.ts';

const raised: Duty = {
  id: 'd1',
  what: 'Set the pool size back to what it was.',
  owner: 'U1',
  targets: ['deployment/order-service'],
  run: 'r1',
  undo: 'R43-undo',
  at: NOW,
  done: null,
};

describe('a temporary change as it is offered', () => {
  test('shows before, opens with the runbook’s value and is bound to the generation', () => {
    const [change] = pair();
    const draft = only(change.draft(judged(env('20'))));
    expect(draft).toMatchObject({
      targets: ['deployment/order-service'],
      parameters: { generation: '7', container: 'order-service', present: '20' },
      binding: { kind: 'exact', expected: '7' },
      fields: [{ name: 'to', kind: 'number', least: 21, initial: '50', hint: 'Now 20.' }],
    });
    expect(draft.preview[0]).toBe('The pool size of order-service: 20 → what you fill in.');
    expect(draft.preview[1]).toContain('All 4 pods are replaced for it, one after the other, and again');
    expect(change.owes[0]).toMatchObject({ undo: 'R43-undo', owner: 'whoever asked' });
    expect(change.mitigates).toBe(true);
  });

  test('where the deployment does not say, the service’s own default counts', () => {
    const [change] = pair();
    const draft = only(change.draft(judged()));
    expect(draft.preview[0]).toContain('not set, which means 20 → what you fill in');
    expect(draft.parameters['present']).toBe('20');
    const [unknown] = pair({ unset: () => null });
    expect(unknown.notWhile(judged(), only(unknown.draft(judged())))).toBe(
      'nobody knows what the pool size is now',
    );
  });

  test('opens empty where the runbook’s value would be refused', () => {
    const draft = only(memory()[0].draft(judged({ containers: [{ ...container, memoryLimit: 4 * GIB }] })));
    expect(draft.fields?.[0]).toMatchObject({ least: 5 });
    expect(draft.fields?.[0]).not.toHaveProperty('initial');
  });

  const container = { name: 'order-service', env: {}, memoryLimit: GIB / 2, memoryRequest: null };

  test('a memory limit is shown in its own unit', () => {
    const draft = only(memory()[0].draft(judged({ containers: [container] })));
    expect(draft.preview[0]).toBe('The memory limit of order-service: 512 MiB → what you fill in.');
    expect(draft.fields?.[0]).toMatchObject({ least: 1, initial: '4' });
  });

  test('replicas replace nothing', () => {
    expect(only(replicas()[0].draft(judged())).preview[1]).toBe('Pods are added; none is replaced.');
  });

  test.each([
    ['Argo CD', { gitOps: 'Argo CD' }, 'Argo CD manages this deployment and may set it back'],
    ['quotas', { quotas: 'unknown' }, 'Whether a quota leaves room could not be looked at.'],
    [
      'autoscaler',
      { hpa: 'unknown' },
      'Whether an autoscaler sets the number of pods could not be looked at.',
    ],
  ] as const)('says what could set it back or could not be looked at: %s', (_what, settings, line) => {
    expect(only(replicas()[0].draft(judged(settings))).preview.join('\n')).toContain(line);
  });
});

describe('why it waits', () => {
  test.each([
    ['paused', pair, {}, { paused: true }, 'its rollout is paused'],
    ['another rollout', pair, {}, { rollout: 'under way' }, 'another rollout is under way'],
    ['too few ready', pair, {}, { ready: 1 }, 'only 1 of 4 pods are ready'],
    ['from a secret', pair, env(null), {}, 'DB_POOL_SIZE comes from a secret or a config map'],
    ['no number', pair, env('twenty'), {}, 'DB_POOL_SIZE is set to something that is no whole number'],
    ['no limit', memory, env('20'), {}, 'it has no memory limit, so any would be less'],
    [
      'HPA',
      replicas,
      { hpa: { name: 'orders', min: 3, max: 9 } },
      {},
      'the HPA orders will set it back, raise its minimum (3 now)',
    ],
    ['scaled to nothing', replicas, { replicas: 0 }, {}, 'it is scaled to 0'],
    [
      'no pod left',
      replicas,
      { quotas: [{ name: 'q', resource: 'pods', used: 10, hard: 10 }] },
      {},
      'there is no room: quota q has 10 pods of 10 pods in use',
    ],
  ] as const)('%s', (_what, make, settings, state, because) => {
    const [change] = make();
    const judging = judged(settings, state);
    expect(change.notWhile(judging, only(change.draft(judging)))).toContain(because);
  });

  test('what holds for one runbook only comes first', () => {
    const [change] = pair({ notWhile: () => 'a leak fills any pool' });
    const judging = judged(env('20'), { paused: true });
    expect(change.notWhile(judging, only(change.draft(judging)))).toBe('a leak fills any pool');
  });

  test.each([
    ['in another incident', { owed: [raised] }, /^it was raised in another incident and is not set back yet/],
    ['in this one', { owed: [raised], incident: anIncident([], { owed: [raised] }) }, null],
    ['and set back', { owed: [{ ...raised, done: { by: 'U1', at: NOW } }] }, null],
    ['of another deployment', { owed: [{ ...raised, targets: ['deployment/other'] }] }, null],
    ['another setting', { owed: [{ ...raised, what: 'Set the number of pods back to what it was.' }] }, null],
  ] as const)('raised already %s', (_where, change, because) => {
    const judging = { ...judged(env('20')), ...change };
    const [raise] = pair();
    const waits = raise.notWhile(judging, only(raise.draft(judging)));
    if (because === null) expect(waits).toBeNull();
    else expect(waits).toMatch(because);
  });

  test('replicas need no two ready pods: nothing is replaced', () => {
    const judging = judged({}, { ready: 1 });
    expect(replicas()[0].notWhile(judging, only(replicas()[0].draft(judging)))).toBeNull();
  });

  test('nothing that could be looked at: no offer', () => {
    const judging = aJudging<Data>({ service: seen('unknown', null) });
    for (const action of pair()) expect(action.draft(judging)).toEqual([]);
  });
});

describe('the answer of the form', () => {
  const rules = { names: RUNBOOK_NAMES, thresholds: DEFAULT_THRESHOLDS };
  const wrong = (make: typeof pair, to: string, shown: Record<string, string>) =>
    make()[0].validate({ to }, { ...rules, shown })['to'] ?? null;

  test.each([
    [replicas, '6', { present: '8' }, 'The number of pods is 8 already, 6 would shrink it.'],
    [replicas, '8', { present: '8' }, 'The number of pods is 8 already.'],
    [replicas, '9', { present: '8' }, null],
    [
      pair,
      '50',
      { present: '20', most: '17', because: 'the database takes 97' },
      'At most 17 fit: the database takes 97.',
    ],
    [pair, '17', { present: '16', most: '17' }, null],
    [memory, '1', { present: '1.5' }, 'The memory limit is 1.5 already, 1 would shrink it.'],
    [memory, '2', { present: '1.5' }, null],
    [pair, '', { present: '20' }, 'Write a whole number.'],
    [pair, '50.5', { present: '20' }, 'Write a whole number.'],
    [pair, '-50', { present: '20' }, 'Write a whole number.'],
    [pair, '5e1', { present: '20' }, 'Write a whole number.'],
  ] as const)('%#: %s', (make, to, shown, said) => expect(wrong(make, to, shown)).toBe(said));
});

describe('room by quota', () => {
  test.each([
    ['pods', replicas, [{ name: 'q', resource: 'pods', used: 10, hard: 12 }], 6],
    ['limits', replicas, [{ name: 'q', resource: 'limits.memory', used: 6 * GIB, hard: 9 * GIB }], 7],
    ['requests', replicas, [{ name: 'q', resource: 'requests.memory', used: 2 * GIB, hard: 3 * GIB }], 6],
    [
      'the tightest',
      replicas,
      [
        { name: 'q', resource: 'pods', used: 0, hard: 50 },
        { name: 'r', resource: 'requests.memory', used: 2 * GIB, hard: 3 * GIB },
      ],
      6,
    ],
    // 4 of our pods use 4 GiB, others 2: 5 pods share the 14 that are left during the rollout.
    ['a limit', memory, [{ name: 'q', resource: 'limits.memory', used: 6 * GIB, hard: 16 * GIB }], 2],
    [
      'requests of its own',
      memory,
      [{ name: 'q', resource: 'requests.memory', used: 3 * GIB, hard: 3 * GIB }],
      null,
    ],
    ['none', memory, [], null],
  ] as const)('%s', (_what, make, quotas, most) => {
    const { parameters } = only(make()[0].draft(judged({ quotas })));
    expect(parameters['most'] ?? null).toBe(most === null ? null : String(most));
  });

  test('the runbook’s own limit and a quota: the tighter one', () => {
    const quotas = [{ name: 'q', resource: 'pods', used: 10, hard: 12 }] as const;
    const [change] = replicas({ most: () => ({ amount: 5, because: 'the database is nearly full' }) });
    expect(only(change.draft(judged({ quotas }))).parameters).toMatchObject({
      most: '5',
      because: 'the database is nearly full',
    });
  });
});
