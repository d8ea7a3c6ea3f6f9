import { containersOf, type Deployment, isObject, type JsonObject, objectIn } from '../world/cluster.ts';
import { followSpec, writeSpec } from '../world/cluster-rollout.ts';
import type { WorldState } from '../world/state.ts';
import { checkContainer } from './check-container.ts';
import { applyPatch, equal, inGo } from './patch.ts';
import { badRequest, invalid, Mistyped, mistyped, Refusal, unreadablePatch } from './status.ts';

export interface Patch {
  readonly contentType: string;
  readonly body: string;
  /** `fieldManager` of the request. */
  readonly manager: string;
  /** Everything is checked, nothing is written. */
  readonly dryRun: boolean;
}

const KIND = 'Deployment.apps';
/** What a Deployment's spec holds; the API server drops the rest without a word. */
const SPEC = [
  'replicas',
  'selector',
  'template',
  'strategy',
  'minReadySeconds',
  'revisionHistoryLimit',
  'paused',
  'progressDeadlineSeconds',
];

/**
 * A patch of a Deployment, given as the API shows it. One that is only tried is made on a copy, which nobody follows.
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
  const { annotations, labels, spec } = readable(patch, after, () =>
    readDeployment(deployment, shown, after),
  );
  // The controller's own note is written by the controller.
  const { 'deployment.kubernetes.io/revision': _revision, ...own } = annotations;
  const moved = !equal(deployment.spec, spec);
  // The real server counts a Deployment's annotations as part of what its generation stands for.
  const noted = !equal(deployment.annotations, own);
  deployment.labels = labels;
  deployment.annotations = own;
  if (moved) writeSpec(deployment, spec, patch.manager, at);
  else if (noted) deployment.generation += 1;
  if ((moved || noted) && !patch.dryRun) followSpec(state, deployment, at);
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
  readable(patch, after, () => checkReplicas('Scale', deployment.name, replicas));
  if (deployment.spec['replicas'] === replicas) return;
  writeSpec(deployment, { ...deployment.spec, replicas }, patch.manager, at, 'scale');
  if (!patch.dryRun) followSpec(state, deployment, at);
}

/** What cannot be read at all is quoted: of a strategic patch the patch, of any other the object that it makes. */
function readable<T>(patch: Patch, after: JsonObject, look: () => T): T {
  try {
    return look();
  } catch (err) {
    if (!(err instanceof Mistyped)) throw err;
    if (!patch.contentType.includes('strategic')) throw unreadablePatch(JSON.stringify(after), err.message);
    throw unreadablePatch(inGo(JSON.parse(patch.body)), err.ofStrategic);
  }
}

function readDeployment(deployment: Deployment, shown: JsonObject, after: JsonObject) {
  const { name } = deployment;
  if (after['kind'] !== undefined && after['kind'] !== 'Deployment') {
    const said = `no kind ${JSON.stringify(after['kind'])} is registered for version "apps/v1" in scheme "pkg/runtime/scheme.go:111"`;
    throw new Mistyped(said, said);
  }
  const metadata = objectIn(after, 'metadata') ?? {};
  const before = objectIn(shown, 'metadata') ?? {};
  const annotations = textMap(metadata, 'annotations');
  const labels = textMap(metadata, 'labels');
  if (metadata['name'] === undefined) {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (metadata['name'] !== name) {
    throw badRequest(
      `the name of the object (${String(metadata['name'])}) does not match the name on the URL (${name})`,
    );
  }
  if (metadata['namespace'] !== before['namespace']) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (metadata['uid'] !== before['uid']) {
    throw invalid(
      KIND,
      name,
      'metadata.uid',
      `Invalid value: ${JSON.stringify(metadata['uid'])}: field is immutable`,
    );
  }
  if (metadata['resourceVersion'] !== before['resourceVersion']) throw conflict(name);
  const given = objectIn(after, 'spec') ?? {};
  const spec = Object.fromEntries(
    Object.entries(given).filter(
      ([key, value]) => SPEC.includes(key) && value !== null && !(key === 'paused' && value === false),
    ),
  );
  checkSpec(deployment, spec);
  return { annotations, labels, spec };
}

function checkSpec(deployment: Deployment, spec: JsonObject): void {
  const { name } = deployment;
  checkReplicas('Deployment', name, spec['replicas'] ?? 1);
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

function checkReplicas(of: 'Deployment' | 'Scale', name: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw mistyped(value, `${of}Spec.spec.replicas`, 'int32');
  }
  if (value < 0) {
    const kind = of === 'Scale' ? 'Scale.autoscaling' : KIND;
    throw invalid(kind, name, 'spec.replicas', `Invalid value: ${value}: must be greater than or equal to 0`);
  }
}

function textMap(metadata: JsonObject, key: string): Record<string, string> {
  const map = metadata[key] ?? {};
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(isObject(map) ? map : { '': map })) {
    if (typeof value !== 'string') {
      throw mistyped(value, `ObjectMeta.metadata.${key}`, 'string');
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
