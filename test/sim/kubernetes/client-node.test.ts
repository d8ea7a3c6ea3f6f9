import {
  ApiException,
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestCluster, testCluster } from './support.ts';

const namespace = 'default';
const name = 'order-service';

let cluster: TestCluster;
let config: KubeConfig;
beforeEach(async () => {
  cluster = await testCluster();
  config = new KubeConfig();
  config.loadFromString(cluster.kubernetes.kubeconfig());
});
afterEach(async () => {
  await cluster.stop();
});

test('the official client reads what it needs, typed', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const pods = await core.listNamespacedPod({ namespace, labelSelector: `app=${name}`, limit: 2 });
  expect(pods.items).toHaveLength(2);
  expect(pods.metadata?._continue).toEqual(expect.any(String));
  const [pod] = pods.items;
  expect(pod?.metadata?.creationTimestamp).toBeInstanceOf(Date);
  expect(pod?.status?.containerStatuses?.[0]?.state?.running?.startedAt).toBeInstanceOf(Date);
  const log = await core.readNamespacedPodLog({ name: pod?.metadata?.name ?? '', namespace, tailLines: 2 });
  expect(log.trim().split('\n')).toHaveLength(2);
  const secret = await core.readNamespacedSecret({ name: 'payment-gateway-credentials', namespace });
  expect(secret.metadata?.managedFields?.[0]?.time).toBeInstanceOf(Date);
  expect((await core.listNamespacedEvent({ namespace })).items).toEqual([]);
  const sets = await config.makeApiClient(AppsV1Api).listNamespacedReplicaSet({
    namespace,
    labelSelector: `app in (${name}, workflow-engine)`,
  });
  expect(sets.items.map((set) => set.status?.readyReplicas)).toEqual([3, 2]);
});

test('the official client restarts and scales, and its own default patch type is told what it is', async () => {
  const apps = config.makeApiClient(AppsV1Api);
  const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  const body = { spec: { template: { metadata: { annotations: { restarted: 'now' } } } } };
  const after = await apps.patchNamespacedDeployment({ name, namespace, body }, strategic);
  expect(after.metadata?.generation).toBe(2);
  cluster.skip(120_000);
  const { status } = await apps.readNamespacedDeployment({ name, namespace });
  expect(status).toMatchObject({ observedGeneration: 2, updatedReplicas: 3, availableReplicas: 3 });
  const scale = await apps.patchNamespacedDeploymentScale(
    { name, namespace, body: { spec: { replicas: 4 } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  expect(scale.spec?.replicas).toBe(4);
  await expect(apps.patchNamespacedDeployment({ name, namespace, body })).rejects.toMatchObject({
    code: 400,
  });
});

test('the official client sees refusals as Status', async () => {
  cluster.kubernetes.allow([{ verb: 'list', resource: 'pods' }]);
  const error = await config
    .makeApiClient(AppsV1Api)
    .readNamespacedDeployment({ name, namespace })
    .catch((err: unknown) => err);
  expect(error).toBeInstanceOf(ApiException);
  expect(error).toMatchObject({ code: 403, body: expect.stringContaining('"reason":"Forbidden"') });
  const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
    body: { spec: { resourceAttributes: { namespace, verb: 'list', resource: 'pods' } } },
  });
  expect(review.status?.allowed).toBe(true);
});

test('the official client watches', async () => {
  const seen: string[] = [];
  const stop = await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/pods`,
    { labelSelector: 'app=workflow-engine' },
    (type) => seen.push(type),
    () => undefined,
  );
  await expect.poll(() => seen).toEqual(['ADDED', 'ADDED']);
  await cluster.world.change((state) => {
    for (const pod of state.pods.filter(({ app }) => app === 'workflow-engine')) pod.ready = false;
  });
  await expect.poll(() => seen).toEqual(['ADDED', 'ADDED', 'MODIFIED', 'MODIFIED']);
  stop.abort();
});
