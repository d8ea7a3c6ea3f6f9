import { between } from './chance.ts';
import { addEvent, type ClusterEvent, containersOf, type Deployment } from './cluster.ts';
import { whyNoRoom, whyOverQuota } from './cluster-room.ts';
import type { App } from './names.ts';
import { templateOf } from './pod-settings.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const SECOND = 1_000;
const RETRY_MS = 20 * SECOND;
const GRACE_MS = 4 * SECOND;
/** No vowels and nothing that looks like another letter, as in the names that Kubernetes makes. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Called when a pod is ready or gone: the controller looks again. */
type Look = (at: number) => void;

/** Makes a pod, or says why the quota admits none; then there is none. */
export function addPod(
  state: WorldState,
  deployment: Deployment,
  hash: string,
  at: number,
  look: Look,
): Pod | string {
  const name = `${deployment.name}-${hash}-${letters(state, 5, 'pod', deployment.name, hash, at, state.pods.length)}`;
  const refused = whyOverQuota(state, deployment, hash);
  if (refused !== null) return `pods "${name}" is forbidden: ${refused}`;
  const pod: Pod = {
    name,
    app: deployment.app,
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
  note(
    state,
    at,
    deployment.app,
    'ReplicaSet',
    `${deployment.name}-${hash}`,
    'SuccessfulCreate',
    `Created pod: ${name}`,
  );
  place(state, pod, at, look);
  return pod;
}

/** A node for it, or it waits for one. */
function place(state: WorldState, pod: Pod, at: number, look: Look): void {
  if (pod.deletedAt !== null) return;
  const noRoom = whyNoRoom(state, pod);
  if (noRoom !== null) {
    pod.waiting = { reason: 'Unschedulable', message: noRoom };
    note(state, at, pod.app, 'Pod', pod.name, 'FailedScheduling', noRoom);
    state.timeline.schedule(at + RETRY_MS, (due) => place(state, pod, due, look));
    return;
  }
  pod.waiting = { reason: 'ContainerCreating', message: '' };
  note(
    state,
    at,
    pod.app,
    'Pod',
    pod.name,
    'Scheduled',
    `Successfully assigned ${state.names.apps[pod.app].namespace}/${pod.name} to a node`,
  );
  state.timeline.schedule(at + between(1_500, 4_000, state.chance('pull', pod.name)), (due) =>
    pull(state, pod, due, look),
  );
}

function pull(state: WorldState, pod: Pod, at: number, look: Look): void {
  if (pod.deletedAt !== null) return;
  if (state.cluster.pullsFail) {
    const image = String(containersOf(templateOf(state, pod))[0]?.['image']);
    pod.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
    note(state, at, pod.app, 'Pod', pod.name, 'Failed', `Failed to pull image "${image}"`);
    state.timeline.schedule(at + RETRY_MS, (due) => pull(state, pod, due, look));
    return;
  }
  startContainer(state, pod, at, look);
}

/** The container begins now and is ready a little later; also after it was killed. */
export function startContainer(state: WorldState, pod: Pod, at: number, look: Look): void {
  pod.waiting = null;
  pod.ready = false;
  pod.startedAt = at;
  note(
    state,
    at,
    pod.app,
    'Pod',
    pod.name,
    'Started',
    `Started container ${state.names.apps[pod.app].container}`,
  );
  state.logs.write(at, pod.name, 'INFO', `${pod.app} starting`);
  const booting = between(10_000, 16_000, state.chance('boot', pod.name, pod.restarts));
  state.timeline.schedule(at + booting, (due) => {
    // It may have been killed or deleted meanwhile.
    if (pod.deletedAt !== null || pod.startedAt !== at) return;
    pod.ready = true;
    state.logs.write(due, pod.name, 'INFO', `${pod.app} ready`);
    look(due);
  });
}

export function removePod(state: WorldState, pod: Pod, at: number): void {
  pod.deletedAt = at;
  pod.ready = false;
  note(
    state,
    at,
    pod.app,
    'ReplicaSet',
    `${state.names.apps[pod.app].name}-${pod.hash}`,
    'SuccessfulDelete',
    `Deleted pod: ${pod.name}`,
  );
  note(
    state,
    at,
    pod.app,
    'Pod',
    pod.name,
    'Killing',
    `Stopping container ${state.names.apps[pod.app].container}`,
  );
  state.timeline.schedule(at + GRACE_MS, () => {
    const found = state.pods.indexOf(pod);
    if (found >= 0) state.pods.splice(found, 1);
  });
}

/** Reasons of events that are warnings; all others are news. */
const WARNINGS = ['Failed', 'FailedScheduling', 'FailedCreate', 'BackOff', 'OOMKilling', 'Unhealthy'];

export function note(
  state: WorldState,
  at: number,
  app: App,
  kind: ClusterEvent['kind'],
  object: string,
  reason: string,
  message: string,
): void {
  const type = WARNINGS.includes(reason) ? 'Warning' : 'Normal';
  addEvent(state.cluster, { at, kind, app, object, type, reason, message, firstAt: at, count: 1 });
}

export function letters(state: WorldState, count: number, ...labels: readonly (string | number)[]): string {
  let text = '';
  for (let at = 0; at < count; at += 1) {
    text += LETTERS[Math.floor(state.chance(...labels, at) * LETTERS.length)];
  }
  return text;
}
