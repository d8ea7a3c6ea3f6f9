import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';
import type { DeploymentState, Workload } from '../../src/ports/kubernetes.ts';
import { SystemError } from '../../src/ports/system-error.ts';

/** A cluster with one workload of at least two pods, all ready, and no rollout under way. */
export interface Reach {
  readonly connection: KubernetesConnection;
  readonly workload: Workload;
  /** A text that some of its log lines of the last hour contain, and a port on which its pods speak HTTP. */
  readonly logged: string;
  readonly port: number;
  /** A Secret with these keys, changed after it was made, that expires then by that annotation. */
  readonly secret: {
    readonly name: string;
    readonly keys: readonly string[];
    readonly annotation: string;
    readonly expiresAt: number;
    /** The values, in every form that must not show. */
    readonly values: readonly string[];
    /** Another name that the bot may ask for, of which there is none. */
    readonly absent: string;
  };
  /** Its first container; no variable of it begins with `OMS_`. */
  readonly container: string;
  /** Makes an autoscaler of the workload (2 to 9 pods) and a quota (50 pods), both named `contract`. */
  crowd(): Promise<void>;
  /** Lets the cluster go on for a while: real time, or a pretend one's. */
  pass(): Promise<void>;
  stop(): Promise<void>;
}

/** What the bot relies on, on whichever API server `reach` finds. */
export function kubernetesContract(name: string, reach: () => Promise<Reach>): void {
  describe(`the contract of Kubernetes: ${name}`, () => {
    let here: Reach;
    const soon = () => AbortSignal.timeout(20_000);
    beforeAll(async () => {
      here = await reach();
    });
    afterAll(async () => {
      await here.stop();
    });

    const state = async (): Promise<DeploymentState> => {
      const found = await here.connection.probe.deployment(here.workload, soon());
      if (found === null) throw new Error('the workload has no Deployment');
      return found;
    };
    const question = () => ({
      workload: here.workload,
      containing: [here.logged],
      windowMinutes: 60,
      bytesPerContainer: 5_000_000,
    });

    test('tells what the role may do, and nothing is done', async () => {
      const { probe } = here.connection;
      const { namespace, name: deployment } = here.workload;
      const before = await state();
      const may = async (verb: string, resource: string) =>
        await probe.may({ namespace, verb, resource, name: deployment }, soon());
      expect(await may('patch', 'deployments.apps')).toBe(true);
      expect(await may('get', 'pods/log')).toBe(true);
      expect(await state()).toMatchObject({ generation: before.generation });
    });

    test('tells pods as they are, and none for a selector that fits none', async () => {
      const { probe } = here.connection;
      const pods = await probe.pods(here.workload, soon());
      expect(pods.length).toBeGreaterThanOrEqual(2);
      for (const pod of pods) {
        expect(pod).toMatchObject({ ready: true, waiting: null, node: expect.any(String) });
        expect(pod.images.length).toBeGreaterThan(0);
        expect(pod.createdAt).toBeGreaterThan(0);
      }
      expect(await probe.pods({ ...here.workload, selector: 'app=nobody-at-all' }, soon())).toEqual([]);
    });

    test('tells which Deployments there are, by the selector that their pods have', async () => {
      const { probe } = here.connection;
      const { namespace, name: wanted, selector } = here.workload;
      const found = (await probe.workloads(namespace, 'Deployment', soon())).find(
        (one) => one.name === wanted,
      );
      expect(found).toMatchObject({ kind: 'Deployment', namespace, selector });
      expect(found?.containers[0]).toMatchObject({ name: here.container });
      expect(found?.replicas).toBeGreaterThanOrEqual(2);
      expect(await probe.workloads('nobody-at-all', 'Deployment', soon()).catch(() => [])).toEqual([]);
    });

    test('tells containers one by one, with what they may use', async () => {
      const { probe } = here.connection;
      const pods = await probe.pods(here.workload, soon());
      const containers = await probe.containers(here.workload, soon());
      for (const { name: pod, restarts } of pods) {
        const own = containers.filter((each) => each.pod === pod);
        expect(own[0]).toMatchObject({ name: here.container, restarts: 0, lastTermination: null });
        expect(own[0]?.startedAt).toBeGreaterThan(0);
        expect(own.reduce((sum, each) => sum + each.restarts, 0)).toBe(restarts);
      }
      expect(new Set(containers.map(({ pod }) => pod)).size).toBe(pods.length);
    });

    test('tells what containers use, by metrics.k8s.io', async () => {
      const { probe } = here.connection;
      const pods = (await probe.pods(here.workload, soon())).map(({ name: pod }) => pod);
      const use = (await probe.usage(here.workload, soon())).filter(
        ({ container }) => container === here.container,
      );
      expect(use.map(({ pod }) => pod).sort()).toEqual([...pods].sort());
      for (const { memory, cpu } of use) {
        // A pretended pod uses what a pod may: some MiB, some thousandths of a core.
        expect(memory).toBeGreaterThan(1024 ** 2);
        expect(memory).toBeLessThan(64 * 1024 ** 3);
        expect(cpu).toBeGreaterThan(0);
        expect(cpu).toBeLessThan(64_000);
        expect(Number.isInteger(memory) && Number.isInteger(cpu)).toBe(true);
      }
    });

    test('finds lines of the log of every container by plain text', async () => {
      const { probe } = here.connection;
      const pods = await probe.pods(here.workload, soon());
      const found = await probe.logs(question(), soon());
      expect(new Set(found.map(({ pod }) => pod))).toEqual(new Set(pods.map((pod) => pod.name)));
      const lines = found.flatMap((log) => log.lines);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.every((line) => line.includes(here.logged))).toBe(true);
      for (const log of found) expect(log).toMatchObject({ problem: null, truncated: false });
      const none = await probe.logs({ ...question(), containing: ['no such .* line'] }, soon());
      expect(none.map(({ matched }) => matched)).toEqual(found.map(() => 0));
    });

    test('says where the byte limit cut a log', async () => {
      const cut = await here.connection.probe.logs({ ...question(), bytesPerContainer: 50 }, soon());
      expect(cut.some(({ truncated }) => truncated)).toBe(true);
    });

    test('tells of a secret its keys and times, never a value', async () => {
      const { secret, workload } = here;
      const ask = async (name: string, annotation: string | null) =>
        await here.connection.probe.secret(workload.namespace, name, annotation, soon());
      const facts = await ask(secret.name, secret.annotation);
      expect(facts).toMatchObject({ keys: [...secret.keys].sort(), expiresAt: secret.expiresAt });
      expect(facts?.changedAt).toBeGreaterThan(facts?.createdAt ?? Number.POSITIVE_INFINITY);
      for (const value of secret.values) expect(JSON.stringify(facts)).not.toContain(value);
      expect(await ask(secret.name, null)).toMatchObject({ expiresAt: null });
      expect(await ask(secret.absent, null)).toBeNull();
    });

    test('reaches single pods over HTTP, and says when there is none of that name', async () => {
      const http = here.connection.podHttp(here.workload, here.port);
      const pods = await http.readyPods(soon());
      expect(pods.length).toBeGreaterThanOrEqual(2);
      expect(await http.get(pods[0] ?? '', '/health?deep=1', soon())).toMatchObject({
        status: expect.any(Number),
        body: expect.any(String),
      });
      await expect(http.get('nobody-at-all', '/health', soon())).rejects.toMatchObject({
        fault: 'not found',
      });
    });

    test('knows no Deployment of another name', async () => {
      const other = { ...here.workload, name: 'nobody-at-all' };
      expect(await here.connection.probe.deployment(other, soon())).toBeNull();
      await expect(here.connection.lever.restart(other, 1, 'x', soon())).rejects.toMatchObject({
        fault: 'not found',
        sent: 'no',
      });
    });

    test('restarts nothing by a generation that moved on', async () => {
      const before = await state();
      const late = here.connection.lever.restart(here.workload, before.generation - 1, 'late', soon());
      await expect(late).rejects.toBeInstanceOf(SystemError);
      await expect(late).rejects.toMatchObject({ fault: 'refused', sent: 'no', mayRetry: false });
      expect(await state()).toMatchObject({
        generation: before.generation,
        restartedAt: before.restartedAt,
      });
    });

    test('restarts pod by pod, once, with a stamp that reads back, until all are new', async () => {
      const { probe, lever } = here.connection;
      const before = await state();
      expect(before).toMatchObject({ rollout: 'complete', paused: false });
      const old = (await probe.pods(here.workload, soon())).map(({ name: pod }) => pod);
      // A second restart meets a template that has annotations.
      for (const stamp of ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:06.789Z']) {
        const { generation } = await state();
        await lever.restart(here.workload, generation, stamp, soon());
        const after = await state();
        expect(after.generation).toBe(generation + 1);
        expect(after).toMatchObject({ restartedAt: stamp, rollout: 'under way' });
        await expect(lever.restart(here.workload, generation, 'again', soon())).rejects.toMatchObject({
          fault: 'refused',
          sent: 'no',
        });
      }
      let now = await state();
      for (let look = 0; look < 200 && now.rollout !== 'complete'; look += 1) {
        expect(now.rollout).toBe('under way');
        expect(now.available).toBeGreaterThan(0);
        await here.pass();
        now = await state();
      }
      expect(now).toMatchObject({
        rollout: 'complete',
        replicas: before.replicas,
        ready: before.replicas,
        updated: before.replicas,
        available: before.replicas,
      });
      for (let look = 0; look < 60; look += 1) {
        const pods = await probe.pods(here.workload, soon());
        if (pods.every((pod) => pod.waiting === null && !old.includes(pod.name))) return;
        await here.pass();
      }
      throw new Error('old pods are still there');
    });

    test('tells events of the rollout, of pods that are gone too, newest first', async () => {
      const { probe } = here.connection;
      const pods = (await probe.pods(here.workload, soon())).map(({ name: pod }) => pod);
      const events = await probe.events(here.workload, soon());
      const times = events.map(({ at }) => at);
      expect(times).toEqual([...times].sort((one, other) => other - one));
      const of = (kind: string, reason: string) =>
        events.filter((event) => event.object.startsWith(`${kind}/`) && event.reason === reason);
      expect(of('Deployment', 'ScalingReplicaSet')[0]).toMatchObject({
        object: `Deployment/${here.workload.name}`,
        type: 'Normal',
        message: expect.stringContaining('caled'),
      });
      expect(of('ReplicaSet', 'SuccessfulCreate').length).toBeGreaterThan(0);
      const podsOf = (list: typeof events) => list.map(({ object }) => object.slice('Pod/'.length));
      expect(podsOf(of('Pod', 'Scheduled'))).toEqual(expect.arrayContaining(pods));
      const gone = podsOf(events.filter(({ object }) => object.startsWith('Pod/')));
      expect(gone.some((pod) => !pods.includes(pod))).toBe(true);
      const other = { ...here.workload, name: 'nobody-at-all', selector: 'app=nobody-at-all' };
      expect(await probe.events(other, soon())).toEqual([]);
    });
  });
}
