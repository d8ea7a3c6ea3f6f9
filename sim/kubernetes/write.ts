import { containersOf, type Deployment, isObject, type JsonObject, objectIn } from '../world/cluster.ts';
import { followSpec } from '../world/cluster-rollout.ts';
import type { WorldState } from '../world/state.ts';
import { checkContainer } from './check-container.ts';
import { applyPatch, equal } from './patch.ts';
import { badRequest, invalid, Refusal } from './status.ts';

export interface Patch {
  readonly contentType: string;
  readonly body: string;
  /** Everything is checked, nothing is written. */
  readonly dryRun: boolean;
}

const KIND = 'Deployment.apps';

/**
 * A patch of a Deployment, given as the API shows it.
 * @throws Refusal when the patch, or what it makes, is not acceptable; then nothing has changed
 */
export function patchDeployment(
  state: WorldState,
  deployment: Deployment,
  shown: JsonObject,
  patch: Patch,
  at: number,
): void {
  const after = applyPatch(shown, patch.contentType, patch.body);
  const metadata = objectIn(after, 'metadata') ?? {};
  const before = objectIn(shown, 'metadata') ?? {};
  if (metadata['name'] !== deployment.name) {
    throw badRequest(
      `the name of the object (${String(metadata['name'])}) does not match the name on the URL (${deployment.name})`,
    );
  }
  if (metadata['resourceVersion'] !== before['resourceVersion']) throw conflict(deployment.name);
  const annotations = textMap(metadata, 'annotations');
  const labels = textMap(metadata, 'labels');
  const spec = objectIn(after, 'spec') ?? {};
  checkSpec(deployment, spec);
  if (patch.dryRun) return;
  // The controller's own note is written by the controller.
  const { 'deployment.kubernetes.io/revision': _revision, ...own } = annotations;
  const moved = !equal(deployment.spec, spec);
  // The real server counts a Deployment's annotations as part of what its generation stands for.
  const noted = !equal(deployment.annotations, own);
  deployment.labels = labels;
  deployment.annotations = own;
  deployment.spec = spec;
  if (moved || noted) deployment.generation += 1;
  if (moved || noted) followSpec(state, deployment, at);
}

/** A patch of the scale subresource: only `spec.replicas` of it is taken. @throws Refusal */
export function patchScale(
  state: WorldState,
  deployment: Deployment,
  shown: JsonObject,
  patch: Patch,
  at: number,
): void {
  const after = applyPatch(shown, patch.contentType, patch.body);
  const replicas = objectIn(after, 'spec')?.['replicas'] ?? 0;
  checkReplicas(deployment.name, replicas);
  if (patch.dryRun || deployment.spec['replicas'] === replicas) return;
  deployment.spec = { ...deployment.spec, replicas };
  deployment.generation += 1;
  followSpec(state, deployment, at);
}

function checkSpec(deployment: Deployment, spec: JsonObject): void {
  const { name } = deployment;
  checkReplicas(name, spec['replicas'] ?? 1);
  if (!equal(deployment.spec['selector'], spec['selector'])) {
    throw invalid(
      KIND,
      name,
      'spec.selector',
      `Invalid value: ${JSON.stringify(spec['selector'])}: field is immutable`,
    );
  }
  const template = objectIn(spec, 'template');
  const meta = objectIn(template, 'metadata') ?? {};
  textMap(meta, 'annotations');
  const labels = textMap(meta, 'labels');
  const selector = objectIn(objectIn(spec, 'selector'), 'matchLabels') ?? {};
  if (!Object.entries(selector).every(([key, value]) => labels[key] === value)) {
    throw invalid(
      KIND,
      name,
      'spec.template.metadata.labels',
      `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
    );
  }
  const containers = containersOf(template);
  if (containers.length === 0) {
    throw invalid(KIND, name, 'spec.template.spec.containers', 'Required value');
  }
  for (const [index, container] of containers.entries()) {
    for (const field of ['name', 'image']) {
      if (typeof container[field] === 'string' && container[field] !== '') continue;
      throw invalid(KIND, name, `spec.template.spec.containers[${index}].${field}`, 'Required value');
    }
    checkContainer(name, container, `spec.template.spec.containers[${index}]`);
  }
}

function checkReplicas(name: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw badRequest(
      `json: cannot unmarshal ${typeof value} into Go struct field DeploymentSpec.spec.replicas of type int32`,
    );
  }
  if (value < 0) {
    throw invalid(KIND, name, 'spec.replicas', `Invalid value: ${value}: must be greater than or equal to 0`);
  }
}

function textMap(metadata: JsonObject, key: string): Record<string, string> {
  const map = metadata[key] ?? {};
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(isObject(map) ? map : { '': map })) {
    if (typeof value !== 'string') {
      throw badRequest(
        `json: cannot unmarshal ${typeof value} into Go struct field ObjectMeta.metadata.${key} of type string`,
      );
    }
    found[name] = value;
  }
  return found;
}

function conflict(name: string): Refusal {
  return new Refusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on deployments.apps "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { name, group: 'apps', kind: 'deployments' },
  );
}
