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
