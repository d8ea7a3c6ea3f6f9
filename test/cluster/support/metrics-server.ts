import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import {
  ApiregistrationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  type V1Pod,
} from '@kubernetes/client-node';
import type { Certificates } from './certificates.ts';

const PORT = 10_444;
const GROUP = 'metrics.k8s.io';
const VERSION = 'v1beta1';
const PATH = new RegExp(`^/apis/${GROUP}/${VERSION}/namespaces/([^/]+)/pods$`);

/** A pod that carries both is measured: `250m`, `300Mi`, each of its containers. */
export const USAGE = { cpu: 'oms-test/usage-cpu', memory: 'oms-test/usage-memory' } as const;

/**
 * metrics-server's part of metrics.k8s.io, behind the real aggregator: nobody measures pods that do nothing, so they
 * say themselves what they use. A pod that says nothing is not measured, and then it is missing, as there.
 */
export async function startMetricsServer(
  config: KubeConfig,
  { leaf, leafKey }: Certificates,
): Promise<{ ready(): Promise<boolean>; stop(): void }> {
  const core = config.makeApiClient(CoreV1Api);
  const server = createServer(
    { cert: readFileSync(leaf), key: readFileSync(leafKey) },
    (request, response) => {
      const url = new URL(request.url ?? '', 'https://localhost');
      const answer = (status: number, body: object) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      const namespace = PATH.exec(url.pathname)?.[1];
      if (url.pathname === `/apis/${GROUP}/${VERSION}`) answer(200, RESOURCES);
      else if (namespace === undefined) answer(404, { kind: 'Status', apiVersion: 'v1', status: 'Failure' });
      else {
        core
          .listNamespacedPod({ namespace, labelSelector: url.searchParams.get('labelSelector') ?? '' })
          .then(({ items }) => answer(200, listOf(items)))
          .catch(() => answer(500, { kind: 'Status', apiVersion: 'v1', status: 'Failure' }));
      }
    },
  );
  await listen(server);
  const service = { name: 'metrics-server', namespace: 'kube-system' };
  await core.createNamespacedService({
    namespace: service.namespace,
    body: { metadata: { name: service.name }, spec: { type: 'ExternalName', externalName: 'localhost' } },
  });
  await config.makeApiClient(ApiregistrationV1Api).createAPIService({
    body: {
      metadata: { name: `${VERSION}.${GROUP}` },
      spec: {
        group: GROUP,
        version: VERSION,
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { ...service, port: PORT },
      },
    },
  });
  const custom = config.makeApiClient(CustomObjectsApi);
  return {
    async ready() {
      await custom.listNamespacedCustomObject({
        group: GROUP,
        version: VERSION,
        namespace: 'default',
        plural: 'pods',
      });
      return true;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${GROUP}/${VERSION}`,
  resources: [
    { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
};

function listOf(pods: readonly V1Pod[]): object {
  return {
    kind: 'PodMetricsList',
    apiVersion: `${GROUP}/${VERSION}`,
    metadata: {},
    items: pods.flatMap(({ metadata, spec }) => {
      const cpu = metadata?.annotations?.[USAGE.cpu];
      const memory = metadata?.annotations?.[USAGE.memory];
      if (cpu === undefined || memory === undefined) return [];
      return {
        metadata: {
          name: metadata?.name,
          namespace: metadata?.namespace,
          labels: metadata?.labels,
          creationTimestamp: new Date(),
        },
        timestamp: new Date(),
        window: '15s',
        containers: spec?.containers.map(({ name }) => ({ name, usage: { cpu, memory } })),
      };
    }),
  };
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(PORT, '127.0.0.1', resolve);
  });
}
