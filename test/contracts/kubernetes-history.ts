import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rollout, WorkloadChanges } from '../../src/ports/changes.ts';
import type { Reach } from './kubernetes.ts';

const NAME = 'OMS_CONTRACT_HISTORY';
const VALUE = 'a-value-that-nobody-may-see';
const LIMIT = 768 * 1024 ** 2;

/** What X1 relies on, on whichever API server `reach` finds. */
export function kubernetesHistory(name: string, reach: () => Promise<Reach>): void {
  describe(`the contract of Kubernetes, what changed: ${name}`, () => {
    let here: Reach;
    const soon = () => AbortSignal.timeout(20_000);
    beforeAll(async () => {
      here = await reach();
    });
    afterAll(async () => {
      await here.stop();
    });

    const changes = async (since = 0): Promise<WorkloadChanges> => {
      const found = await here.connection.probe.changes(here.workload, since, soon());
      if (found === null) throw new Error('the workload has no Deployment');
      expect(found.unread).toEqual([]);
      const times = found.changes.map(({ at }) => at);
      expect(times).toEqual([...times].sort((one, other) => other - one));
      return found;
    };
    const rollouts = async (): Promise<readonly Rollout[]> =>
      (await changes()).changes.filter((one) => one.kind === 'rollout');
    const current = async (): Promise<Rollout> => {
      const found = (await rollouts()).find((one) => one.current);
      if (found === undefined) throw new Error('no replica set is the newest');
      return found;
    };
    const generation = async () =>
      (await here.connection.probe.deployment(here.workload, soon()))?.generation ?? -1;
    const ended = async (): Promise<void> => {
      for (let look = 0; look < 300; look += 1) {
        const state = await here.connection.probe.deployment(here.workload, soon());
        if (state?.rollout === 'complete') return;
        await here.pass();
      }
      throw new Error('the rollout does not end');
    };
    /** The controller makes the replica set a moment after the write. */
    const adopted = async (revision: number): Promise<Rollout> => {
      await ended();
      const found = await current();
      expect(found.revision).toBe(revision);
      return found;
    };

    test('begins with the first revision, before which nothing was', async () => {
      expect(await current()).toMatchObject({
        revision: 1,
        current: true,
        back: false,
        before: null,
        difference: null,
      });
    });

    test('tells each rollout with what differs, by name, and never a value', async () => {
      const { lever } = here.connection;
      const first = await current();
      const container = here.container;
      await lever.setEnv(here.workload, await generation(), { container, name: NAME, value: VALUE }, soon());
      const second = await adopted(2);
      expect(second).toMatchObject({
        back: false,
        before: { revision: 1, replicaSet: first.replicaSet },
        difference: {
          images: [],
          env: { added: [NAME], removed: [], changed: [] },
          limits: [],
          restarted: false,
          other: [],
        },
      });
      expect(second.at).toBeGreaterThanOrEqual(first.at);
      await lever.setMemoryLimit(here.workload, await generation(), { container, limit: LIMIT }, soon());
      const third = await adopted(3);
      expect(third.difference?.limits).toEqual([
        { container, resource: 'memory', before: expect.toSatisfy(isLimit), after: LIMIT },
      ]);
      expect(third.difference).toMatchObject({ images: [], env: { added: [] }, restarted: false });
      await lever.restart(here.workload, await generation(), '2026-01-02T03:04:05.678Z', soon());
      const fourth = await adopted(4);
      expect(fourth.difference).toMatchObject({
        images: [],
        limits: [],
        restarted: true,
        annotations: [],
        other: [],
      });
      const all = await changes();
      expect(JSON.stringify(all)).not.toContain(VALUE);
      expect((await rollouts()).map(({ revision }) => revision).sort()).toEqual([1, 2, 3, 4]);
    });

    test('tells when a template came back, under its new number', async () => {
      const { lever } = here.connection;
      const container = here.container;
      const value = 'another';
      await lever.setEnv(here.workload, await generation(), { container, name: NAME, value }, soon());
      const away = await adopted(5);
      expect(away.difference?.env).toEqual({ added: [], removed: [], changed: [NAME] });
      await lever.setEnv(here.workload, await generation(), { container, name: NAME, value: VALUE }, soon());
      const back = await adopted(6);
      expect(back).toMatchObject({ back: true, before: { revision: 5, replicaSet: away.replicaSet } });
      expect(back.at).toBeGreaterThanOrEqual(away.at);
      // As its first number it stands where it was made.
      const numbers = (await rollouts()).map(({ revision, at }) => [revision, at] as const);
      expect(new Map(numbers).get(4)).toBeLessThanOrEqual(away.at);
    });

    test('rolls back to a revision that is kept, once, by the generation that was shown', async () => {
      const { lever, probe } = here.connection;
      const bad = await current();
      const good = bad.before?.replicaSet ?? '';
      const revision = async (set: string) => await probe.revision(here.workload, set, soon());
      expect(await revision(good)).toEqual({ revision: bad.before?.revision, inUse: false });
      expect(await revision(bad.replicaSet)).toEqual({ revision: bad.revision, inUse: true });
      expect(await revision('nobody-at-all')).toBeNull();
      const shown = await generation();
      const back = async (at: number, set = good) => await lever.rollBack(here.workload, at, set, soon());
      const refused = { fault: 'refused', sent: 'no', mayRetry: false };
      await expect(back(shown - 1)).rejects.toMatchObject(refused);
      await expect(back(shown, 'nobody-at-all')).rejects.toMatchObject(refused);
      await expect(back(shown, bad.replicaSet)).rejects.toThrow('reads so already');
      expect(await generation()).toBe(shown);
      expect(await back(shown)).toContain(`rolled back to revision ${bad.before?.revision}`);
      // At once, whatever the controller has made of it.
      expect(await revision(good)).toMatchObject({ inUse: true });
      expect(await revision(bad.replicaSet)).toMatchObject({ inUse: false });
      await expect(back(shown)).rejects.toMatchObject(refused);
      const now = await adopted(bad.revision + 1);
      expect(now).toMatchObject({ replicaSet: good, back: true, before: { replicaSet: bad.replicaSet } });
    });

    test('tells the replicas that somebody set', async () => {
      // What was written within two seconds of a rollout counts as that rollout.
      for (let look = 0; look < 60; look += 1) await here.pass();
      const before = (await here.connection.probe.deployment(here.workload, soon()))?.replicas ?? 0;
      await here.connection.lever.scale(here.workload, await generation(), before + 1, soon());
      await ended();
      const found = (await changes()).changes.find(({ kind }) => kind === 'scale');
      expect(found).toMatchObject({ kind: 'scale', to: before + 1, byItself: false });
      // The rollouts before it were so many that the API server may have combined the events that tell.
      expect([before, null]).toContain(found?.kind === 'scale' ? found.from : undefined);
    });

    test('tells the bounds of an autoscaler', async () => {
      await here.crowd();
      const found = (await changes()).changes.filter(({ kind }) => kind === 'autoscaler');
      expect(found).toEqual([
        { kind: 'autoscaler', at: expect.any(Number), name: 'contract', min: 2, max: 9 },
      ]);
      expect(found[0]?.at).toBeGreaterThan(0);
    });

    test('tells nothing of before', async () => {
      const [newest] = (await changes()).changes;
      expect((await changes((newest?.at ?? 0) + 1)).changes).toEqual([]);
    });

    test('knows no Deployment of another name', async () => {
      const other = { ...here.workload, name: 'nobody-at-all' };
      expect(await here.connection.probe.changes(other, 0, soon())).toBeNull();
    });

    test('tells of a secret when it changed, as a look at the whole of it does', async () => {
      const { probe } = here.connection;
      const { namespace } = here.workload;
      const facts = await probe.secret(namespace, here.secret.name, null, soon());
      const at = await probe.secretChangedAt(namespace, here.secret.name, soon());
      expect(at).toBe(facts?.changedAt);
      expect(at).toBeGreaterThan(0);
      expect(await probe.secretChangedAt(namespace, here.secret.absent, soon())).toBeNull();
    });
  });
}

function isLimit(value: unknown): boolean {
  return value === null || (typeof value === 'number' && value > 0);
}
