import { isDeepStrictEqual } from 'node:util';
import { type Deployment, objectIn, type ReplicaSet, type Write } from './cluster.ts';
import { addPod, letters, note, removePod } from './cluster-pods.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const SECOND = 1_000;
/** A change of the spec is seen by the controller so much later: until then `observedGeneration` lags. */
const NOTICE_MS = 300;
const LOOK_AGAIN_MS = 5 * SECOND;
/** An autoscaler looks every so often. */
const AUTOSCALER_MS = 15 * SECOND;

/** Call it after each change of a Deployment's spec: the controller follows it in story time. */
export function followSpec(state: WorldState, deployment: Deployment, at: number): void {
  state.timeline.schedule(at + NOTICE_MS, (due) => {
    deployment.observed = deployment.generation;
    if (!paused(deployment)) adoptTemplate(state, deployment, due);
    reconcile(state, deployment, due);
    lookAgain(state, deployment, due);
  });
  for (const autoscaler of state.cluster.autoscalers.values()) {
    if (autoscaler.target === deployment.app)
      state.timeline.schedule(at + AUTOSCALER_MS, (due) => setBack(state, deployment, autoscaler.name, due));
  }
}

/** What a person set by hand does not last where an autoscaler decides. */
function setBack(state: WorldState, deployment: Deployment, name: string, at: number): void {
  const autoscaler = state.cluster.autoscalers.get(name);
  const had = replicasOf(deployment);
  if (autoscaler === undefined || had === autoscaler.wanted) return;
  writeSpec(
    deployment,
    { ...deployment.spec, replicas: autoscaler.wanted },
    'kube-controller-manager',
    at,
    'scale',
  );
  followSpec(state, deployment, at);
}

/** Somebody writes the spec, and managed fields remember who, when and what. */
export function writeSpec(
  deployment: Deployment,
  spec: Deployment['spec'],
  manager: string,
  at: number,
  through: Write['through'] = 'object',
): void {
  const changes = (key: string) => !isDeepStrictEqual(deployment.spec[key], spec[key]);
  const write = { manager, at, through, template: changes('template'), replicas: changes('replicas') };
  deployment.spec = spec;
  deployment.generation += 1;
  if (write.template || write.replicas) deployment.writes.push(write);
}

/** Of a Deployment's pods: those that are not terminating. */
export function livePods(state: WorldState, deployment: Deployment): readonly Pod[] {
  return state.pods.filter((pod) => pod.app === deployment.app && pod.deletedAt === null);
}

export function currentSet(deployment: Deployment): ReplicaSet {
  const newest = deployment.sets.reduce((one, other) => (other.revision > one.revision ? other : one));
  return newest;
}

export function replicasOf(deployment: Deployment): number {
  return Number(deployment.spec['replicas'] ?? 1);
}

export function paused(deployment: Deployment): boolean {
  return deployment.spec['paused'] === true;
}

function add(state: WorldState, deployment: Deployment, hash: string, at: number): void {
  const made = addPod(state, deployment, hash, at, (due) => {
    advanced(deployment, due);
    reconcile(state, deployment, due);
  });
  if (typeof made !== 'string') {
    advanced(deployment, at);
    return;
  }
  deployment.refusal = made;
  note(
    state,
    at,
    deployment.app,
    'ReplicaSet',
    `${deployment.name}-${hash}`,
    'FailedCreate',
    `Error creating: ${made}`,
  );
}

function remove(state: WorldState, deployment: Deployment, pod: Pod, at: number): void {
  removePod(state, pod, at);
  advanced(deployment, at);
}

function lookAgain(state: WorldState, deployment: Deployment, at: number): void {
  if (deployment.watched || settled(state, deployment)) return;
  deployment.watched = true;
  state.timeline.schedule(at + LOOK_AGAIN_MS, (due) => {
    deployment.watched = false;
    reconcile(state, deployment, due);
    lookAgain(state, deployment, due);
  });
}

/** The ReplicaSet of the present template becomes the newest; one of an equal template is used again. */
function adoptTemplate(state: WorldState, deployment: Deployment, at: number): void {
  const template = objectIn(deployment.spec, 'template') ?? {};
  const present = currentSet(deployment);
  if (isDeepStrictEqual(present.template, template)) return;
  const known = deployment.sets.find((set) => isDeepStrictEqual(set.template, template));
  if (known !== undefined) {
    known.earlier.push(known.revision);
    known.revision = present.revision + 1;
    known.writtenAt = at;
  } else {
    deployment.sets.push({
      hash: letters(state, 9, 'hash', deployment.name, JSON.stringify(template)),
      template: structuredClone(template),
      createdAt: at,
      revision: present.revision + 1,
      writtenAt: at,
      earlier: [],
    });
  }
  deployment.progress = { reason: 'ReplicaSetUpdated', at };
  // Older ones stay for a rollback, as many as the history holds, as long as none of them has pods.
  const limit = Number(deployment.spec['revisionHistoryLimit'] ?? 10);
  const idle = deployment.sets.filter(
    (set) => set !== currentSet(deployment) && !state.pods.some((pod) => pod.hash === set.hash),
  );
  for (const set of idle.slice(0, Math.max(0, idle.length - limit))) {
    deployment.sets.splice(deployment.sets.indexOf(set), 1);
  }
}

/** Pods above and below the wanted number that a rollout may have: percentages up and down, as in Kubernetes. */
export function leeway(deployment: Deployment): { readonly surge: number; readonly spare: number } {
  const wanted = replicasOf(deployment);
  const strategy = objectIn(deployment.spec, 'strategy');
  if (strategy?.['type'] === 'Recreate') return { surge: 0, spare: wanted };
  const rolling = objectIn(strategy, 'rollingUpdate');
  const count = (key: string, round: (value: number) => number) => {
    const text = String(rolling?.[key] ?? '25%');
    return text.endsWith('%') ? round((wanted * Number(text.slice(0, -1))) / 100) : Number(text);
  };
  const surge = count('maxSurge', Math.ceil);
  const spare = count('maxUnavailable', Math.floor);
  return { surge, spare: surge + spare === 0 ? 1 : spare };
}

/** One look of the controller: a surge of new pods, old ones go when new ones are ready. */
function reconcile(state: WorldState, deployment: Deployment, at: number): void {
  const wanted = replicasOf(deployment);
  const { hash } = currentSet(deployment);
  const { surge, spare } = leeway(deployment);
  const live = () => livePods(state, deployment);
  const fresh = () => live().filter((pod) => pod.hash === hash);
  const old = () => live().filter((pod) => pod.hash !== hash);
  const before = sizes(live());

  for (const pod of fresh().slice(wanted)) remove(state, deployment, pod, at);
  if (paused(deployment) && old().length > 0) return;
  // A pod that never came up is of no use to anybody: old ones of that kind go first.
  for (const pod of old().filter((each) => !each.ready)) {
    if (live().length > wanted) remove(state, deployment, pod, at);
  }
  for (const pod of old()) {
    const ready = live().filter((each) => each.ready).length;
    if (ready > wanted - spare || wanted === 0) remove(state, deployment, pod, at);
  }
  deployment.refusal = null;
  while (deployment.refusal === null && fresh().length < wanted && live().length < wanted + surge)
    add(state, deployment, hash, at);
  tellSizes(state, deployment, before, sizes(live()), at);

  if (settled(state, deployment)) complete(state, deployment, at);
  else if (deployment.progress.reason === 'ReplicaSetUpdated') {
    const deadline = Number(deployment.spec['progressDeadlineSeconds'] ?? 600) * SECOND;
    if (at - deployment.progress.at >= deadline)
      deployment.progress = { reason: 'ProgressDeadlineExceeded', at };
  }
}

/** Pods by the hash of their replica set. */
function sizes(pods: readonly Pod[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { hash } of pods) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return counts;
}

function tellSizes(
  state: WorldState,
  { app, name, sets }: Deployment,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  at: number,
): void {
  for (const hash of new Set([...before.keys(), ...after.keys()])) {
    const [had, has] = [before.get(hash) ?? 0, after.get(hash) ?? 0];
    if (had === has) continue;
    const set = sets.find((one) => one.hash === hash);
    if (set !== undefined) set.writtenAt = at;
    const message = `Scaled ${has > had ? 'up' : 'down'} replica set ${name}-${hash} from ${had} to ${has}`;
    note(state, at, app, 'Deployment', name, 'ScalingReplicaSet', message);
  }
}

function settled(state: WorldState, deployment: Deployment): boolean {
  const live = livePods(state, deployment);
  const { hash } = currentSet(deployment);
  return (
    live.length === replicasOf(deployment) &&
    live.every((pod) => pod.hash === hash && pod.ready) &&
    deployment.observed === deployment.generation
  );
}

function complete(state: WorldState, deployment: Deployment, at: number): void {
  if (deployment.progress.reason === 'NewReplicaSetAvailable') return;
  deployment.progress = { reason: 'NewReplicaSetAvailable', at };
  state.restartedAt.set(deployment.app, at);
}

function advanced(deployment: Deployment, at: number): void {
  if (deployment.progress.reason !== 'NewReplicaSetAvailable')
    deployment.progress = { reason: 'ReplicaSetUpdated', at };
}
