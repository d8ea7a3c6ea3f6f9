import type { V1ContainerStatus } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atOnce } from '../../src/adapters/at-once.ts';
import { connectKubernetes, type KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { type TestNamespace, testNamespace } from './support/namespace.ts';
import { deploy, podsOf, pretendPods, writeLogs } from './support/pods.ts';
import { applyRoles } from './support/roles.ts';

const NAME = 'order-service';
const PODS = 100;
const MINUTE = 60_000;
const soon = () => AbortSignal.timeout(30_000);

let here: TestNamespace;
let connection: KubernetesConnection;
/** Names: one was killed for want of memory and runs again, one crashes again and again, one runs. */
let killed: string;
let crashing: string;
let sound: string;
let endedAt: number;
beforeAll(async () => {
  if (!pretendPods) return;
  here = await testNamespace();
  connection = await connectKubernetes({
    kubeconfig: { text: here.kubeconfig(await applyRoles(here, ['look'])) },
    policy: plainPolicy,
  });
  await deploy(here, NAME, { replicas: PODS });
  const pods = (await podsOf(here, NAME)).map((pod) => pod.name);
  [killed = '', crashing = '', sound = ''] = pods;
  // Whole seconds, as a kubelet writes them.
  endedAt = Math.floor((Date.now() - 2 * MINUTE) / 1_000) * 1_000;
  const line = (at: number, text: string) => ({ at, text: `payment ${text}` });
  await atOnce(16, pods, async (pod) => {
    const before = [line(endedAt - 1_000, `of ${pod} before it ended`)];
    await writeLogs(here, pod, {
      app: {
        now: [line(endedAt + 30_000, `of ${pod} now`)],
        ...(pod === killed || pod === crashing ? { before } : {}),
      },
    });
  });
  const ended = { finishedAt: new Date(endedAt), startedAt: new Date(endedAt - MINUTE) };
  await write(killed, {
    restartCount: 1,
    lastState: { terminated: { ...ended, reason: 'OOMKilled', exitCode: 137 } },
  });
  await write(crashing, {
    restartCount: 7,
    ready: false,
    started: false,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
    lastState: { terminated: { ...ended, reason: 'Error', exitCode: 1 } },
  });
});
afterAll(async () => {
  await connection?.close();
  await here?.stop();
});

/** What a kubelet would write of a container. */
async function write(name: string, change: Partial<V1ContainerStatus>): Promise<void> {
  const { core, name: namespace } = here;
  const pod = await core.readNamespacedPod({ namespace, name });
  const [container] = pod.status?.containerStatuses ?? [];
  if (pod.status === undefined || container === undefined) throw new Error(`${name} has no container yet.`);
  pod.status.containerStatuses = [{ ...container, ...change }];
  if (change.ready === false)
    pod.status.conditions = (pod.status.conditions ?? []).map((each) =>
      ['Ready', 'ContainersReady'].includes(each.type) ? { ...each, status: 'False' } : each,
    );
  await core.replaceNamespacedPodStatus({ namespace, name, body: pod });
}

const workload = () => ({ namespace: here.name, name: NAME, selector: `app=${NAME}` });
const question = () => ({
  workload: workload(),
  containing: ['payment '],
  windowMinutes: 60,
  bytesPerContainer: 1_000_000,
});

describe.skipIf(!pretendPods)(`a namespace of ${PODS} pods, two of them ill, on a real API server`, () => {
  test('all are told: who was killed, who crashes, who runs', async () => {
    const pods = await connection.probe.pods(workload(), soon());
    expect(pods).toHaveLength(PODS);
    const of = (name: string) => pods.find((pod) => pod.name === name);
    expect(of(killed)).toMatchObject({
      ready: true,
      restarts: 1,
      waiting: null,
      lastTermination: { reason: 'OOMKilled', exitCode: 137, at: endedAt },
    });
    expect(of(crashing)).toMatchObject({
      ready: false,
      restarts: 7,
      waiting: 'CrashLoopBackOff',
      lastTermination: { reason: 'Error', exitCode: 1, at: endedAt },
    });
    const others = pods.filter(({ name }) => name !== killed && name !== crashing);
    for (const pod of others)
      expect(pod).toMatchObject({ ready: true, restarts: 0, waiting: null, lastTermination: null });
  });

  test('their containers one by one', async () => {
    const containers = await connection.probe.containers(workload(), soon());
    expect(containers).toHaveLength(PODS);
    const of = (pod: string) => containers.find((each) => each.pod === pod);
    expect(of(killed)).toMatchObject({ restarts: 1, lastTermination: { reason: 'OOMKilled' } });
    expect(of(crashing)).toMatchObject({ restarts: 7, startedAt: null, lastTermination: { exitCode: 1 } });
  });

  test('the one that crashes is not asked for its pages', async () => {
    const ready = await connection.podHttp(workload(), 8080).readyPods(soon());
    expect(ready).toHaveLength(PODS - 1);
    expect(ready).not.toContain(crashing);
  });

  test('every log is read, and of those that ran before that one too, in its order', async () => {
    const logs = await connection.probe.logs(question(), soon());
    expect(logs).toHaveLength(PODS);
    for (const log of logs) expect(log).toMatchObject({ problem: null, truncated: false });
    const of = (pod: string) => logs.find((log) => log.pod === pod)?.lines;
    for (const pod of [killed, crashing])
      expect(of(pod)).toEqual([`payment of ${pod} before it ended`, `payment of ${pod} now`]);
    expect(of(sound)).toEqual([`payment of ${sound} now`]);
  });

  test('what it wrote before it ended can be read alone', async () => {
    const logs = await connection.probe.logs({ ...question(), previous: true }, soon());
    const wrote = logs.filter(({ lines }) => lines.length > 0);
    expect(wrote.map(({ pod }) => pod).sort()).toEqual([killed, crashing].sort());
    for (const { pod, lines } of wrote) expect(lines).toEqual([`payment of ${pod} before it ended`]);
    for (const { problem } of logs) expect(problem).toBeNull();
  });

  test('no log from before is no problem: the node keeps one, and not for ever', async () => {
    await write(sound, { restartCount: 1 });
    const logs = await connection.probe.logs(question(), soon());
    expect(logs.find(({ pod }) => pod === sound)).toMatchObject({
      problem: null,
      lines: [`payment of ${sound} now`],
    });
  });
});
