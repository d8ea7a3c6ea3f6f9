import pg from 'pg';
import { objectIn } from '../../../sim/world/cluster.ts';
import { followSpec } from '../../../sim/world/cluster-rollout.ts';
import type { CompanyNames } from '../../../sim/world/names.ts';
import { findScenario } from '../../../sim/world/scenarios/catalogue.ts';
import type { Scenario } from '../../../sim/world/scenarios/scenario.ts';
import { createWorld, type World } from '../../../sim/world/world.ts';
import type { OrdersServer } from '../../support/orders-server.ts';
import { freshDatabase } from '../../support/postgres.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const START = Date.parse('2026-03-10T03:00:00Z');

export interface TestWorld {
  readonly world: World;
  readonly pool: pg.Pool;
  /** Moves story time on. */
  skip(ms: number): void;
  stop(): Promise<void>;
}

/**
 * @param names of the company; the runbook's unless told
 * @param server the orders database on a server of its own, where the service's connections are real ones
 */
export async function testWorld(
  seed = 1,
  ordersPerHour = 20,
  server: OrdersServer | null = null,
  names?: CompanyNames,
): Promise<TestWorld> {
  const database = server ?? (await freshDatabase());
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  // The database is dropped by force while the last connections are still saying goodbye.
  pool.on('error', () => undefined);
  let now = START;
  const world = await createWorld({
    pool,
    now: () => now,
    seed,
    ordersPerHour,
    ...(server === null ? {} : { database: server.database }),
    ...(names === undefined ? {} : { names }),
  });
  return {
    world,
    pool,
    skip(ms) {
      now += ms;
    },
    async stop() {
      await world.close();
      await pool.end();
      if (server === null) await database.drop();
    },
  };
}

export function scenario(id: string): Scenario {
  const found = findScenario(id);
  if (found === null) throw new Error(`no scenario ${id}`);
  return found;
}

/** Ids of the orders in processing for more than two hours, oldest first. */
export async function stuckIds(world: World): Promise<readonly string[]> {
  const all = await world.stuckOrders({
    status: 'processing',
    olderThanMs: 2 * HOUR,
    limit: 500,
    after: null,
  });
  return all.orders.map((order) => order.id);
}

/** Ids of the orders that wait for their payment for more than 15 minutes, oldest first. */
export async function waitingIds(world: World): Promise<readonly string[]> {
  const query = { status: 'pending_payment', olderThanMs: 15 * MINUTE, limit: 500, after: null } as const;
  return (await world.stuckOrders(query)).orders.map((order) => order.id);
}

/** A rolling restart, as `kubectl rollout restart` asks for it; it is complete after about a minute of story time. */
export async function restartOrderService(world: World): Promise<void> {
  await restart(world, 'order-service');
}

export async function restart(world: World, name: string): Promise<void> {
  await world.change((state, now) => {
    const deployment = state.cluster.deployments.get(name);
    const metadata = objectIn(objectIn(deployment?.spec, 'template'), 'metadata');
    if (deployment === undefined || metadata === undefined) throw new Error(`no deployment ${name}`);
    metadata['annotations'] = { 'kubectl.kubernetes.io/restartedAt': new Date(now).toISOString() };
    deployment.generation += 1;
    followSpec(state, deployment, now);
  });
}

/** The payment lines of the last so many ms that tell of no success, oldest pod first. */
export async function paymentErrors(world: World, sinceMs: number): Promise<readonly string[]> {
  return await world.change((state, now) =>
    state.pods.flatMap((pod) =>
      state.logs
        .read(pod.name, now - sinceMs)
        .map((line) => line.text)
        .filter((text) => text.includes(' payment order=') && text.includes(' code=')),
    ),
  );
}

/** Takes away the scenario's cause, nothing else. */
export async function recover(world: World, id: string): Promise<void> {
  await world.change((state, now) => scenario(id).recover?.(state, now));
}

export async function statuses(
  world: World,
  ids: readonly string[],
): Promise<ReadonlySet<string | undefined>> {
  return new Set(await Promise.all(ids.map(async (id) => (await world.order(id))?.status)));
}

/** Of all pods together, 0 to 1. */
export async function successRate(world: World): Promise<number> {
  return (await world.snapshot()).payments.successRate;
}
