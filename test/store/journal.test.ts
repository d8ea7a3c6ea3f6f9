import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentEvent } from '../../src/domain/incident.ts';
import { changeOf } from '../../src/pipeline/change.ts';
import { workingOn } from '../../src/pipeline/inbox.ts';
import type { Parts } from '../../src/pipeline/parts.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { createVoiceStore } from '../../src/store/voice-store.ts';
import { anOpened, aRules } from '../support/builders.ts';
import { ids, openStore, type TestStore } from '../support/store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openStore();
});
afterAll(async () => await store.close());

async function open(scope: string) {
  return await store.journal.transact('open', async (tx) => {
    const id = await tx.nextIncidentId();
    const event: IncidentEvent = { ...anOpened(), id, scope, at: tx.now, clockStartedAt: tx.now };
    const change = changeOf(null, [event], aRules());
    tx.save(change);
    return change.after;
  });
}

describe('the journal', () => {
  test('gives an incident back as it was saved', async () => {
    const incident = await open('as saved');
    const found = await store.journal.transact('read', async (tx) => await tx.incident(incident.id));
    expect(found).toEqual(incident);
  });

  test('keeps at most one incident open per runbook and scope', async () => {
    await open('only one');
    await expect(open('only one')).rejects.toThrow(/incidents_one_open/);
  });

  test('refuses a change that was decided on an older version', async () => {
    const incident = await open('older version');
    const acknowledge = (by: string) =>
      changeOf(incident, [{ type: 'acknowledged', by, at: incident.openedAt }], aRules());
    await store.journal.transact('first', async (tx) => tx.save(acknowledge('U1')));
    await expect(store.journal.transact('second', async (tx) => tx.save(acknowledge('U2')))).rejects.toThrow(
      'meanwhile',
    );
  });

  test('takes changes of one incident in one commit one after the other, from its opening on', async () => {
    const steps = await store.journal.transact('twice', async (tx) => {
      const id = await tx.nextIncidentId();
      const event: IncidentEvent = { ...anOpened(), id, scope: 'twice', at: tx.now, clockStartedAt: tx.now };
      const opened = changeOf(null, [event], aRules());
      const by = (who: string) => [{ type: 'acknowledged', by: who, at: tx.now } as const];
      const first = changeOf(opened.after, by('U1'), aRules());
      const second = changeOf(first.after, by('U2'), aRules());
      for (const change of [opened, first, second]) tx.save(change);
      return { first, second };
    });
    expect(await store.journal.incidentById(steps.second.after.id)).toEqual(steps.second.after);
    await expect(
      store.journal.transact('gap', async (tx) => {
        tx.save(changeOf(steps.second.after, [], aRules()));
        tx.save(changeOf(steps.second.after, [], aRules()));
      }),
    ).rejects.toThrow('meanwhile');
  });

  test('stores a delivery once, however often it comes', async () => {
    expect(await store.journal.accept('slack', 'Ev1', { a: 1 }, 1_000)).toBe(true);
    expect(await store.journal.accept('slack', 'Ev1', { a: 1 }, 1_000)).toBe(false);
  });

  test('gives a delivery to one worker, and again only after its lease', async () => {
    await store.journal.accept('slack', 'Ev2', { a: 2 }, 1_000);
    const claimed = [];
    for (;;) {
      const delivery = await store.journal.claimDelivery(60_000);
      if (delivery === null) break;
      claimed.push(delivery.deliveryId);
    }
    expect(claimed).toContain('Ev2');
    expect(new Set(claimed).size).toBe(claimed.length);
  });

  test('lets a worker decide nothing whose delivery somebody else has decided meanwhile', async () => {
    await store.journal.accept('slack', 'Ev stalled', {}, 1_000);
    const delivery = await store.journal.claimDelivery(60_000);
    const working = () => workingOn({ journal: store.journal } as Parts, delivery).journal;
    const [stalled, other] = [working(), working()];
    const decide = async (journal: Journal) =>
      await journal.transact('decide', async (tx) => tx.note({ type: 'decided' }));
    await decide(other);
    // What comes of the same work later is its own.
    await decide(other);
    await expect(decide(stalled)).rejects.toThrow('Somebody else has worked on this delivery');
  });

  test('says of each kind by itself when it is due', async () => {
    expect(await store.journal.untilDue('runs', 1_000)).toBe(1_000);
    expect(await store.journal.untilDue('leases', 1_000)).toBe(1_000);
    await store.owner.query(
      `insert into leases values ('as said', 'somebody', clock_timestamp() + interval '400 ms')`,
    );
    expect(await store.journal.untilDue('leases', 1_000)).toBeLessThan(1_000);
    expect(await store.journal.untilDue('runs', 1_000)).toBe(1_000);
  });

  test('hands out the deliveries of one webhook in order, and lets nobody wait for one that has failed', async () => {
    for (const id of ['A1', 'A2']) await store.journal.accept('alertmanager', id, {}, 1_000);
    await store.journal.accept('slack', 'Ev3', {}, 1_000);
    const first = await store.journal.claimDelivery(60_000);
    expect(first?.deliveryId).toBe('A1');
    expect((await store.journal.claimDelivery(60_000))?.deliveryId).toBe('Ev3');
    expect(await store.journal.claimDelivery(60_000)).toBeNull();
    if (first !== null) await store.journal.postpone(first, 0, 'it failed');
    const again = await store.journal.claimDelivery(60_000);
    expect(again).toMatchObject({ deliveryId: 'A1', attempts: 2 });
    expect((await store.journal.claimDelivery(60_000))?.deliveryId).toBe('A2');
  });

  test('chains what many transactions write at once, and verify finds it whole', async () => {
    await Promise.all(
      Array.from(
        { length: 40 },
        async (_, n) => await store.journal.transact('note', async (tx) => tx.note({ type: 'tested', n })),
      ),
    );
    expect(await verifyChain(store.owner)).toMatchObject({ ok: true });
  });

  test('does not let the bot change or delete what was written', async () => {
    await expect(store.pool.query('update journal set text = text')).rejects.toThrow('permission denied');
    await expect(store.pool.query('delete from journal')).rejects.toThrow('permission denied');
    await expect(store.pool.query('update clock set story_offset = $1', ['1 min'])).rejects.toThrow(
      'permission denied',
    );
  });

  test('keeps the chain whole when free text is erased', async () => {
    await store.owner.query('update journal_asides set text = null where seq = 1');
    expect(await verifyChain(store.owner)).toMatchObject({ ok: true, erased: 1 });
  });

  test('names the first row that was changed behind its back', async () => {
    const row = await store.owner.query<{ text: string }>('select text from journal where seq = 3');
    await store.owner.query(`update journal set text = text || ' ' where seq = 3`);
    expect(await verifyChain(store.owner)).toMatchObject({ ok: false, seq: 3 });
    await store.owner.query('update journal set text = $1 where seq = 3', [row.rows[0]?.text]);
  });

  test('claims a deadline only when story time has reached it', async () => {
    const incident = await open('deadline');
    const due = async () =>
      await store.journal.transact('due', async (tx) => (await tx.claimDue(100)).map(({ id }) => id));
    expect(await due()).not.toContain(incident.id);
    await store.skip(21 * 60_000);
    expect(await due()).toContain(incident.id);
  });
});

describe('the background voice', () => {
  test('has one owner at a time', async () => {
    const one = createVoiceStore({ pool: store.pool, ids });
    const other = createVoiceStore({ pool: store.pool, ids });
    expect(await one.lease('voice', 60_000)).toBe(true);
    expect(await other.lease('voice', 60_000)).toBe(false);
    expect(await one.lease('voice', 60_000)).toBe(true);
  });

  test('offers only the head of a stream', async () => {
    const voice = createVoiceStore({ pool: store.pool, ids });
    const incident = await open('outbox');
    const say = (key: string) => ({ stream: 'elsewhere', key, kind: 'slack post', payload: {} }) as const;
    await store.journal.transact('say', async (tx) =>
      tx.save(
        changeOf(incident, [{ type: 'acknowledged', by: 'U1', at: tx.now }], aRules(), [
          say('a'),
          say('b'),
          say('a'),
        ]),
      ),
    );
    const heads = async () =>
      (await voice.heads('slack post', 100)).filter(({ stream }) => stream === 'elsewhere');
    const first = await heads();
    expect(first.map(({ key }) => key)).toEqual(['a']);
    await voice.sent(first[0]?.id ?? 0, '1.1');
    expect((await heads()).map(({ key }) => key)).toEqual(['b']);
  });
});
