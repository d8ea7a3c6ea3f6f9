import type { KubernetesLever } from '../../ports/kubernetes.ts';
import { type Change, type PatchStep, pointer, refused } from './change.ts';
import { RESTARTED_AT } from './deployment.ts';
import type { Container, Deployment } from './deployment-schema.ts';
import { writeBytes } from './quantity.ts';

/** R7: a rolling restart. @param stamp kept on the pod template */
export function restartChange(name: string, stamp: string): Change {
  return {
    nothing: 'Nothing was restarted.',
    steps({ spec }) {
      // The stamp would be kept, and nothing would happen until somebody resumes it.
      if (spec.paused) throw refused(`${name} is paused: a restart would not begin.`);
      const { metadata } = spec.template;
      const at = '/spec/template/metadata';
      // JSON Patch adds into what exists only.
      if (metadata === null || metadata === undefined)
        return [{ op: 'add', path: at, value: { annotations: { [RESTARTED_AT]: stamp } } }];
      if (metadata.annotations === null || metadata.annotations === undefined)
        return [{ op: 'add', path: `${at}/annotations`, value: { [RESTARTED_AT]: stamp } }];
      return [{ op: 'add', path: `${at}/annotations/${pointer(RESTARTED_AT)}`, value: stamp }];
    },
    shows: ({ spec }) => spec.template.metadata?.annotations?.[RESTARTED_AT] === stamp,
    says: (before, after) =>
      `${name}: a rolling restart of ${after.spec.replicas} pods has begun (${generations(before, after)}).`,
  };
}

/** R44, R59. */
export function scaleChange(name: string, replicas: number): Change {
  return {
    nothing: 'Nothing was scaled.',
    steps: ({ spec }) =>
      spec.replicas === replicas ? [] : [{ op: 'add', path: '/spec/replicas', value: replicas }],
    shows: ({ spec }) => spec.replicas === replicas,
    says: (before, after) =>
      `${name} is scaled from ${before.spec.replicas} to ${replicas} ${replicas === 1 ? 'pod' : 'pods'} (${generations(before, after)}).`,
  };
}

/** R43. */
export function envChange(name: string, change: Parameters<KubernetesLever['setEnv']>[2]): Change {
  const { name: variable, value } = change;
  const valueIn = (deployment: Deployment) => {
    const found =
      containerIn(deployment, change.container)?.env?.filter((one) => one.name === variable) ?? [];
    return found.length === 0 ? null : (found.at(-1)?.value ?? '');
  };
  return {
    nothing: 'No variable was changed.',
    steps(before) {
      const { path, container, test } = place(name, before, change.container);
      const entries = (container.env ?? []).flatMap((entry, at) =>
        entry.name === variable ? [{ ...entry, at }] : [],
      );
      const [entry] = entries;
      if (entries.length > 1)
        throw refused(`${name} sets ${variable} twice; which one counts has to be mended first.`);
      if (entry === undefined) {
        if (value === null) return [];
        const added = { name: variable, value };
        // JSON Patch adds into what exists only.
        return container.env === null || container.env === undefined
          ? [test, { op: 'add', path: `${path}/env`, value: [added] }]
          : [test, { op: 'add', path: `${path}/env/-`, value: added }];
      }
      if (entry.valueFrom !== undefined && entry.valueFrom !== null)
        throw refused(`${variable} of ${name} comes from a secret or a config map; it was left alone.`);
      if ((entry.value ?? '') === value) return [];
      const at = `${path}/env/${entry.at}`;
      const same: PatchStep = { op: 'test', path: `${at}/name`, value: variable };
      if (value === null) return [test, same, { op: 'remove', path: at }];
      return [test, same, { op: 'add', path: `${at}/value`, value }];
    },
    shows: (after) => valueIn(after) === value,
    says: (before, after) =>
      value === null
        ? `${name}: ${variable} is taken away, and all pods are replaced (${generations(before, after)}).`
        : `${name}: ${variable} is set to ${value}, and all pods are replaced (${generations(before, after)}).`,
  };
}

/** R58. */
export function memoryChange(name: string, change: Parameters<KubernetesLever['setMemoryLimit']>[2]): Change {
  const { limit } = change;
  const limitIn = (deployment: Deployment) =>
    containerIn(deployment, change.container)?.resources?.limits?.memory ?? null;
  return {
    nothing: 'No limit was changed.',
    steps(before) {
      if (limitIn(before) === limit) return [];
      const { path, container, test } = place(name, before, change.container);
      const at = `${path}/resources`;
      if (limit === null) return [test, { op: 'remove', path: `${at}/limits/memory` }];
      const memory = writeBytes(limit);
      const { resources } = container;
      if (resources === null || resources === undefined)
        return [test, { op: 'add', path: at, value: { limits: { memory } } }];
      if (resources.limits === null || resources.limits === undefined)
        return [test, { op: 'add', path: `${at}/limits`, value: { memory } }];
      return [test, { op: 'add', path: `${at}/limits/memory`, value: memory }];
    },
    shows: (after) => limitIn(after) === limit,
    says: (before, after) =>
      limit === null
        ? `${name}: the memory limit is taken away, and all pods are replaced (${generations(before, after)}).`
        : `${name}: the memory limit is ${writeBytes(limit)}, and all pods are replaced (${generations(before, after)}).`,
  };
}

function containerIn({ spec }: Deployment, name: string): Container | undefined {
  return spec.template.spec.containers.find((one) => one.name === name);
}

/** Where a container stands in the template, and the test that it still does. @throws SystemError when there is none */
function place(deployment: string, before: Deployment, name: string) {
  const { containers } = before.spec.template.spec;
  const at = containers.findIndex((one) => one.name === name);
  const container = containers[at];
  if (container === undefined) throw refused(`${deployment} has no container ${name}.`);
  const path = `/spec/template/spec/containers/${at}`;
  const test: PatchStep = { op: 'test', path: `${path}/name`, value: name };
  return { path, container, test };
}

function generations(before: Deployment, after: Deployment): string {
  return `generation ${before.metadata.generation} → ${after.metadata.generation}`;
}
