import { firstVersion, firstWrite, statefulSet, template } from './cluster-made.ts';
import { type App, type CompanyNames, called } from './names.ts';

/** Any JSON value; the API's documents are kept as they were written. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** One version of a Deployment's pod template; of a StatefulSet's as well, whose revisions keep the same. */
export interface ReplicaSet {
  readonly hash: string;
  readonly template: JsonObject;
  readonly createdAt: number;
  revision: number;
  /** When the controller wrote it the last time: it became the newest, or got another number of pods. */
  writtenAt: number;
  /** Revisions that it was before, oldest first: a template that comes back keeps its replica set. */
  readonly earlier: number[];
}

/** One write of a Deployment's spec, as managed fields tell it. */
export interface Write {
  readonly manager: string;
  readonly at: number;
  readonly through: 'object' | 'scale';
  readonly template: boolean;
  readonly replicas: boolean;
}

/** What the Deployment's controller last said about its progress. */
export interface Progress {
  readonly reason: 'NewReplicaSetAvailable' | 'ReplicaSetUpdated' | 'ProgressDeadlineExceeded';
  /** Of the last step forward; the deadline counts from here. */
  readonly at: number;
}

export interface Deployment {
  readonly app: App;
  readonly name: string;
  readonly createdAt: number;
  labels: JsonObject;
  annotations: JsonObject;
  /** `spec` as the API shows it; `spec.template` is what a rollout follows. */
  spec: JsonObject;
  /** Moves with each change of `spec`, with nothing else. */
  generation: number;
  /** The generation that the controller has seen. */
  observed: number;
  /** In the order in which they were made. */
  readonly sets: ReplicaSet[];
  readonly writes: Write[];
  progress: Progress;
  /** The controller looks again by itself until the rollout is complete. */
  watched: boolean;
  /** Why no further pod could be made at the last look; null: it could. */
  refusal: string | null;
}

/** Its pods are replaced when somebody deletes them (*OnDelete*), and here nobody does. */
export interface StatefulSet
  extends Pick<Deployment, 'app' | 'name' | 'createdAt' | 'labels' | 'spec' | 'generation' | 'writes'> {
  /** In the order in which they were made; one whose template came back has a new number. */
  readonly revisions: ReplicaSet[];
}

export interface Secret {
  readonly name: string;
  readonly createdAt: number;
  annotations: Record<string, string>;
  /** Values in base64, all fake. */
  data: Record<string, string>;
  /** Who wrote which fields when, as managed fields tell it; `data` false: only labels or annotations. */
  writes: { readonly manager: string; readonly at: number; readonly data: boolean }[];
}

export interface ClusterEvent {
  /** The last time; the same again is counted in one event. */
  readonly at: number;
  readonly firstAt: number;
  readonly count: number;
  readonly kind: 'Pod' | 'ReplicaSet' | 'Deployment';
  readonly app: App;
  readonly object: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface Quota {
  readonly name: string;
  /** As they are written: `8Gi`, `10`. */
  readonly hard: Partial<Readonly<Record<'pods' | 'limits.memory' | 'requests.memory', string>>>;
}

/** A HorizontalPodAutoscaler that has made up its mind. */
export interface Autoscaler {
  readonly name: string;
  readonly target: App;
  readonly min: number;
  readonly max: number;
  /** How many replicas it thinks right; it sets them back to this. */
  wanted: number;
  /** When somebody wrote its bounds the last time, epoch ms. */
  readonly writtenAt: number;
}

/** What Kubernetes knows beyond the pods themselves. */
export interface Cluster {
  /** By app, as the pod templates of StatefulSets, which nobody changes here. */
  readonly deployments: Map<string, Deployment>;
  readonly statefulSets: Map<string, StatefulSet>;
  readonly secrets: Map<string, Secret>;
  /** The newest 500. */
  readonly events: ClusterEvent[];
  readonly quotas: Map<string, Quota>;
  readonly autoscalers: Map<string, Autoscaler>;
  /** Bytes of memory that the nodes have for requests; null: as much as anybody wants. */
  memoryRoom: number | null;
  /** metrics.k8s.io answers. */
  metricsApi: boolean;
  /** Programs in all images. */
  readonly tools: Set<string>;
  /** Whose process 1 is a JVM. */
  readonly jvms: Set<string>;
  /** Sizes by `pod:path`, bytes; they go with their pod. */
  readonly files: Map<string, number>;
  /** What each pod may write. */
  diskBytes: number;
  /** Images cannot be pulled: pods that are made now wait in ImagePullBackOff until it is over. */
  pullsFail: boolean;
}

const DAY = 86_400_000;
export const GATEWAY_SECRET = 'payment-gateway-credentials';

export function createCluster(startedAt: number, names: CompanyNames): Cluster {
  const deployments = new Map<string, Deployment>();
  for (const [app, hash, replicas, tag] of [
    ['order-service', '7c9f6d5b8', 3, '2.14.1'],
    ['workflow-engine', '5d8c7f9c4', 2, '1.9.0'],
    ['notification-service', '6b7d9c5f4', 2, '3.4.2'],
    ['inventory-consumer', '85f6c7d9b', 2, '1.1.7'],
  ] as const) {
    deployments.set(app, deployment(app, names, { hash, replicas, tag, createdAt: startedAt }));
  }
  const secrets = new Map<string, Secret>();
  secrets.set(GATEWAY_SECRET, {
    name: called(names.secrets, GATEWAY_SECRET),
    createdAt: startedAt - 300 * DAY,
    annotations: { [names.expiry.gateway]: new Date(startedAt + 30 * DAY).toISOString() },
    data: {
      'api-key': fake('pretend-api-key-4f1c9e'),
      'merchant-id': fake('pretend-merchant-77120'),
      'webhook-secret': fake('pretend-webhook-secret-b02d'),
    },
    writes: [
      { manager: 'kubectl-create', at: startedAt - 300 * DAY, data: true },
      { manager: 'secret-rotation', at: startedAt - 40 * DAY, data: true },
      { manager: 'kubectl-annotate', at: startedAt - 2 * DAY, data: false },
    ],
  });
  const statefulSets = new Map([
    ['kafka', statefulSet('kafka', names, 3, 'registry.example.com/platform/kafka:4.3.1', startedAt)],
    ['postgres', statefulSet('postgres', names, 1, 'registry.example.com/platform/postgres:18.4', startedAt)],
  ]);
  return {
    deployments,
    statefulSets,
    secrets,
    events: [],
    quotas: new Map(),
    autoscalers: new Map(),
    memoryRoom: null,
    metricsApi: true,
    tools: new Set(['curl', 'nc', 'cat', 'df', 'stat', 'jcmd', 'jmap', 'echo']),
    jvms: new Set(['order-service']),
    files: new Map(),
    diskBytes: 8 * 1024 ** 3,
    pullsFail: false,
  };
}

/** The same once more raises the count of the event that is there. */
export function addEvent(cluster: Cluster, event: ClusterEvent): void {
  const place = cluster.events.findLastIndex(
    ({ kind, object, reason, message }) =>
      kind === event.kind && object === event.object && reason === event.reason && message === event.message,
  );
  const [before] = place < 0 ? [] : cluster.events.splice(place, 1);
  cluster.events.push(
    before === undefined ? event : { ...event, firstAt: before.firstAt, count: before.count + 1 },
  );
  if (cluster.events.length > 500) cluster.events.shift();
}

/** The container names of a template, in its order. */
export function containersOf(template: JsonObject | undefined): readonly JsonObject[] {
  const spec = objectIn(template, 'spec');
  const list = spec?.['containers'];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

export function objectIn(parent: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = parent?.[key];
  return isObject(value) ? value : undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function deployment(
  app: App,
  { apps, port }: CompanyNames,
  { hash, replicas, tag, createdAt }: { hash: string; replicas: number; tag: string; createdAt: number },
): Deployment {
  const { name, labels } = apps[app];
  const made = template(apps[app], port, `registry.example.com/oms/${name}:${tag}`);
  return {
    app,
    name,
    createdAt,
    labels: { ...labels },
    annotations: {},
    spec: {
      replicas,
      selector: { matchLabels: { ...labels } },
      template: made,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    generation: 1,
    observed: 1,
    sets: [firstVersion(hash, made, createdAt)],
    writes: [firstWrite(createdAt)],
    progress: { reason: 'NewReplicaSetAvailable', at: createdAt },
    watched: false,
    refusal: null,
  };
}

function fake(text: string): string {
  return Buffer.from(text).toString('base64');
}
