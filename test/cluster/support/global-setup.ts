import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig, type KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import type { TestProject } from 'vitest/node';
import { parseAllDocuments } from 'yaml';
import { startControlPlane } from './control-plane.ts';
import { startMetricsServer } from './metrics-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A kubeconfig file of one who may do everything. */
    kubeconfig: string;
    /** Where kwok's pods write their logs; null: the pods are real ones, of a cluster that was given. */
    logs: string | null;
  }
}

/** One cluster for the whole run; each test file makes namespaces of its own on it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_KUBECONFIG'];
  if (given !== undefined && given !== '') {
    project.provide('kubeconfig', given);
    project.provide('logs', null);
    return async () => undefined;
  }
  const binaries = process.env['OMS_CLUSTER_BINARIES'];
  const folder = process.env['OMS_CLUSTER_FOLDER'];
  if (binaries === undefined || folder === undefined) {
    throw new Error('These suites need a cluster: npm run test:cluster.');
  }
  mkdirSync(folder);
  const control = await startControlPlane(binaries, folder);
  try {
    const config = new KubeConfig();
    config.loadFromFile(control.kubeconfig);
    await addNode(config, control, readFileSync(join(binaries, 'kinds.yaml'), 'utf8'));
    const metrics = await startMetricsServer(config, control.certificates);
    await control.until('metrics.k8s.io answering', metrics.ready);
    project.provide('kubeconfig', control.kubeconfig);
    project.provide('logs', join(folder, 'logs'));
    return async () => {
      metrics.stop();
      await control.stop();
    };
  } catch (err) {
    await control.stop();
    throw err;
  }
}

async function addNode(
  config: KubeConfig,
  control: Awaited<ReturnType<typeof startControlPlane>>,
  kinds: string,
): Promise<void> {
  const objects = config.makeApiClient(KubernetesObjectApi);
  for (const kind of parseAllDocuments(kinds)) {
    await objects.create(kind.toJS() as KubernetesObject);
  }
  await objects.create({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'kwok-0', labels: { 'kubernetes.io/hostname': 'kwok-0' } },
  });
  const core = config.makeApiClient(CoreV1Api);
  const isTrue = (conditions: readonly { type: string; status: string }[] = [], wanted: string) =>
    conditions.some(({ type, status }) => type === wanted && status === 'True');
  await control.until("kwok's kinds being there", async () => {
    const { items } = (await objects.list(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
    )) as unknown as { items: { status?: { conditions: { type: string; status: string }[] } }[] };
    return items.length > 0 && items.every(({ status }) => isTrue(status?.conditions, 'Established'));
  });
  control.startNode();
  await control.until('the node being ready', async () => {
    const { items } = await core.listNode();
    return items.every(({ status }) => isTrue(status?.conditions, 'Ready'));
  });
}
