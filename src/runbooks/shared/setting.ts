import type { KubernetesLever, Workload, WorkloadSettings } from '../../ports/kubernetes.ts';
import { type Names, shellWord, targetOf } from '../names.ts';
import { spellBytes } from './spell.ts';

const GIB = 1024 ** 3;

/** How a setting stands now. `raw` is what a run keeps and an undo writes back; empty: there is none. */
export interface Reading {
  readonly raw: string;
  /** In the unit of the form; null: there is none, so what counts is the service's own default. */
  readonly amount: number | null;
  /** The container that carries it; empty: the deployment itself does. */
  readonly container: string;
  /** Why it cannot be set here; null: it can. */
  readonly problem: string | null;
}

/** What a temporary change sets: one number of a deployment. */
export interface Setting {
  /** *pool size*, without an article. */
  readonly noun: string;
  /** Of the form's field, with the unit. */
  readonly label: string;
  readonly kind: 'replicas' | 'memory limit' | 'variable';
  /** Each change of it replaces all pods. */
  readonly replacesPods: boolean;
  /** Variables for which the check has to ask. */
  variables(names: Names): readonly string[];
  read(settings: WorkloadSettings, workload: Workload, names: Names): Reading;
  /** An amount of the form as it is written. */
  rawOf(amount: number): string;
  /** *20*, *6 pods*, *4 GiB*, *not set*. */
  words(raw: string): string;
  /** The command to type; without an answer yet, `N` stands for it. */
  command(names: Names, workload: Workload, container: string, raw: string | null): string;
  set(
    lever: KubernetesLever,
    workload: Workload,
    names: Names,
    change: { readonly generation: number; readonly container: string; readonly raw: string },
    signal: AbortSignal,
  ): Promise<string>;
}

/** R44, R59. */
export const REPLICAS: Setting = {
  noun: 'number of pods',
  label: 'Number of pods',
  kind: 'replicas',
  replacesPods: false,
  variables: () => [],
  read: ({ replicas }) => ({
    raw: String(replicas),
    amount: replicas,
    container: '',
    problem: replicas === 0 ? 'it is scaled to 0, which somebody meant' : null,
  }),
  rawOf: String,
  words: (raw) => (raw === '1' ? '1 pod' : `${raw} pods`),
  command: (_names, workload, _container, raw) =>
    `kubectl -n ${workload.namespace} scale ${targetOf(workload)} --replicas=${raw ?? 'N'}`,
  set: async (lever, workload, _names, { generation, raw }, signal) =>
    await lever.scale(workload, generation, Number(raw), signal),
};

/** R58. */
export const MEMORY_LIMIT: Setting = {
  noun: 'memory limit',
  label: 'Memory limit of each pod, GiB',
  kind: 'memory limit',
  replacesPods: true,
  variables: () => [],
  read({ containers }, workload) {
    const found = mainContainer(containers, workload);
    const limit = found?.memoryLimit ?? null;
    return {
      raw: limit === null ? '' : String(limit),
      amount: limit === null ? null : limit / GIB,
      container: found?.name ?? '',
      problem: limit === null ? 'it has no memory limit, so any would be less' : null,
    };
  },
  rawOf: (amount) => String(amount * GIB),
  words: (raw) => (raw === '' ? 'no limit' : spellBytes(Number(raw))),
  command: (_names, workload, container, raw) =>
    `kubectl -n ${workload.namespace} set resources ${targetOf(workload)}${ofContainer(container, workload)} --limits=memory=${raw === null ? 'NGi' : quantity(Number(raw))}`,
  set: async (lever, workload, _names, { generation, container, raw }, signal) =>
    await lever.setMemoryLimit(
      workload,
      generation,
      { container, limit: raw === '' ? null : Number(raw) },
      signal,
    ),
};

/** R43: a variable that holds a whole number. */
export function variableSetting(given: {
  readonly noun: string;
  readonly label: string;
  readonly variable: (names: Names) => string;
}): Setting {
  const { noun, label, variable } = given;
  return {
    noun,
    label,
    kind: 'variable',
    replacesPods: true,
    variables: (names) => [variable(names)],
    read({ containers }, workload, names) {
      const wanted = variable(names);
      const carrying = containers.filter(({ env }) => wanted in env);
      const found = mainContainer(carrying, workload) ?? mainContainer(containers, workload);
      const value = found?.env[wanted];
      const known = typeof value === 'string';
      const amount = known && /^\d+$/.test(value.trim()) ? Number(value) : null;
      return {
        raw: known ? value : '',
        amount,
        container: found?.name ?? '',
        problem:
          value === null
            ? `${wanted} comes from a secret or a config map; it has to be changed there`
            : known && amount === null
              ? `${wanted} is set to something that is no whole number`
              : null,
      };
    },
    rawOf: String,
    words: (raw) => (raw === '' ? 'not set' : raw),
    command: (names, workload, container, raw) =>
      `kubectl -n ${workload.namespace} set env ${targetOf(workload)}${ofContainer(container, workload)} ${
        raw === '' ? `${variable(names)}-` : `${variable(names)}=${shellWord(raw ?? 'N')}`
      }`,
    set: async (lever, workload, names, { generation, container, raw }, signal) =>
      await lever.setEnv(
        workload,
        generation,
        { container, name: variable(names), value: raw === '' ? null : raw },
        signal,
      ),
  };
}

/** The configured one, else the one that is named like its deployment, else the first: beside it run proxies and log shippers. */
function mainContainer<C extends { readonly name: string }>(
  containers: readonly C[],
  { name, container }: Workload,
): C | undefined {
  const wanted = container ?? name;
  return containers.find((one) => one.name === wanted) ?? containers[0];
}

/** Without one all of them would be changed. @param container as it was looked up; empty: it was not */
function ofContainer(container: string, workload: Workload): string {
  const name = container === '' ? (workload.container ?? '') : container;
  return name === '' ? '' : ` -c ${shellWord(name)}`;
}

/** As Kubernetes writes it: `4Gi`, `512Mi`, `1000000000`. */
function quantity(value: number): string {
  for (const [unit, size] of [
    ['Gi', GIB],
    ['Mi', 1024 ** 2],
    ['Ki', 1024],
  ] as const)
    if (value >= size && Number.isInteger(value / size)) return `${value / size}${unit}`;
  return String(value);
}
