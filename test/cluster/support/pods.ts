import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { CustomObjectsApi, type V1Pod } from '@kubernetes/client-node';
import { inject } from 'vitest';
import { type TestNamespace, until } from './namespace.ts';

/** Pods are pretended by kwok, and can be given logs and addresses that answer; else they are a real cluster's. */
export const pretendPods = inject('logs') !== null;

/** Nothing runs in kwok's pods; a real cluster has this one already, for every pod. */
const IMAGE = 'registry.k8s.io/pause:3.10';

/** One line of a container's log; the time is epoch ms. */
interface Line {
  readonly at: number;
  readonly text: string;
}

/** A Deployment whose pods carry `app=<name>`; resolves when all are ready. */
export async function deploy(
  { apps, name: namespace }: TestNamespace,
  name: string,
  options: {
    readonly replicas: number;
    /** Names; one container, `app`, unless told. */
    readonly containers?: readonly string[];
    /** Of the pods. */
    readonly annotations?: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { replicas, containers = ['app'], annotations = {} } = options;
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
}

/** A StatefulSet whose pods carry `app=<name>` and are replaced when somebody deletes them. */
export async function deploySet({ apps, name: namespace }: TestNamespace, name: string): Promise<void> {
  const labels = { app: name };
  await apps.createNamespacedStatefulSet({
    namespace,
    body: {
      metadata: { name, labels },
      spec: {
        replicas: 2,
        serviceName: name,
        selector: { matchLabels: labels },
        updateStrategy: { type: 'OnDelete' },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'app', image: IMAGE }] },
        },
      },
    },
  });
}

/** Those of a Deployment of `deploy`. */
export async function podsOf(
  { core, name: namespace }: TestNamespace,
  name: string,
): Promise<readonly (V1Pod & { readonly name: string })[]> {
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${name}` });
  return items.map((pod) => ({ ...pod, name: pod.metadata?.name ?? '' }));
}

/** What each container of a pod has written and, where told, what it wrote before it was restarted. Of kwok only. */
export async function writeLogs(
  { core, name: namespace, config }: TestNamespace,
  pod: string,
  containers: Readonly<Record<string, { readonly now: readonly Line[]; readonly before?: readonly Line[] }>>,
): Promise<void> {
  const write = (container: string, lines: readonly Line[]) => {
    const file = join(inject('logs') ?? '', `${namespace}.${pod}.${container}.log`);
    // As a kubelet finds them on its disk.
    const text = lines
      .map(({ at, text: said }) => `${new Date(at).toISOString()} stdout F ${said}\n`)
      .join('');
    writeFileSync(file, text);
    return file;
  };
  const logs = Object.entries(containers).map(([container, { now, before }]) => ({
    containers: [container],
    logsFile: write(container, now),
    ...(before === undefined ? {} : { previousLogsFile: write(`${container}.before`, before) }),
  }));
  await tellKwok(config, namespace, 'Logs', pod, { logs });
  const [container] = Object.entries(containers).find(([, { now }]) => now.length > 0) ?? [];
  if (container === undefined) return;
  await until(`the log of ${pod}`, async () => {
    return (await core.readNamespacedPodLog({ namespace, name: pod, container })) !== '';
  });
}

/**
 * Lets commands be run in a pod. They really run, on this machine, as the user of the tests: `echo` and `sh -c 'exit 3'`,
 * nothing else. Of kwok only.
 */
export async function letExec({ name, config }: TestNamespace, pod: string): Promise<void> {
  await tellKwok(config, name, 'Exec', pod, { execs: [{ local: {} }] });
}

/** Answers HTTP at a pod's own address as long as the pod is there. Of kwok only. */
export async function listen(
  { core, name: namespace, closers }: TestNamespace,
  pod: string,
  port: number,
  answer: RequestListener,
): Promise<void> {
  const { status } = await core.readNamespacedPod({ namespace, name: pod });
  const server = createServer(answer);
  // An address is given to the next pod, maybe another test's, as soon as its pod is gone.
  await until(`${pod} listening`, async () => await heard(server, port, status?.podIP ?? ''));
  const close = () => {
    clearInterval(watch);
    server.closeAllConnections();
    server.close();
  };
  const watch = setInterval(() => core.readNamespacedPod({ namespace, name: pod }).catch(close), 200);
  closers.push(close);
}

/** False where somebody else listens still. */
async function heard(server: Server, port: number, address: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const refused = (err: NodeJS.ErrnoException) =>
      err.code === 'EADDRINUSE' ? resolve(false) : reject(err);
    server.once('error', refused).listen(port, address, () => {
      server.off('error', refused);
      resolve(true);
    });
  });
}

async function tellKwok(
  config: TestNamespace['config'],
  namespace: string,
  kind: 'Logs' | 'Exec',
  name: string,
  spec: object,
): Promise<void> {
  const group = 'kwok.x-k8s.io';
  const version = 'v1alpha1';
  const plural = kind === 'Logs' ? 'logs' : 'execs';
  const body = { apiVersion: `${group}/${version}`, kind, metadata: { name }, spec };
  await config
    .makeApiClient(CustomObjectsApi)
    .createNamespacedCustomObject({ group, version, namespace, plural, body });
}
