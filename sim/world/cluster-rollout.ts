import { between } from './chance.ts';
import { addEvent, type Deployment, type JsonObject, objectIn, type ReplicaSet } from './cluster.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const SECOND = 1_000;
/** A change of the spec is seen by the controller so much later: until then `observedGeneration` lags. */
const NOTICE_MS = 300;
const LOOK_AGAIN_MS = 5 * SECOND;
const RETRY_PULL_MS = 20 * SECOND;
const GRACE_MS = 4 * SECOND;
/** No vowels and nothing that looks like another letter, as in the names that Kubernetes makes. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Call it after each change of a Deployment's spec: the controller follows it in story time. */
export function followSpec(state: WorldState, deployment: Deployment, at: number): void {
  state.timeline.schedule(at + NOTICE_MS, (due) => {
    deployment.observed = deployment.generation;
    if (!paused(deployment)) adoptTemplate(state, deployment, due);
    reconcile(state, deployment, due);
    lookAgain(state, deployment, due);
  });
}

/** Of a Deployment's pods: those that are not terminating. */
export function livePods(state: WorldState, deployment: Deployment): readonly Pod[] {
  return state.pods.filter((pod) => pod.app === deployment.name && pod.deletedAt === null);
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
  const text = JSON.stringify(template);
  const present = currentSet(deployment);
  if (JSON.stringify(present.template) === text) return;
  const known = deployment.sets.find((set) => JSON.stringify(set.template) === text);
  if (known !== undefined) known.revision = present.revision + 1;
  else {
    deployment.sets.push({
      hash: letters(state, 9, 'hash', deployment.name, text),
      template: structuredClone(template),
      createdAt: at,
      revision: present.revision + 1,
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

/** One look of the controller: a surge of one pod at a time, old ones go when new ones are ready. */
function reconcile(state: WorldState, deployment: Deployment, at: number): void {
  const wanted = replicasOf(deployment);
  const { hash } = currentSet(deployment);
  const surge = Math.ceil(wanted / 4);
  const spare = Math.floor(wanted / 4);
  const live = () => livePods(state, deployment);
  const fresh = () => live().filter((pod) => pod.hash === hash);
  const old = () => live().filter((pod) => pod.hash !== hash);

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
  while (fresh().length < wanted && live().length < wanted + surge) add(state, deployment, hash, at);

  if (settled(state, deployment)) complete(state, deployment, at);
  else if (deployment.progress.reason === 'ReplicaSetUpdated') {
    const deadline = Number(deployment.spec['progressDeadlineSeconds'] ?? 600) * SECOND;
    if (at - deployment.progress.at >= deadline)
      deployment.progress = { reason: 'ProgressDeadlineExceeded', at };
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
  state.restartedAt.set(deployment.name, at);
}

function advanced(deployment: Deployment, at: number): void {
  if (deployment.progress.reason !== 'NewReplicaSetAvailable')
    deployment.progress = { reason: 'ReplicaSetUpdated', at };
}

function add(state: WorldState, deployment: Deployment, hash: string, at: number): void {
  const name = `${deployment.name}-${hash}-${letters(state, 5, 'pod', deployment.name, hash, at, state.pods.length)}`;
  const pod: Pod = {
    name,
    app: deployment.name,
    hash,
    createdAt: at,
    ready: false,
    restarts: 0,
    startedAt: at,
    waiting: { reason: 'ContainerCreating', message: '' },
    deletedAt: null,
    lastTermination: null,
  };
  state.pods.push(pod);
  advanced(deployment, at);
  event(state, pod, at, 'Normal', 'Scheduled', `Successfully assigned default/${name} to a node`);
  state.timeline.schedule(at + between(1_500, 4_000, state.chance('pull', name)), (due) =>
    pull(state, deployment, pod, due),
  );
}

function pull(state: WorldState, deployment: Deployment, pod: Pod, at: number): void {
  if (pod.deletedAt !== null) return;
  if (state.cluster.pullsFail) {
    const image = imageOf(deployment, pod.hash);
    pod.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
    event(state, pod, at, 'Warning', 'Failed', `Failed to pull image "${image}"`);
    state.timeline.schedule(at + RETRY_PULL_MS, (due) => pull(state, deployment, pod, due));
    return;
  }
  pod.waiting = null;
  pod.startedAt = at;
  event(state, pod, at, 'Normal', 'Started', `Started container ${pod.app}`);
  state.logs.write(at, pod.name, 'INFO', `${pod.app} starting`);
  state.timeline.schedule(at + between(10_000, 16_000, state.chance('boot', pod.name)), (due) => {
    if (pod.deletedAt !== null) return;
    pod.ready = true;
    state.logs.write(due, pod.name, 'INFO', `${pod.app} ready`);
    advanced(deployment, due);
    reconcile(state, deployment, due);
  });
}

function remove(state: WorldState, deployment: Deployment, pod: Pod, at: number): void {
  pod.deletedAt = at;
  pod.ready = false;
  advanced(deployment, at);
  event(state, pod, at, 'Normal', 'Killing', `Stopping container ${pod.app}`);
  state.timeline.schedule(at + GRACE_MS, () => {
    const place = state.pods.indexOf(pod);
    if (place >= 0) state.pods.splice(place, 1);
  });
}

function imageOf(deployment: Deployment, hash: string): string {
  const template: JsonObject | undefined = deployment.sets.find((set) => set.hash === hash)?.template;
  const containers = objectIn(template, 'spec')?.['containers'];
  const first = Array.isArray(containers) ? containers[0] : null;
  return typeof first === 'object' && first !== null && !Array.isArray(first) ? String(first['image']) : '';
}

function event(
  state: WorldState,
  pod: Pod,
  at: number,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  addEvent(state.cluster, { at, kind: 'Pod', object: pod.name, type, reason, message });
}

function letters(state: WorldState, count: number, ...labels: readonly (string | number)[]): string {
  let text = '';
  for (let at = 0; at < count; at += 1) {
    text += LETTERS[Math.floor(state.chance(...labels, at) * LETTERS.length)];
  }
  return text;
}
