import pg from 'pg';
import { findScenario } from '../../../sim/world/scenarios/catalogue.ts';
import type { Scenario } from '../../../sim/world/scenarios/scenario.ts';
import { createWorld, type World } from '../../../sim/world/world.ts';
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

export async function testWorld(seed = 1): Promise<TestWorld> {
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  // The database is dropped by force while the last connections are still saying goodbye.
  pool.on('error', () => undefined);
  let now = START;
  const world = await createWorld({ pool, now: () => now, seed });
  return {
    world,
    pool,
    skip(ms) {
      now += ms;
    },
    async stop() {
      await pool.end();
      await database.drop();
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
