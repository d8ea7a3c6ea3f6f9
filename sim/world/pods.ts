import type { App, CompanyNames } from './names.ts';

/** A pod as plain data; the pretend Kubernetes API shows it in its own words. */
export interface Pod {
  /** Begins with what the company calls the app. */
  readonly name: string;
  readonly app: App;
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

export function initialPods(startedAt: number, { apps }: Pick<CompanyNames, 'apps'>): Pod[] {
  const pod = (app: App, hash: string, suffix: string): Pod => ({
    name: `${apps[app].name}-${hash}-${suffix}`,
    app,
    hash,
    createdAt: startedAt,
    ready: true,
    restarts: 0,
    startedAt,
    waiting: null,
    deletedAt: null,
    lastTermination: null,
  });
  return [
    pod('order-service', '7c9f6d5b8', '4kx2p'),
    pod('order-service', '7c9f6d5b8', '9vqzt'),
    pod('order-service', '7c9f6d5b8', 'mm7hd'),
    pod('workflow-engine', '5d8c7f9c4', '2jwlk'),
    pod('workflow-engine', '5d8c7f9c4', 'xr6bn'),
    pod('notification-service', '6b7d9c5f4', 'k2v8x'),
    pod('notification-service', '6b7d9c5f4', 't9wqz'),
    pod('inventory-consumer', '85f6c7d9b', 'h4nlp'),
    pod('inventory-consumer', '85f6c7d9b', 'zz3rt'),
    ...[0, 1, 2].map((number) => ({ ...pod('kafka', '', ''), name: `${apps.kafka.name}-${number}` })),
    { ...pod('postgres', '', ''), name: `${apps.postgres.name}-0` },
  ];
}
