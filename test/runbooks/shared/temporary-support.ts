import type { Run } from '../../../src/domain/run.ts';
import type { WorkloadSettings } from '../../../src/ports/kubernetes.ts';
import type { Judging } from '../../../src/runbooks/define-runbook.ts';
import { orderWorkload } from '../../../src/runbooks/names.ts';
import type { Adjustable } from '../../../src/runbooks/shared/adjustable.ts';
import { MEMORY_LIMIT, REPLICAS, variableSetting } from '../../../src/runbooks/shared/setting.ts';
import { temporaryOf } from '../../../src/runbooks/shared/temporary.ts';
import type { Temporary } from '../../../src/runbooks/shared/temporary-look.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aDeployment, aJudging, fakeProbes, MINUTE, seen, someSettings } from '../../support/runbooks.ts';

export const GIB = 1024 ** 3;

export interface Data {
  readonly service: Adjustable;
}

export const POOL = variableSetting({
  noun: 'pool size',
  label: 'Connections of each pod’s pool',
  variable: ({ postgres }) => postgres.poolSizeEnv,
});

export function pair(change: Partial<Temporary<Data>> = {}) {
  return temporaryOf<Data>({
    step: 'R43',
    source: 'kubectl set env',
    setting: POOL,
    workload: orderWorkload,
    notes: [],
    rule: () => ({ when: 'The pool is too small.', notWhile: [], back: 'The load is usual again.' }),
    seen: ({ findings }) => findings.service.data,
    opensWith: ({ modalPoolSize }) => modalPoolSize,
    unset: ({ thresholds }) => thresholds.poolSize,
    when: () => 'the pool is too small',
    notWhile: () => null,
    note: async () => ({ noted: 'yes' }),
    proof: {
      plan: () => ({ everyMs: MINUTE, withinMs: 10 * MINUTE, alike: 3, words: 'The pool is sound.' }),
      sample: async () => ({ moved: ['x'], unknown: [], line: 'Sound.', value: null, worse: false }),
    },
    over: () => null,
    ...change,
  });
}
export const memory = (change: Partial<Temporary<Data>> = {}) =>
  pair({ step: 'R58', setting: MEMORY_LIMIT, opensWith: ({ modalMemoryGib }) => modalMemoryGib, ...change });
export const replicas = (change: Partial<Temporary<Data>> = {}) =>
  pair({ step: 'R44', setting: REPLICAS, opensWith: ({ modalReplicas }) => modalReplicas, ...change });

export function judged(
  settings: Partial<WorkloadSettings> = {},
  state: Parameters<typeof aDeployment>[0] = {},
  runs: readonly Run[] = [],
): Judging<Data> {
  const data = { state: aDeployment(state), settings: someSettings(settings) };
  return aJudging<Data>({ service: seen('healthy', data) }, { incident: anIncident([], { runs }) });
}

export const env = (value: string | null) =>
  ({
    containers: [
      { name: 'order-service', env: { DB_POOL_SIZE: value }, memoryLimit: null, memoryRequest: null },
    ],
  }) as const;

export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`${list.length} instead of one`);
  return first;
}

export function world(settings: Partial<WorkloadSettings>, state: Parameters<typeof aDeployment>[0] = {}) {
  return fakeProbes({
    kubernetes: {
      deployment: async () => aDeployment(state),
      settings: async () => someSettings(settings),
    },
  });
}
export const run = (change: Partial<Run> = {}): Run =>
  aRun({
    action: 'R43',
    targets: ['deployment/order-service'],
    parameters: { generation: '7', container: 'order-service', present: '20', to: '50' },
    ...change,
  });
