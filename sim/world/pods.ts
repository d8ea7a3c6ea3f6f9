/** A pod as plain data; the pretend Kubernetes API shows it in its own words. */
export interface Pod {
  readonly name: string;
  /** The label `app`. */
  readonly app: 'order-service' | 'workflow-engine';
  ready: boolean;
  restarts: number;
  /** Of the present container, epoch ms. */
  startedAt: number;
  lastTermination: { readonly reason: string; readonly exitCode: number; readonly at: number } | null;
}

export function initialPods(startedAt: number): readonly Pod[] {
  return [
    pod('order-service', '7c9f6d5b8-4kx2p', startedAt),
    pod('order-service', '7c9f6d5b8-9vqzt', startedAt),
    pod('order-service', '7c9f6d5b8-mm7hd', startedAt),
    pod('workflow-engine', '5d8c7f9c4-2jwlk', startedAt),
    pod('workflow-engine', '5d8c7f9c4-xr6bn', startedAt),
  ];
}

function pod(app: Pod['app'], suffix: string, startedAt: number): Pod {
  return { name: `${app}-${suffix}`, app, ready: true, restarts: 0, startedAt, lastTermination: null };
}
