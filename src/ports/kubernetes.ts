/** Where a workload lives. */
export interface Workload {
  readonly namespace: string;
  /** The Deployment's name. */
  readonly name: string;
  /** Label selector of its pods, `app=order-service`. */
  readonly selector: string;
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

export interface LogQuestion {
  readonly workload: Workload;
  /** Only lines that contain one of these are kept; plain text, case-sensitive. */
  readonly containing: readonly string[];
  readonly windowMinutes: number;
  /** Read at most so many bytes of each container, newest window first byte on. */
  readonly bytesPerContainer: number;
}

/** What one container wrote in the window. */
export interface ContainerLog {
  readonly pod: string;
  readonly container: string;
  /** Those that matched, oldest first, at most 2,000 (the newest); foreign text, unmasked. */
  readonly lines: readonly string[];
  /** All that matched, also those that `lines` has no room for. */
  readonly matched: number;
  /** The byte limit was reached: the newest lines of the window are missing, and nothing is *absent*. */
  readonly truncated: boolean;
  /** One sentence where this container could not be read; then the rest is empty. */
  readonly problem: string | null;
}

/** Never a value: key names and ages. */
export interface SecretFacts {
  readonly keys: readonly string[];
  readonly createdAt: number;
  /** The newest change of its data that the API server's managed fields tell; null: they do not say. */
  readonly changedAt: number | null;
  /** From the configured annotation; null: none, or not a date. */
  readonly expiresAt: number | null;
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
  /** One sentence: *3 of 4 pods are new, 2 of them ready.*, or why it is stuck. */
  readonly line: string;
  /** The stamp of the last restart, exactly as it was written; null: never restarted so. */
  readonly restartedAt: string | null;
}

/** Reads only. Throws SystemError; *forbidden* names the verb and the resource that the role lacks. */
export interface KubernetesProbe {
  /** R18. All pages. */
  pods(workload: Workload, signal: AbortSignal): Promise<readonly PodSummary[]>;
  /** R2, R19: all containers of all pods at once. One that cannot be read is a problem of its own, never of the others. */
  logs(question: LogQuestion, signal: AbortSignal): Promise<readonly ContainerLog[]>;
  /** R6; null when there is none of that name. `expiryAnnotation` null: none is configured. */
  secret(
    namespace: string,
    name: string,
    expiryAnnotation: string | null,
    signal: AbortSignal,
  ): Promise<SecretFacts | null>;
  /** R7's preview, binding and proof; null when there is none of that name. */
  deployment(workload: Workload, signal: AbortSignal): Promise<DeploymentState | null>;
}

export interface KubernetesLever {
  /**
   * R7: one JSON Patch that opens with a `test` of `metadata/generation`, then stamps the pod template. A generation
   * that moved is SystemError *refused* with `sent: 'no'`; an answer that was lost is `sent: 'maybe'`.
   * @param stamp kept on the Deployment; the read-back looks for exactly it
   */
  restart(workload: Workload, generation: number, stamp: string, signal: AbortSignal): Promise<string>;
}

/** Plain HTTP to single pods, for those who must ask each of them (`/health`, `/metrics`). Through the API server. */
export interface PodHttp {
  /** Names of the ready pods. */
  readyPods(signal: AbortSignal): Promise<readonly string[]>;
  /** Any HTTP answer of the pod resolves; not reaching it throws SystemError. At most 2 MB of body. */
  get(
    pod: string,
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: string }>;
}
