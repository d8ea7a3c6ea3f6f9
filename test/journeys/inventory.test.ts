import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locksAt, takeLock } from '../../sim/world/inventory.ts';
import { inventorySyncStopped, staleLocks } from '../../sim/world/scenarios/inventory-reservation.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

const MINUTE = 60_000;
let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');
const oldLocks = async () =>
  await rig.world.read(({ inventory }, now) =>
    locksAt(inventory, now).filter(({ takenAt }) => now - takenAt > 5 * MINUTE),
  );

function story(scenario: Scenario): void {
  beforeAll(async () => {
    rig = await startRig({ ordersPerHour: 240, restMs: 1 });
    await rig.world.start(scenario);
    const { alertname, code, summary } = scenario.alert;
    await rig.alert({ annotations: { summary } }, { alertname, code });
    await rig.app.idle();
  });
  afterAll(async () => {
    const refused = rig.slack.problems;
    await rig.stop();
    expect(refused).toEqual([]);
  });
}

async function minutes(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed += 1) await rig.skip(1);
}

async function openForm(who: string) {
  const person = rig.slack.as(who);
  await person.click(rig.card(), 'Clear stale locks…');
  await rig.app.idle();
  return person;
}

describe('a crashed pod left its locks behind', () => {
  story(staleLocks);

  test('the card says how many outlived their owner, and recommends to clear exactly those', () => {
    expect(rig.card().text).toContain('prod · OMS-1 · Inventory reservation failures: broken');
    expect(card()).toMatch(/6 of \d+ inventory locks are older than 5 min, the oldest 24 min/);
    expect(card()).toMatch(/reservations failed in 30 min \(lock \d+\)/);
    expect(card()).toContain('*Cause* Locks outlive their owners');
    expect(card()).toMatch(
      /Clear stale locks\*: 6 locks older than 5 min go\..*Recommended: locks have outlived/,
    );
  });

  test('whose locks they are is shown to nobody and kept nowhere', async () => {
    const values = await rig.world.read(({ inventory }) => [...inventory.locks.values()]);
    const { rows } = await rig.store.owner.query<{ text: string }>('select text from journal_asides');
    const offers = await rig.store.owner.query<{ binding: unknown }>('select * from offers');
    const said = JSON.stringify([rig.slack.requests, rows, offers.rows]);
    expect(said).toContain('lock:inventory:sku-104');
    for (const { value } of values) expect(said).not.toContain(value);
  });

  test('the age may be raised, never lowered', async () => {
    const person = await openForm('URESPONDER');
    expect(await person.submit({ minutes: '4' })).toMatchObject({ errors: {} });
    expect(await person.submit({ minutes: '90' })).toBe('closed');
    await rig.app.idle();
    expect(await oldLocks()).toHaveLength(6);
    expect(card()).toContain('Nothing was started: nothing that was shown still needs it.');
  });

  test('a bystander clears nothing', async () => {
    const person = await openForm('UBYSTANDER');
    await person.submit({});
    await rig.app.idle();
    expect(await oldLocks()).toHaveLength(6);
    expect(JSON.stringify([person.ephemerals(), person.modals()])).toContain('You may not approve');
  });

  test('a lock that somebody took again meanwhile survives, the others go', async () => {
    const person = await openForm('URESPONDER');
    const again = await rig.world.change(({ inventory }, now) => {
      const [lock] = [...inventory.locks.values()].sort((one, other) => one.takenAt - other.takenAt);
      const key = lock?.key ?? '';
      inventory.locks.delete(key);
      return takeLock(inventory, { key, value: 'another pod', ttlMs: 60 * MINUTE }, now);
    });
    expect(await person.submit({}, { again: true })).toBe('closed');
    await rig.app.idle();
    expect(await oldLocks()).toEqual([]);
    const left = await rig.world.read(({ inventory }) => inventory.locks.get(again?.key ?? ''));
    expect(left).toEqual(again);
    const { rows } = await rig.store.owner.query('select target, state, line from run_items order by target');
    expect(rows).toHaveLength(5);
    for (const { target, state, line } of rows)
      expect([state, line]).toEqual(['done', `The lock ${target} was deleted.`]);
    await rig.world.change(({ inventory }) => inventory.locks.delete(again?.key ?? ''));
  });

  test('the proof says that none is left and no fewer reservations succeed', async () => {
    await minutes(2);
    expect(thread()).toMatch(/\*Clear stale locks\*, approved by .*\*helped\*/);
    expect(thread()).toMatch(/None of these locks is left; \d+ % of reservations succeed on the worst pod/);
  });

  test('every order is reserved again, and with its source resolved the incident ends', async () => {
    await minutes(6);
    const { inventory } = await rig.world.snapshot();
    expect(inventory).toMatchObject({ staleLocks: 0, successRate: 1 });
    const { alertname, code } = staleLocks.alert;
    await rig.alert({ status: 'resolved' }, { alertname, code });
    await minutes(4);
    expect(rig.card().text).toContain('resolved');
  });
});

describe('a replica answers where the master should', () => {
  beforeAll(async () => {
    rig = await startRig({ ordersPerHour: 240 });
    await rig.world.start(staleLocks);
  });
  afterAll(async () => await rig.stop());

  test('nothing is offered to be deleted there', async () => {
    await rig.world.change(({ conditions }) => {
      conditions.redis = 'replica';
    });
    await rig.alert({}, { alertname: 'Reservations', code: 'RESERVATION_TIMEOUT' });
    await rig.app.idle();
    expect(card()).toContain(
      'Clear stale locks waits: a replica answered, and nothing can be deleted there.',
    );
  });

  test('one that took over after the card was shown deletes nothing', async () => {
    await rig.world.change(({ conditions }) => {
      conditions.redis = 'master';
    });
    await minutes(1);
    const person = await openForm('URESPONDER');
    await rig.world.change(({ conditions }) => {
      conditions.redis = 'replica';
    });
    await person.submit({});
    await rig.app.idle();
    expect(await oldLocks()).toHaveLength(6);
    expect(card()).toContain('Nothing was started: a replica answers now');
  });

  test('a Redis that does not answer is said, and supports the cause while reservations fail at locks', async () => {
    await rig.world.change(({ conditions }) => {
      conditions.redis = 'down';
    });
    await minutes(1);
    expect(card()).toContain('Redis cannot be reached');
    expect(card()).toContain('Locks outlive their owners');
  });
});

describe('the sync with the catalog has stopped', () => {
  story(inventorySyncStopped);

  test('the card says since when, and recommends a resync', () => {
    expect(card()).toContain('The last good sync with the catalog ended 38 min ago; one is due every 5 min.');
    expect(card()).toContain('*Cause* Stock comes late from the catalog');
    expect(card()).toMatch(/reservations failed in 30 min \(sold out \d+\)/);
    expect(card()).toMatch(
      /The counts of \d of \d failing products differ, seen once \(sku-\d+: catalog \d+, order service 0\)/,
    );
    expect(card()).toMatch(/Resync the inventory\*: .*Recommended: stock comes late from the catalog/);
  });

  test('while the source of truth is down it waits', async () => {
    await rig.world.change(({ conditions }) => {
      conditions.catalog = 'down';
    });
    await minutes(1);
    expect(card()).toContain(
      'Resync the inventory waits: the catalog does not answer, and it is the source of truth.',
    );
    await rig.world.change(({ conditions }) => {
      conditions.catalog = 'up';
    });
    await minutes(2);
    expect(card()).toMatch(/The counts of \d of \d failing products have differed for 1 min/);
  });

  test('a click, delivered twice, is one resync', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Resync the inventory', { again: true });
    await rig.app.idle();
    expect(rig.service.count('POST', '/admin/inventory/resync')).toBe(1);
    await minutes(3);
    expect(thread()).toMatch(/\*Resync the inventory\*, approved by .*\*helped\*/);
    expect((await rig.world.snapshot()).inventory.soldOut).toBe(0);
  });

  test('nothing is refused as sold out any more', async () => {
    await minutes(6);
    expect((await rig.world.snapshot()).inventory.successRate).toBe(1);
    expect(card()).toMatch(/Catalog and order service agree on all \d products that failed in 30 min/);
    expect(card()).not.toContain('*Broken*');
  });
});
