import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  type V1Pod,
} from '@kubernetes/client-node';
import { inject } from 'vitest';

/** One line of a container's log; the time is epoch ms. */
interface Line {
  readonly at: number;
  readonly text: string;
}

/** A fresh namespace of the test cluster, and what its administrator does there. */
export interface TestNamespace {
  readonly name: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  /** For kinds that have no client of their own, and for whole manifests. */
  readonly objects: KubernetesObjectApi;
  /** A kubeconfig as YAML text: the administrator's, or that of somebody with this token. */
  kubeconfig(token?: string): string;
  /** A token of an hour from the TokenRequest API; the service account has to exist. */
  token(serviceAccount: string): Promise<string>;
  /** A Deployment whose pods carry `app=<name>`; resolves when all are ready. */
  deploy(
    name: string,
    options: {
      readonly replicas: number;
      /** Names; one container, `app`, unless told. */
      readonly containers?: readonly string[];
      /** Of the pods. */
      readonly annotations?: Readonly<Record<string, string>>;
    },
  ): Promise<void>;
  /** Those that `app=<name>` selects, by name. */
  pods(name: string): Promise<readonly V1Pod[]>;
  /** What each container of a pod has written, and, where told, what it wrote before it was restarted. Of kwok only. */
  writeLogs(
    pod: string,
    containers: Readonly<
      Record<string, { readonly now: readonly Line[]; readonly before?: readonly Line[] }>
    >,
  ): Promise<void>;
  /** Answers HTTP at the pod's own address until the end. Of kwok only. */
  listen(pod: string, port: number, answer: RequestListener): Promise<void>;
  /** Ends what listens and leaves the namespace to be removed. */
  stop(): Promise<void>;
}

/** Pods are pretended by kwok, and can be given logs and addresses that answer; else they are a real cluster's. */
export const pretendPods = inject('logs') !== null;

export async function testNamespace(): Promise<TestNamespace> {
  const config = new KubeConfig();
  config.loadFromFile(inject('kubeconfig'));
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const objects = config.makeApiClient(KubernetesObjectApi);
  const namespace = `oms-${randomBytes(4).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  const servers: Server[] = [];

  return {
    name: namespace,
    core,
    apps,
    objects,

    kubeconfig(token) {
      if (token === undefined) return config.exportConfig();
      const { users, ...rest } = JSON.parse(config.exportConfig());
      return JSON.stringify({ ...rest, users: [{ name: users[0].name, user: { token } }] });
    },

    async token(serviceAccount) {
      const { status } = await core.createNamespacedServiceAccountToken({
        namespace,
        name: serviceAccount,
        body: { spec: { audiences: [], expirationSeconds: 3_600 } },
      });
      return status?.token ?? '';
    },

    async deploy(name, { replicas, containers = ['app'], annotations = {} }) {
      const labels = { app: name };
      await apps.createNamespacedDeployment({
        namespace,
        body: {
          metadata: { name, labels },
          spec: {
            replicas,
            selector: { matchLabels: labels },
            template: {
              metadata: { labels, annotations },
              spec: {
                // Real pods come and go at once too.
                terminationGracePeriodSeconds: 0,
                containers: containers.map((each) => ({ name: each, image: IMAGE })),
              },
            },
          },
        },
      });
      await until(`${name} being ready`, async () => {
        const { status } = await apps.readNamespacedDeployment({ namespace, name });
        return status?.readyReplicas === replicas && status.replicas === replicas;
      });
    },

    async pods(name) {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${name}` });
      return items;
    },

    async writeLogs(pod, containers) {
      const write = (file: string, lines: readonly Line[]) => {
        const path = join(inject('logs') ?? '', file);
        writeFileSync(
          path,
          lines.map(({ at, text }) => `${new Date(at).toISOString()} stdout F ${text}\n`).join(''),
        );
        return path;
      };
      const logs = Object.entries(containers).map(([container, { now, before }]) => ({
        containers: [container],
        logsFile: write(`${namespace}.${pod}.${container}.log`, now),
        ...(before === undefined
          ? {}
          : { previousLogsFile: write(`${namespace}.${pod}.${container}.before.log`, before) }),
      }));
      await config.makeApiClient(CustomObjectsApi).createNamespacedCustomObject({
        group: 'kwok.x-k8s.io',
        version: 'v1alpha1',
        namespace,
        plural: 'logs',
        body: { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Logs', metadata: { name: pod }, spec: { logs } },
      });
      const [container] = Object.entries(containers).find(([, { now }]) => now.length > 0) ?? [];
      if (container === undefined) return;
      await until(`the log of ${pod}`, async () => {
        return (await core.readNamespacedPodLog({ namespace, name: pod, container })) !== '';
      });
    },

    async listen(pod, port, answer) {
      const { status } = await core.readNamespacedPod({ namespace, name: pod });
      const server = createServer(answer);
      servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(port, status?.podIP, resolve);
      });
    },

    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      await core.deleteNamespace({ name: namespace });
    },
  };
}

/** Nothing runs in kwok's pods; a real cluster has this one already, for every pod. */
const IMAGE = 'registry.k8s.io/pause:3.10';

/** Asks until it is true. @throws Error after a minute */
export async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 1_200; look += 1) {
    if (await ask()) return;
    await setTimeout(50);
  }
  throw new Error(`${what} does not happen.`);
}
