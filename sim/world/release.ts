import { containersOf, objectIn } from './cluster.ts';
import { followSpec, writeSpec } from './cluster-rollout.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

/** Somebody rolls out the next minor version, whose image is returned: the pods are replaced as in any rollout. @throws Error where nothing can be */
export function release(state: WorldState, app: Pod['app'], at: number): string {
  const deployment = state.cluster.deployments.get(app);
  if (deployment === undefined) throw new Error(`There is no deployment ${app}.`);
  const spec = structuredClone(deployment.spec);
  const [container] = containersOf(objectIn(spec, 'template'));
  const [, name, major, minor] = /^(.+):(\d+)\.(\d+)\.\d+$/.exec(String(container?.['image'])) ?? [];
  if (container === undefined || name === undefined) throw new Error(`${app} has no version to follow.`);
  const image = `${name}:${major}.${Number(minor) + 1}.0`;
  container['image'] = image;
  writeSpec(deployment, spec, 'deploy-pipeline', at);
  followSpec(state, deployment, at);
  return image;
}
