/** A pod as plain data; the pretend Kubernetes API shows it in its own words. */
export interface Pod {
  readonly name: string;
  /** The label `app`. */
  readonly app:
    | 'order-service'
    | 'workflow-engine'
    | 'notification-service'
    | 'inventory-consumer'
    | 'kafka'
    | 'postgres';
  /** The label `pod-template-hash`: which version of the Deployment's template it was made from; a StatefulSet's have none. */
  readonly hash: string;
  readonly createdAt: number;
  ready: boolean;
  restarts: number;
  /** Of the present container, epoch ms; of a pod whose container waits, when it was made. */
  startedAt: number;
  /** Why its container does not run; null: it runs. */
  waiting: { readonly reason: string; readonly message: string } | null;
  /** It is terminating since then, epoch ms. */
  deletedAt: number | null;
  lastTermination: { readonly reason: string; readonly exitCode: number; readonly at: number } | null;
}

export function initialPods(startedAt: number): Pod[] {
  return [
    pod('order-service', '7c9f6d5b8', '4kx2p', startedAt),
    pod('order-service', '7c9f6d5b8', '9vqzt', startedAt),
    pod('order-service', '7c9f6d5b8', 'mm7hd', startedAt),
    pod('workflow-engine', '5d8c7f9c4', '2jwlk', startedAt),
    pod('workflow-engine', '5d8c7f9c4', 'xr6bn', startedAt),
    pod('notification-service', '6b7d9c5f4', 'k2v8x', startedAt),
    pod('notification-service', '6b7d9c5f4', 't9wqz', startedAt),
    pod('inventory-consumer', '85f6c7d9b', 'h4nlp', startedAt),
    pod('inventory-consumer', '85f6c7d9b', 'zz3rt', startedAt),
    ...[0, 1, 2].map((number) => ({ ...pod('kafka', '', '', startedAt), name: `kafka-${number}` })),
    { ...pod('postgres', '', '', startedAt), name: 'postgres-0' },
  ];
}

function pod(app: Pod['app'], hash: string, suffix: string, startedAt: number): Pod {
  return {
    name: `${app}-${hash}-${suffix}`,
    app,
    hash,
    createdAt: startedAt,
    ready: true,
    restarts: 0,
    startedAt,
    waiting: null,
    deletedAt: null,
    lastTermination: null,
  };
}
