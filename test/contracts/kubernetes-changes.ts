import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkloadSettings } from '../../src/ports/kubernetes.ts';
import { SystemError } from '../../src/ports/system-error.ts';
import type { Reach } from './kubernetes.ts';

const NAME = 'OMS_CONTRACT';
/** Above what a container of any of these clusters requests. */
const LIMIT = 768 * 1024 ** 2;

/** What temporary changes rely on, on whichever API server `reach` finds. */
export function kubernetesChanges(name: string, reach: () => Promise<Reach>): void {
  describe(`the contract of Kubernetes, changes: ${name}`, () => {
    let here: Reach;
    const soon = () => AbortSignal.timeout(20_000);
    beforeAll(async () => {
      here = await reach();
    });
    afterAll(async () => {
      await here.stop();
    });

    const settings = async (): Promise<WorkloadSettings> => {
      const found = await here.connection.probe.settings(here.workload, [NAME], soon());
      if (found === null) throw new Error('the workload has no Deployment');
      return found;
    };
    const main = async () => {
      const found = (await settings()).containers.find(({ name: each }) => each === here.container);
      if (found === undefined) throw new Error(`there is no container ${here.container}`);
      return found;
    };
    const ended = async (): Promise<void> => {
      for (let look = 0; look < 300; look += 1) {
        const state = await here.connection.probe.deployment(here.workload, soon());
        const pods = await here.connection.probe.pods(here.workload, soon());
        if (state?.rollout === 'complete' && pods.length === state.replicas) return;
        await here.pass();
      }
      throw new Error('the rollout does not end');
    };
    /** Done once at the generation that was shown, and never at another. */
    const bound = async (change: (generation: number) => Promise<string>): Promise<string> => {
      const { generation } = await settings();
      for (const other of [generation - 1, generation + 1]) {
        const late = change(other);
        await expect(late).rejects.toBeInstanceOf(SystemError);
        await expect(late).rejects.toMatchObject({ fault: 'refused', sent: 'no', mayRetry: false });
      }
      expect((await settings()).generation).toBe(generation);
      const said = await change(generation);
      expect(await settings()).toMatchObject({ generation: generation + 1 });
      await expect(change(generation)).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
      // What stands already is no change either, and says so.
      const again = change(generation + 1);
      await expect(again).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
      await expect(again).rejects.toThrow('reads so already');
      return said;
    };

    test('tells settings as they are', async () => {
      const state = await here.connection.probe.deployment(here.workload, soon());
      const found = await settings();
      expect(found).toMatchObject({
        generation: state?.generation,
        replicas: state?.replicas,
        surge: 1,
        surgePercent: 25,
        hpa: 'none',
        quotas: [],
        gitOps: null,
      });
      expect(await main()).toMatchObject({ env: {} });
      const other = { ...here.workload, name: 'nobody-at-all' };
      expect(await here.connection.probe.settings(other, [], soon())).toBeNull();
    });

    test('sets a variable once, and takes it away again', async () => {
      const { lever } = here.connection;
      const set = (value: string | null) => async (generation: number) =>
        await lever.setEnv(
          here.workload,
          generation,
          { container: here.container, name: NAME, value },
          soon(),
        );
      const pods = new Set((await here.connection.probe.pods(here.workload, soon())).map((pod) => pod.name));
      expect(await bound(set('a=b "c" $d'))).toContain(`${NAME} is set`);
      expect((await main()).env).toEqual({ [NAME]: 'a=b "c" $d' });
      await ended();
      for (const pod of await here.connection.probe.pods(here.workload, soon()))
        expect(pods.has(pod.name)).toBe(false);
      await bound(set('20'));
      expect((await main()).env).toEqual({ [NAME]: '20' });
      await bound(set(null));
      expect((await main()).env).toEqual({});
      await ended();
    });

    test('sets a memory limit, and sets back what was there', async () => {
      const { lever } = here.connection;
      const before = (await main()).memoryLimit;
      const set = (limit: number | null) => async (generation: number) =>
        await lever.setMemoryLimit(here.workload, generation, { container: here.container, limit }, soon());
      await bound(set(LIMIT));
      expect(await main()).toMatchObject({ memoryLimit: LIMIT });
      await bound(set(before));
      expect(await main()).toMatchObject({ memoryLimit: before });
      await ended();
    });

    test('what Kubernetes does not take is refused in its own words', async () => {
      const { generation } = await settings();
      const { lever } = here.connection;
      const change = { container: here.container, name: 'not a name at all\n', value: 'x' };
      const refused = lever.setEnv(here.workload, generation, change, soon());
      await expect(refused).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
      await expect(refused).rejects.toThrow(/answered 422.*env/);
      expect((await settings()).generation).toBe(generation);
    });

    test('knows no container of another name', async () => {
      const { generation } = await settings();
      const { lever } = here.connection;
      const env = lever.setEnv(
        here.workload,
        generation,
        { container: 'nobody', name: NAME, value: '1' },
        soon(),
      );
      await expect(env).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
      const limit = lever.setMemoryLimit(
        here.workload,
        generation,
        { container: 'nobody', limit: 1 },
        soon(),
      );
      await expect(limit).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
    });

    test('scales up and down without replacing a pod', async () => {
      const { lever, probe } = here.connection;
      const { replicas } = await settings();
      const names = async () => (await probe.pods(here.workload, soon())).map((pod) => pod.name);
      const pods = await names();
      const to = (wanted: number) => async (generation: number) =>
        await lever.scale(here.workload, generation, wanted, soon());
      expect(await bound(to(replicas + 2))).toContain(`from ${replicas} to ${replicas + 2} pods`);
      await ended();
      expect(await names()).toEqual(expect.arrayContaining(pods));
      await bound(to(replicas));
      await ended();
      expect(await names()).toHaveLength(replicas);
    });

    test('tells who owns the number of pods, and what a quota leaves', async () => {
      await here.crowd();
      for (let look = 0; look < 200; look += 1) {
        const { hpa, quotas } = await settings();
        if (hpa !== 'none' && quotas !== 'unknown' && quotas.some(({ used }) => used > 0)) break;
        await here.pass();
      }
      expect(await settings()).toMatchObject({
        hpa: { name: 'contract', min: 2, max: 9 },
        quotas: [{ name: 'contract', resource: 'pods', used: expect.any(Number), hard: 50 }],
      });
    });
  });
}
