import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';
import type { Rollout, WorkloadChanges } from '../../src/ports/changes.ts';
import type { Workload } from '../../src/ports/kubernetes.ts';

const NAME = 'OMS_CONTRACT_REVISION';

/** A cluster with one StatefulSet that nobody has changed since it was made. */
export interface ReachSet {
  readonly connection: KubernetesConnection;
  readonly workload: Workload & { readonly kind: 'StatefulSet' };
  /** Its first container; no variable of it begins with `OMS_`. */
  readonly container: string;
  /** Somebody writes its spec: a variable of the first container (null: without it), or the number of its pods. */
  write(change: { readonly variable: string | null } | { readonly replicas: number }): Promise<void>;
  /** Some seconds of the cluster's own clock, whose times are whole seconds. */
  pass(): Promise<void>;
  stop(): Promise<void>;
}

/** What X1 relies on of a StatefulSet, on whichever API server `reach` finds. */
export function kubernetesRevisions(name: string, reach: () => Promise<ReachSet>): void {
  describe(`the contract of Kubernetes, what changed of a StatefulSet: ${name}`, () => {
    let here: ReachSet;
    const soon = () => AbortSignal.timeout(20_000);
    beforeAll(async () => {
      here = await reach();
    });
    afterAll(async () => {
      await here.stop();
    });

    const changes = async (since = 0): Promise<WorkloadChanges> => {
      const found = await here.connection.probe.changes(here.workload, since, soon());
      if (found === null) throw new Error('there is no StatefulSet');
      expect(found.unread).toEqual([]);
      return found;
    };
    const rollouts = async (): Promise<readonly Rollout[]> =>
      (await changes()).changes.filter((one) => one.kind === 'rollout');
    /** The controller makes a revision a moment after the write. */
    const adopted = async (revision: number): Promise<Rollout> => {
      for (let look = 0; look < 60; look += 1) {
        const found = (await rollouts()).find((one) => one.current);
        if (found?.revision === revision) return found;
        await here.pass();
      }
      throw new Error(`revision ${revision} is never made`);
    };

    test('begins with the first revision, before which nothing was', async () => {
      const first = await adopted(1);
      expect(first).toMatchObject({ current: true, back: false, before: null, difference: null });
    });

    test('tells a new template by what differs, and never a value', async () => {
      const first = await adopted(1);
      await here.pass();
      await here.write({ variable: 'a-value-that-nobody-may-see' });
      const second = await adopted(2);
      expect(second).toMatchObject({
        back: false,
        before: { revision: 1, replicaSet: first.replicaSet },
        difference: {
          images: [],
          env: { added: [NAME], removed: [], changed: [] },
          limits: [],
          restarted: false,
          annotations: [],
          other: [],
        },
      });
      expect(second.at).toBeGreaterThan(first.at);
      expect(JSON.stringify(await changes())).not.toContain('nobody-may-see');
    });

    test('tells when a template came back, under its new number', async () => {
      const away = await adopted(2);
      await here.pass();
      await here.write({ variable: null });
      const back = await adopted(3);
      expect(back).toMatchObject({
        back: true,
        before: { revision: 2, replicaSet: away.replicaSet },
        difference: { env: { added: [], removed: [NAME], changed: [] } },
      });
      expect(back.at).toBeGreaterThan(away.at);
      // Its first number is kept nowhere.
      expect((await rollouts()).map(({ revision }) => revision)).toEqual([3, 2]);
    });

    test('and when the one that it replaced came back in turn', async () => {
      await here.pass();
      await here.write({ variable: 'a-value-that-nobody-may-see' });
      const again = await adopted(4);
      expect(again).toMatchObject({ back: true, before: { revision: 3 } });
      expect((await rollouts()).map(({ revision, back }) => [revision, back])).toEqual([
        [4, true],
        [3, true],
      ]);
    });

    test('tells the replicas that somebody set', async () => {
      for (let look = 0; look < 3; look += 1) await here.pass();
      await here.write({ replicas: 4 });
      expect((await changes()).changes[0]).toMatchObject({
        kind: 'scale',
        from: null,
        to: 4,
        byItself: false,
      });
    });

    test('tells nothing of before, and knows no StatefulSet of another name', async () => {
      const [newest] = (await changes()).changes;
      expect((await changes((newest?.at ?? 0) + 1)).changes).toEqual([]);
      const other = { ...here.workload, name: 'nobody-at-all' };
      expect(await here.connection.probe.changes(other, 0, soon())).toBeNull();
    });
  });
}

/** The containers with or without the variable, as whoever writes the spec sends them. */
export function written<Container extends object>(
  containers: readonly Container[],
  value: string | null,
): readonly Container[] {
  return containers.map((container, at) => {
    if (at > 0) return container;
    const { env = [], ...rest } = container as { env?: readonly { readonly name: string }[] };
    const others = env.filter(({ name }) => name !== NAME);
    const all = value === null ? others : [...others, { name: NAME, value }];
    return { ...rest, ...(all.length === 0 ? {} : { env: all }) } as Container;
  });
}
