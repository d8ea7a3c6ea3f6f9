import { describe, expect, test } from 'vitest';
import type { WorkloadSettings } from '../../../src/ports/kubernetes.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import type { Temporary } from '../../../src/runbooks/shared/temporary-look.ts';
import { aProving } from '../../support/runbooks.ts';
import { type Data, env, GIB, memory, pair, replicas, run, world } from './temporary-support.ts';

describe('just before the run', () => {
  const holds = async (
    settings: Partial<WorkloadSettings>,
    state = {},
    make = pair,
    change: Partial<Temporary<Data>> = {},
  ) => await make(change)[0].stillHolds(aProving(world(settings, state), { run: run() }), run());

  test('the value before is kept with the run', async () => {
    expect(await holds(env('20'))).toMatchObject({ noted: { before: '20', noted: 'yes' } });
    expect(await holds({})).toMatchObject({ noted: { before: '' } });
  });

  test.each([
    ['a new generation', { ...env('20'), generation: 8 }, { generation: 8 }, 'generation 7 is 8 now'],
    ['a rollout', env('20'), { rollout: 'under way' }, 'another rollout is under way'],
  ])('%s stops it', async (_what, settings, state, because) => {
    expect(await holds(settings, state)).toEqual({ changed: expect.stringContaining(because) });
  });

  test('what fits is asked again', async () => {
    const fits = async (_proving: unknown, to: number) => `${to} does not fit any more`;
    expect(await holds(env('20'), {}, pair, { fits })).toEqual({ changed: '50 does not fit any more' });
    const quotas = [{ name: 'q', resource: 'pods', used: 10, hard: 12 }] as const;
    expect(await holds({ quotas }, {}, replicas)).toEqual({ changed: expect.stringContaining('quota q') });
  });
});

describe('a lost answer', () => {
  test.each([
    ['it reads as wanted', env('50'), 'done'],
    ['nothing moved', env('20'), 'not done'],
    ['somebody else was there', { ...env('30'), generation: 9 }, 'unknown'],
  ] as const)('%s', async (_what, settings, said) => {
    const proving = aProving(world(settings), { run: run() });
    expect(await pair()[0].readBack('deployment/order-service', run().parameters, proving)).toBe(said);
  });
});

describe('the proof', () => {
  const sample = async (settings: Partial<WorkloadSettings>, state = {}) =>
    await pair()[0].proof.sample(aProving(world(settings, state), { run: run() }));

  test('follows the rollout, then asks the runbook’s own check', async () => {
    expect(await sample(env('50'), { rollout: 'under way' })).toMatchObject({ settling: true });
    expect(await sample(env('50'))).toMatchObject({ line: 'Sound.' });
  });

  test('is over where somebody set it back, and where the rollout is stuck', async () => {
    expect(await sample(env('20'))).toMatchObject({
      stuck: true,
      worse: false,
      unknown: ['deployment/order-service'],
      line: 'The pool size reads 20, not 50: it was set again since.',
    });
    expect(await sample(env('50'), { rollout: 'stuck', ready: 2 })).toMatchObject({
      stuck: true,
      worse: true,
    });
  });
});

describe('what is sent', () => {
  const calls: unknown[] = [];
  const lever = new Proxy(
    {},
    {
      get:
        (_target, name) =>
        async (...args: unknown[]) => {
          calls.push([name, ...args.slice(1, -1)]);
          return 'taken';
        },
    },
  );
  const acting = {
    levers: { kubernetes: lever },
    names: RUNBOOK_NAMES,
    signal: new AbortController().signal,
  } as never;

  test.each([
    [pair()[0], { to: '50' }, ['setEnv', 7, { container: 'c', name: 'DB_POOL_SIZE', value: '50' }]],
    [pair()[1], { to: '' }, ['setEnv', 7, { container: 'c', name: 'DB_POOL_SIZE', value: null }]],
    [memory()[0], { to: '4' }, ['setMemoryLimit', 7, { container: 'c', limit: 4 * GIB }]],
    [memory()[1], { to: '1073741825' }, ['setMemoryLimit', 7, { container: 'c', limit: GIB + 1 }]],
    [replicas()[0], { to: '6' }, ['scale', 7, 6]],
    [replicas()[1], { to: '3' }, ['scale', 7, 3]],
  ] as const)('%#', async (action, parameters, call) => {
    calls.length = 0;
    expect(await action.apply('x', { generation: '7', container: 'c', ...parameters }, acting)).toBe('taken');
    expect(calls).toEqual([call]);
  });

  test.each([
    [pair()[0], {}, 'set env deployment/order-service DB_POOL_SIZE=N'],
    [
      pair()[0],
      { to: '50', container: 'order-service' },
      'set env deployment/order-service -c order-service DB_POOL_SIZE=50',
    ],
    [memory()[0], {}, 'set resources deployment/order-service --limits=memory=NGi'],
    [
      memory()[0],
      { to: '4', container: 'app' },
      'set resources deployment/order-service -c app --limits=memory=4Gi',
    ],
    [memory()[1], { to: String(GIB / 2) }, 'set resources deployment/order-service --limits=memory=512Mi'],
    [replicas()[0], { to: '6' }, 'scale deployment/order-service --replicas=6'],
  ] as const)('typed by hand %#', (action, parameters, line) => {
    expect(action.equivalent(RUNBOOK_NAMES, [], parameters)).toBe(`kubectl -n default ${line}`);
  });
});
