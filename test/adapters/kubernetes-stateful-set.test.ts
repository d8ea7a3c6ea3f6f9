import { expect, test } from 'vitest';
import { changeDeployment } from '../../src/adapters/kubernetes/change.ts';
import { restartChange } from '../../src/adapters/kubernetes/changes.ts';
import type { KubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { getDeployment, stateOf } from '../../src/adapters/kubernetes/deployment.ts';
import { readSettings } from '../../src/adapters/kubernetes/settings.ts';

const WORKLOAD = { namespace: 'shop', name: 'orders', kind: 'StatefulSet', selector: 'app=orders' } as const;
const signal = new AbortController().signal;

/** A StatefulSet as an API server 1.36 shows it, shortened. */
function shown(change: { readonly spec?: object; readonly status?: object } = {}) {
  return {
    kind: 'StatefulSet',
    apiVersion: 'apps/v1',
    metadata: { name: 'orders', namespace: 'shop', generation: 3 },
    spec: {
      replicas: 3,
      serviceName: 'orders',
      template: { metadata: { labels: { app: 'orders' } }, spec: { containers: [{ name: 'app' }] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...change.spec,
    },
    status: {
      observedGeneration: 3,
      replicas: 3,
      readyReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      currentRevision: 'orders-1',
      updateRevision: 'orders-1',
      ...change.status,
    },
  };
}

/** Remembers what it is asked, and shows what it is given. */
function client(answers: readonly object[]) {
  const asked: { readonly verb: string; readonly path: string; readonly resource: string }[] = [];
  const json: KubernetesClient['json'] = async (question) => {
    asked.push(question);
    const list = question.path.match(/horizontalpodautoscalers|resourcequotas/)?.[0];
    if (list !== undefined)
      return {
        kind: list === 'resourcequotas' ? 'ResourceQuotaList' : 'HorizontalPodAutoscalerList',
        metadata: {},
        items: [],
      };
    return answers[Math.min(asked.length, answers.length) - 1];
  };
  return { asked, client: { json } as KubernetesClient };
}

test.each([
  ['complete', {}, 'complete', false],
  ['while pods are not ready', { status: { readyReplicas: 2 } }, 'under way', false],
  [
    'while pods are of the old kind',
    { status: { updatedReplicas: 1, updateRevision: 'orders-2' } },
    'under way',
    false,
  ],
  ['while its change was not taken up', { status: { observedGeneration: 2 } }, 'under way', false],
  [
    'for people to delete its pods',
    { spec: { updateStrategy: { type: 'OnDelete' } }, status: { updateRevision: 'orders-2' } },
    'complete',
    true,
  ],
  [
    'behind a partition',
    { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } } },
    'complete',
    true,
  ],
])('a StatefulSet’s rollout: %s', async (_how, change, rollout, paused) => {
  const server = client([shown(change)]);
  const state = stateOf(await getDeployment(server.client, WORKLOAD, signal));
  expect(state).toMatchObject({ generation: 3, replicas: 3, rollout, paused });
  expect(server.asked).toMatchObject([
    { path: '/apis/apps/v1/namespaces/shop/statefulsets/orders', resource: 'statefulsets.apps' },
  ]);
});

test('it is restarted by the same one patch, and replaces its pods one for one', async () => {
  const after = shown();
  after.metadata.generation = 4;
  Object.assign(after.spec.template.metadata, {
    annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T03:00:00Z' },
  });
  const server = client([shown(), after]);
  const change = restartChange('orders', '2026-01-01T03:00:00Z');
  await changeDeployment(server.client, WORKLOAD, 3, change, signal);
  expect(server.asked.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
    'get statefulsets.apps',
    'patch statefulsets.apps',
  ]);
  const settings = await readSettings(client([shown()]).client, WORKLOAD, [], signal);
  expect(settings).toMatchObject({ replicas: 3, surge: 0, surgePercent: null, hpa: 'none' });
});
