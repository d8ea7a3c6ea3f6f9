import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { IncidentEvent } from '../../src/domain/incident.ts';
import { changeOf } from '../../src/pipeline/change.ts';
import { JournalUnavailable } from '../../src/ports/journal.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { openPool } from '../../src/store/database.ts';
import { createJournal } from '../../src/store/journal.ts';
import { anOpened, aRules } from '../support/builders.ts';
import { asBot } from '../support/postgres.ts';
import { openStore, quiet, step, type TestStore } from '../support/store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openStore();
});
afterAll(async () => {
  expect(await verifyChain(store.owner)).toMatchObject({ ok: true });
  await store.close();
});

/** Opens an incident and says something, in one commit that `meanwhile` happens in. */
async function open(
  scope: string,
  meanwhile: () => Promise<void> = async () => undefined,
  with_ = store.journal,
) {
  return await with_.transact('open', async (tx) => {
    const id = await tx.nextIncidentId();
    const event: IncidentEvent = { ...anOpened(), id, scope, at: tx.now, clockStartedAt: tx.now };
    const change = changeOf(null, [event], aRules(), [
      { stream: 'channel #shared', key: `said/${scope}`, kind: 'slack post', payload: {} },
    ]);
    tx.save(change);
    await tx.planItems('no-such-run', []);
    await meanwhile();
    return change.after;
  });
}

/** What of it was kept: rows of the incident, of the chain and of the outbox. */
async function kept(scope: string) {
  const found = await store.owner.query<Record<string, number>>(
    `select (select count(*)::int from incidents where scope = $1) as incidents,
       (select count(*)::int from journal j join incidents i on i.id = j.incident where i.scope = $1) as facts,
       (select count(*)::int from outbox where key = $2) as said`,
    [scope, `said/${scope}`],
  );
  return found.rows[0];
}
const ALL = { incidents: 1, facts: 1, said: 1 };
const NOTHING = { incidents: 0, facts: 0, said: 0 };

describe('a commit', () => {
  test('whose connection is cut in the middle leaves nothing, and the next one works', async () => {
    const cut = open('cut', async () => {
      await store.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and state = 'idle in transaction' and pid <> pg_backend_pid()`,
      );
    });
    await expect(cut).rejects.toBeInstanceOf(JournalUnavailable);
    expect(await kept('cut')).toEqual(NOTHING);
    await open('cut');
    expect(await kept('cut')).toEqual(ALL);
  });

  test('that idles is ended by the server and leaves nothing', async () => {
    await expect(open('idle', async () => await sleep(2_500))).rejects.toThrow();
    expect(await kept('idle')).toEqual(NOTHING);
  });

  test('one of whose statements fails leaves nothing', async () => {
    const failing = store.journal.transact('failing', async (tx) => {
      tx.note({ type: 'never' });
      tx.say({ stream: 'channel #shared', key: 'said/never', kind: 'slack post', payload: {} });
      await tx.planItems('no-such-run', ['ord_aaa111']);
    });
    await expect(failing).rejects.toThrow(/run_items/);
    expect(await kept('never')).toEqual(NOTHING);
    const noted = await store.owner.query(`select from journal where text like '%"never"%'`);
    expect(noted.rowCount).toBe(0);
  });

  test('waits for whoever holds the chain’s head, gives up after 5 s, and deliveries are stored meanwhile', async () => {
    const other = new pg.Client({ connectionString: store.url });
    await other.connect();
    await other.query('begin');
    await other.query('select from journal_head for update');
    try {
      const waiting = open('head');
      const refused = expect(waiting).rejects.toThrow(/lock timeout/);
      expect(await store.journal.accept('slack', 'EvWhileLocked', {}, 400)).toBe(true);
      await refused;
      expect(await kept('head')).toEqual(NOTHING);
      const patient = open('head');
      await other.query('commit');
      await patient;
      expect(await kept('head')).toEqual(ALL);
    } finally {
      await other.end();
    }
  });

  test('at the same time as others that speak in the same place: all are kept', async () => {
    const scopes = Array.from({ length: 8 }, (_, n) => `together ${n}`);
    await Promise.all(scopes.map(async (scope) => await open(scope)));
    for (const scope of scopes) expect(await kept(scope)).toEqual(ALL);
  });

  test('with letters that PostgreSQL refuses is kept without them', async () => {
    const bad = 'a\0b\ud800c\\u0000';
    expect(await store.journal.accept('slack', 'EvNul', { [bad]: bad }, 400)).toBe(true);
    await store.journal.transact('note', async (tx) => tx.note({ type: 'odd letters', because: bad }));
    const found = await store.owner.query<{ payload: unknown }>(
      `select payload from inbox where delivery_id = 'EvNul'`,
    );
    expect(found.rows[0]?.payload).toEqual({ 'abc\\u0000': 'abc\\u0000' });
  });
});

describe('a pool that is exhausted', () => {
  test('keeps nobody waiting for an acknowledgement, and works again', async () => {
    const pool = openPool(asBot(store.url), quiet, 2);
    const journal = createJournal({ pool, clock: systemClock, step });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const holding = [
      open('one of two', async () => await gate, journal),
      open('two of two', async () => await gate, journal),
    ];
    await expect.poll(() => pool.idleCount + pool.waitingCount === 0 && pool.totalCount === 2).toBe(true);
    await expect(journal.accept('slack', 'EvFull', {}, 100)).rejects.toBeInstanceOf(JournalUnavailable);
    release();
    await Promise.all(holding);
    expect(await journal.accept('slack', 'EvFull2', {}, 1_000)).toBe(true);
    await pool.end();
  });
});
