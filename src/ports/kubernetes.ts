import type { ChangesProbe } from './changes.ts';
import type { DiscoveryProbe } from './discovery.ts';
import type { SecretFacts, SecretPair } from './secrets.ts';

export type { SecretFacts, SecretPair } from './secrets.ts';

export type WorkloadKind = 'Deployment' | 'StatefulSet';

/** Where a workload lives. */
export interface Workload {
  readonly namespace: string;
  /** Of its Deployment or StatefulSet. */
  readonly name: string;
  /** Absent: a Deployment. */
  readonly kind?: WorkloadKind;
  /** Label selector of its pods, `app=order-service`. */
  readonly selector: string;
  /** The container that is ours; null or absent: the one that is named like the workload, else the first. */
  readonly container?: string | null;
}

/** A pod as far as a runbook asks. Times are epoch ms. */
export interface PodSummary {
  readonly name: string;
  readonly createdAt: number;
  readonly ready: boolean;
  /** Of all containers together. */
  readonly restarts: number;
  /** Why a container waits or the pod is pending: `CrashLoopBackOff`, `ImagePullBackOff`, `Unschedulable`; null: it does not. */
  readonly waiting: string | null;
  readonly lastTermination: {
    readonly reason: string;
    readonly exitCode: number;
    readonly at: number;
  } | null;
  readonly node: string | null;
  readonly images: readonly string[];
}

/** A container that runs all the time, not an init container. */
export interface ContainerSummary {
  readonly pod: string;
  readonly name: string;
  readonly restarts: number;
  /** When the one that runs now began; null: none runs. */
  readonly startedAt: number | null;
  readonly lastTermination: PodSummary['lastTermination'];
  /** Bytes; null: no limit. */
  readonly memoryLimit: number | null;
}

/** An event of a pod, of a replica set or of the deployment. */
export interface ClusterEvent {
  readonly at: number;
  /** `Pod/order-service-7c9f6d5b8-x2x4z`. */
  readonly object: string;
  readonly type: string;
  readonly reason: string;
  /** Foreign text, unmasked. */
  readonly message: string;
  readonly count: number;
}

/** What one container uses now, by metrics.k8s.io. */
export interface ContainerUse {
  readonly pod: string;
  readonly container: string;
  /** Working set, bytes. */
  readonly memory: number;
  /** Thousandths of a core. */
  readonly cpu: number;
}

/** What a temporary change would change, and what speaks against it. */
export interface WorkloadSettings {
  readonly generation: number;
  readonly replicas: number;
  /** Pods above `replicas` that a rollout may add (`maxSurge`, rounded up). */
  readonly surge: number;
  /** Where `maxSurge` is a share of the replicas, 0–100 or more; null: it is a number of pods. */
  readonly surgePercent: number | null;
  /** Pods that a rollout may take away before a new one is ready (`maxUnavailable`, rounded down). */
  readonly unavailable: number;
  readonly containers: readonly {
    readonly name: string;
    /** Of the variables that were asked for; null: it is set from elsewhere (a secret, a config map); absent: not set. */
    readonly env: Readonly<Record<string, string | null>>;
    /** Bytes; null: none. */
    readonly memoryLimit: number | null;
    readonly memoryRequest: number | null;
  }[];
  /** What owns the replica count; *unknown*: may not be asked. */
  readonly hpa: { readonly name: string; readonly min: number; readonly max: number } | 'none' | 'unknown';
  /** Quotas of the namespace on memory and pods, in bytes and pods; *unknown*: may not be asked. */
  readonly quotas:
    | readonly {
        readonly name: string;
        readonly resource: 'limits.memory' | 'requests.memory' | 'pods';
        readonly used: number;
        readonly hard: number;
      }[]
    | 'unknown';
  /** *Argo CD* or *Flux*, which would set it back; null: no sign of one. */
  readonly gitOps: string | null;
}

/** Whether a pod reaches a host. Any HTTP answer counts as *open*. */
export interface PathAnswer {
  readonly result: 'open' | 'dns failure' | 'refused' | 'timed out' | 'tls failure' | 'no tool';
  /** The tool's own words where it is not open; foreign text, one line. */
  readonly words: string | null;
}

export type PathTarget =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** A JVM in a pod, before its heap is dumped. */
export interface HeapFacts {
  readonly jvm: boolean;
  /** Bytes; null: it does not say. */
  readonly heap: number | null;
  /** Bytes that are free where the dump would lie; null: it does not say. */
  readonly freeDisk: number | null;
  /** How long its liveness probe lets it stand still before its container is killed, ms; null: no probe does that. */
  readonly livenessMs: number | null;
}

export interface LogQuestion {
  readonly workload: Workload;
  /** Only lines that contain one of these are kept; plain text, case-sensitive. */
  readonly containing: readonly string[];
  readonly windowMinutes: number;
  /** What `recent` means. */
  readonly recentMinutes?: number;
  /** So many bytes of each container are read at most, from the beginning of the window on. */
  readonly bytesPerContainer: number;
  /** Only of the container that ended before, `--previous`; absent: of the one that runs, and before it of that one. */
  readonly previous?: boolean;
}

/** What one container wrote in the window. `podSince`: when its pod was made, epoch ms; what gone pods wrote is gone. */
export interface ContainerLog {
  readonly pod: string;
  readonly container: string;
  readonly podSince?: number;
  /** Those that matched, oldest first, at most 2,000 and 1 MB (the newest), long ones cut; foreign text, unmasked. */
  readonly lines: readonly string[];
  /** All that matched, also those that `lines` has no room for. */
  readonly matched: number;
  /**
   * Those of the last `recentMinutes`, as many at most; none where that was not asked. By the clock of the node that
   * wrote them, which need not be ours: a line's own time tells nothing of its age. Where it did not say, all of `lines`.
   */
  readonly recent: readonly string[];
  /** The byte limit was reached: the newest lines of the window are missing, and nothing is *absent*. */
  readonly truncated: boolean;
  /** One sentence where this container could not be read, or not which of its lines are recent. */
  readonly problem: string | null;
}

/** Something that a role may allow, in the words of RBAC. */
export interface Right {
  readonly namespace: string;
  readonly verb: string;
  /** `pods/log`, `deployments.apps`. */
  readonly resource: string;
  /** Absent: any. */
  readonly name?: string;
}

export interface DeploymentState {
  /** `metadata.generation`: what an approval binds to. */
  readonly generation: number;
  readonly replicas: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
  readonly paused: boolean;
  /** As `kubectl rollout status` tells them apart; *stuck* is ProgressDeadlineExceeded. */
  readonly rollout: 'complete' | 'under way' | 'stuck';
  /** The last rollout had come to its end before: what is away since went away by itself, as a pod that is killed does. */
  readonly ended?: boolean;
  /** One sentence: *3 of 4 pods are new, 4 pods ready in all.*, or why it is stuck. */
  readonly line: string;
  /** The stamp of the last restart, exactly as it was written; null: never restarted so. */
  readonly restartedAt: string | null;
}

/** Reads only. Throws SystemError; *forbidden* names the verb and the resource that the role lacks. */
export interface KubernetesProbe extends ChangesProbe, DiscoveryProbe {
  /** R18. All pages, without pods that have ended for good and whose place another one takes (evicted, a job that is done). */
  pods(workload: Workload, signal: AbortSignal): Promise<readonly PodSummary[]>;
  /**
   * R2, R19: all containers of all pods at once. One that cannot be read is a problem of its own, never of the others.
   * Throws SystemError *not found* where there is no pod.
   */
  logs(question: LogQuestion, signal: AbortSignal): Promise<readonly ContainerLog[]>;
  /** Whether the API server would let us; nothing is tried. */
  may(right: Right, signal: AbortSignal): Promise<boolean>;
  /** R6; null when there is none of that name. `expiryAnnotation` null: none is configured. */
  secret(
    namespace: string,
    name: string,
    expiryAnnotation: string | null,
    signal: AbortSignal,
  ): Promise<SecretFacts | null>;
  /** R35's preview, binding and read-back. */
  secretPair(namespace: string, secret: string, staged: string, signal: AbortSignal): Promise<SecretPair>;
  /** R56: per container, of all pods. */
  containers(workload: Workload, signal: AbortSignal): Promise<readonly ContainerSummary[]>;
  /** R7's preview, binding and proof; null when there is none of that name. */
  deployment(workload: Workload, signal: AbortSignal): Promise<DeploymentState | null>;
  /** R54: also of pods that are gone, as long as Kubernetes keeps them (an hour unless told otherwise); newest first. */
  events(workload: Workload, signal: AbortSignal): Promise<readonly ClusterEvent[]>;
  /** R53, R55, R61. Throws SystemError *not found* where the cluster has no metrics API. */
  usage(workload: Workload, signal: AbortSignal): Promise<readonly ContainerUse[]>;
  /** R43, R44, R58, R59: null when there is no such deployment. `env`: names of the variables to tell. */
  settings(workload: Workload, env: readonly string[], signal: AbortSignal): Promise<WorkloadSettings | null>;
  /** R3, R48: from inside every ready pod, by a fixed argument list without a shell. */
  path(
    workload: Workload,
    target: PathTarget,
    signal: AbortSignal,
  ): Promise<
    readonly { readonly pod: string; readonly value: PathAnswer | null; readonly problem: string | null }[]
  >;
  /** R57's preview. */
  heap(workload: Workload, pod: string, signal: AbortSignal): Promise<HeapFacts>;
  /** R57's proof: bytes of the file; null: it is not there. */
  fileSize(workload: Workload, pod: string, file: string, signal: AbortSignal): Promise<number | null>;
}

export interface KubernetesLever {
  /**
   * R7: one JSON Patch that opens with a `test` of `metadata/generation`, then stamps the pod template. A generation
   * that moved is SystemError *refused* with `sent: 'no'`; an answer that was lost is `sent: 'maybe'`.
   * @param stamp kept on the Deployment; the read-back looks for exactly it
   */
  restart(workload: Workload, generation: number, stamp: string, signal: AbortSignal): Promise<string>;
  /** R44, R59: the Deployment's own replicas, bound to its generation like `restart`. */
  scale(workload: Workload, generation: number, replicas: number, signal: AbortSignal): Promise<string>;
  /** X2: the pod template of that replica set, bound to the generation like `restart`. */
  rollBack(workload: Workload, generation: number, replicaSet: string, signal: AbortSignal): Promise<string>;
  /** R43; `value` null takes the variable away. */
  setEnv(
    workload: Workload,
    generation: number,
    change: { readonly container: string; readonly name: string; readonly value: string | null },
    signal: AbortSignal,
  ): Promise<string>;
  /** R58: bytes; null takes the limit away. */
  setMemoryLimit(
    workload: Workload,
    generation: number,
    change: { readonly container: string; readonly limit: number | null },
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * R35: the data of `staged` become those of `secret`, whose own are kept in the cluster for the revert. No value leaves the
   * adapter. Throws SystemError *refused* with `sent: 'no'` when either changed since `expected` was read.
   */
  promoteSecret(
    namespace: string,
    change: {
      readonly secret: string;
      readonly staged: string;
      readonly expected: { readonly secret: string; readonly staged: string };
      readonly stamp: string;
    },
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * R35's undo: what `promoteSecret` kept comes back, and its stamp is gone. Throws SystemError *refused* with `sent: 'no'`
   * when the secret changed since `expected` was read, or another promotion came after that of `stamp`.
   */
  revertSecret(
    namespace: string,
    change: {
      readonly secret: string;
      /** `metadata.resourceVersion`. */
      readonly expected: string;
      /** Of the promotion that is taken back. */
      readonly stamp: string;
    },
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * R57: resolves with the file's path in the pod, never with its contents. A dump goes on in the pod when its call ends
   * first: *too slow*, `sent: 'maybe'`.
   */
  dumpHeap(workload: Workload, pod: string, file: string, signal: AbortSignal): Promise<string>;
}
