import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { endHeavy, poolOf, since, USUAL_DEMAND } from './database.ts';
import { setStoryClock, tellSession, tellStoryTime } from './database-story.ts';
import type { CompanyNames } from './names.ts';
import type { SqlPool } from './order-table.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

/** One real connection to the orders database. */
export interface SqlSession {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
  end(): Promise<void>;
  /** Told once when the connection has ended, by whom ever. */
  onEnd(listener: () => void): void;
}

/** How the pretend order service reaches its database; as a role that is no superuser. */
export interface DatabaseServer {
  connect(application: string): Promise<SqlSession>;
}

type Kind = 'kept' | 'leaked' | 'working' | 'blocking' | 'heavy' | 'waiting';

interface Held {
  readonly pod: string;
  readonly kind: Kind;
  readonly session: SqlSession;
  readonly pid: number;
  gone: boolean;
}

const DAY = `day = '2026-03-10'`;
/** What the service's sessions do; the sleeps stand for work that takes its time. */
function doings({ orders: { table, columns } }: CompanyNames): Readonly<Record<Kind, readonly string[]>> {
  const { id, status } = columns;
  return {
    kept: [],
    leaked: ['begin', `select ${id}, ${status} from ${table} where ${id} = 'ord_00000000'`],
    working: [`select count(*), pg_sleep(86400) from ${table}`],
    blocking: [
      'begin',
      `update order_totals set orders = (select count(*) from ${table}) where ${DAY} returning pg_sleep(86400)`,
    ],
    heavy: [`select ${status}, count(*), pg_sleep(86400) from ${table} group by ${status}`],
    waiting: [`update order_totals set orders = orders + 1 where ${DAY}`],
  };
}
/** How the server shows that it is so. */
const SHOWN: Readonly<Partial<Record<Kind, string>>> = {
  working: `wait_event = 'PgSleep'`,
  blocking: `wait_event = 'PgSleep'`,
  heavy: `wait_event = 'PgSleep'`,
  waiting: `wait_event_type = 'Lock'`,
};
/** Those that hold a lock come before those that wait for it. */
const ORDER: readonly Kind[] = ['kept', 'leaked', 'working', 'blocking', 'heavy', 'waiting'];
const SHOWN_WITHIN_MS = 5_000;
const AT_ONCE = 10;
/** The story's clock in the database may be wrong by so much. */
const CLOCK_MS = 1_000;

const Pid = z.object({ pid: z.number() });
const Many = z.object({ many: z.number() });

/** The service's connections to its database, real ones: as many as the world says, each doing what it says. */
export interface DatabaseSessions {
  /** What became of them since: somebody may have ended one. */
  observe(state: WorldState): void;
  /** Opens and ends, until they are as the world is now. */
  follow(state: WorldState, at: number): Promise<void>;
  close(): Promise<void>;
}

export async function createDatabaseSessions(
  pool: SqlPool,
  server: DatabaseServer,
  names: CompanyNames,
): Promise<DatabaseSessions> {
  await tellStoryTime(pool, names.orders.table);
  const does = doings(names);
  let held: Held[] = [];
  let told: { readonly aheadMs: number; readonly startedAt: number } | null = null;

  async function tellClock(state: WorldState, at: number): Promise<void> {
    const { startedAt } = state.database;
    const aheadMs = at - Date.now();
    if (told?.startedAt === startedAt && Math.abs(told.aheadMs - aheadMs) < CLOCK_MS) return;
    await setStoryClock(pool, aheadMs, startedAt);
    told = { aheadMs, startedAt };
  }

  async function open(state: WorldState, pod: Pod, kind: Kind, place: number): Promise<void> {
    // A server without a connection to give says so to the service as to everybody.
    const session = await server.connect(names.application).catch(() => null);
    if (session === null) return;
    const { pid } = Pid.parse((await session.query('select pg_backend_pid() as pid')).rows[0]);
    const one: Held = { pod: pod.name, kind, session, pid, gone: false };
    session.onEnd(() => {
      one.gone = true;
    });
    held.push(one);
    const began = kind !== 'kept' && kind !== 'working';
    await tellSession(pool, {
      pid,
      opened: pod.startedAt,
      began: began ? since(state, pod, kind, place) : kind === 'kept' ? pod.startedAt : null,
    });
    const all = (async () => {
      for (const text of does[kind]) await session.query(text);
    })();
    if (SHOWN[kind] === undefined) await all;
    else void all.catch(() => undefined).then(() => finish(one));
  }

  /** Whoever waited goes on, and gives its connection back. */
  function finish(one: Held): void {
    if (!one.gone) void one.session.end().catch(() => undefined);
  }

  async function shown(kind: Kind): Promise<void> {
    const condition = SHOWN[kind];
    if (condition === undefined) return;
    const pids = held.filter((one) => one.kind === kind).map(({ pid }) => pid);
    for (let waited = 0; waited < SHOWN_WITHIN_MS; waited += 10) {
      const { rows } = await pool.query(
        `select count(*)::int as many from pg_catalog.pg_stat_activity where pid = any($1) and not (${condition})`,
        [pids],
      );
      if (Many.parse(rows[0]).many === 0) return;
      await sleep(10);
    }
  }

  async function end(some: readonly Held[]): Promise<void> {
    if (some.length === 0) return;
    held = held.filter((one) => !some.includes(one));
    // Of one that works the server would notice only later that its client has gone.
    await pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [
      some.filter(({ gone }) => !gone).map(({ pid }) => pid),
    ]);
    await Promise.all(some.map(async ({ session }) => await session.end().catch(() => undefined)));
  }

  return {
    observe(state) {
      for (const { pod, kind } of held.filter(({ gone }) => gone)) {
        const { database } = state;
        if (kind === 'leaked') database.ended.set(pod, (database.ended.get(pod) ?? 0) + 1);
        if (kind === 'blocking') database.blocker = null;
        if (kind === 'heavy') endHeavy(state);
      }
      held = held.filter(({ gone }) => !gone);
    },
    async follow(state, at) {
      await tellClock(state, at);
      const live = state.pods.filter(
        ({ app, deletedAt, waiting }) => app === 'order-service' && deletedAt === null && waiting === null,
      );
      const missing: { pod: Pod; kind: Kind; place: number }[] = [];
      const keep = new Set<Held>();
      for (const pod of live) {
        const wanted = wantedBy(state, pod, at);
        for (const kind of ORDER) {
          const there = held.filter((one) => one.pod === pod.name && one.kind === kind);
          for (const one of there.slice(0, wanted[kind])) keep.add(one);
          for (let place = there.length; place < wanted[kind]; place += 1) missing.push({ pod, kind, place });
        }
      }
      // The server goes on with a query whose pod has gone.
      for (const one of held) {
        if (one.kind === 'blocking' && state.database.blocker !== null) keep.add(one);
        if (one.kind === 'heavy' && state.database.heavy !== null) keep.add(one);
      }
      await end(held.filter((one) => !keep.has(one)));
      for (const kind of ORDER) {
        const some = missing.filter((one) => one.kind === kind);
        for (let from = 0; from < some.length; from += AT_ONCE)
          await Promise.all(
            some
              .slice(from, from + AT_ONCE)
              .map(async ({ pod, place }) => await open(state, pod, kind, place)),
          );
        if (some.length > 0) await shown(kind);
      }
    },
    close: async () => await end(held),
  };
}

function wantedBy(state: WorldState, pod: Pod, at: number): Readonly<Record<Kind, number>> {
  const { leaked, working, blocking, heavy, waiting } = poolOf(state, pod, at);
  // Usual work is over before anybody looks.
  return {
    kept: 1,
    leaked,
    working: state.database.demand > USUAL_DEMAND ? working : 0,
    blocking,
    heavy,
    waiting,
  };
}
