import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  blockingQuery,
  connectionLeak,
  databaseRestarted,
  smallPool,
} from '../../sim/world/scenarios/database-pool.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');

/** Starts the story on a database server of its own, fires its alert, and looks until every system was seen, full twice. */
function story(scenario: typeof connectionLeak): void {
  beforeAll(async () => {
    rig = await startRig({ ordersPerHour: 80, ordersServer: true });
    await rig.world.start(scenario);
    const { alertname, code } = scenario.alert;
    await rig.alert({}, { alertname, code });
    // On a busy machine the first look may find nobody in time.
    const looked = async () => {
      await rig.skip(1);
      if (card().includes('Could not look')) throw new Error(card());
    };
    await vi.waitFor(looked, { timeout: 60_000, interval: 2_000 });
    await rig.skip(1);
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

/** Connections in use of each pod's pool, from the world. */
async function active(): Promise<readonly number[]> {
  return Object.values((await rig.world.snapshot()).poolsByPod).map((pool) => pool.active);
}

describe('connections are not given back', () => {
  story(connectionLeak);

  test('the card names the leak by the sessions that idle, and says what a restart can do', () => {
    expect(rig.card().text).toContain('Database connections exhausted: broken');
    expect(card()).toContain('Connections are not given back');
    expect(card()).toMatch(/\d+ sessions of ours have idled in a transaction for over 5 min/);
    expect(card()).toContain('The fullest pool has 20 of 20 connections in use');
    expect(card()).toContain('Recommended: connections are not given back; new pods begin with none.');
  });

  test('larger pools wait for it, and nobody is offered to end a query', () => {
    expect(card()).toContain('Raise the pool size waits: a leak fills any pool.');
    expect(card()).not.toContain('End query');
  });

  test('orders fail for want of a connection, and that is the impact', () => {
    expect(card()).toMatch(/\*Impact\* \d+ of \d+ orders/);
  });

  test('a restart is approved and really frees the sessions', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Restart the service', { confirm: true });
    await rig.app.idle();
    await minutes(3);
    expect(await active()).toEqual([3, 3, 3]);
  });

  test('the proof counts the pools, the leak stays owed, and the incident is watched', async () => {
    await minutes(6);
    expect(thread()).toMatch(/\*Restart the service\*, approved by .*\*helped\*/);
    expect(rig.card().text).toContain('mitigated, watching');
    expect(card()).toContain('Fix the leak, if it was one, before the next deployment.');
  });
});

describe('one query blocks the others', () => {
  story(blockingQuery);

  test('the card names the session, and shows its query without its literals', () => {
    expect(card()).toContain('Long queries sit on connections');
    expect(card()).toMatch(/Session \d+ of order-service \(user order_service\) began its query at/);
    expect(card().replaceAll('\u200b', '')).toContain(
      'Its query: update order_totals set orders = (select count(*) from orders) where day = ?',
    );
    expect(card()).toContain('Its transaction is lost; whoever asked for it gets an error.');
    expect(card()).not.toContain('86400');
    expect(card()).toContain('Recommended: others wait for it.');
  });

  test('more connections would be more load on a slow database', () => {
    expect(card()).toContain('Raise the pool size waits: it would be more load on a slow database.');
    expect(card()).toContain('Raise the number of pods waits: it would be more load on a slow database.');
  });

  test('the dialog says what is lost; declined, the session lives', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'End query', { confirm: false });
    await rig.app.idle();
    expect(await active()).toEqual([20, 20, 20]);
  });

  test('ended once however often it is pressed, whoever waited goes on', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'End query', { confirm: true, again: true });
    await rig.app.idle();
    await expect.poll(active).toEqual([3, 3, 3]);
    await minutes(4);
    expect(thread().match(/\*End query\*, approved by .*\*helped\*/g)).toHaveLength(1);
    expect(thread()).toContain('is gone.');
  });
});

describe('the session has gone before the click counts', () => {
  story(blockingQuery);

  test('and another query may run in its place: nothing is ended, and the card says so', async () => {
    const shown = rig.card();
    await rig.world.change((state, now) => blockingQuery.recover?.(state, now));
    await rig.slack.as('URESPONDER').click(shown, 'End query', { confirm: true });
    await rig.app.idle();
    expect(card()).toMatch(/Nothing was started: session \d+ no longer runs that query/);
  });
});

describe('the database was restarted', () => {
  story(databaseRestarted);

  test('is a trouble outside that often passes, and nothing of ours is offered against it', () => {
    expect(card()).toMatch(/Database is being serviced or fails over/);
    expect(card()).toContain('A failover disturbs connections for a short time; it often passes by itself.');
    expect(card()).toContain('Restart the service waits: new pods would come up without a database.');
    expect(card()).toContain('Raise the pool size waits: the database is being serviced or fails over.');
  });
});

describe('pools that are too small', () => {
  story(smallPool);

  test('the form says what the size is and what would fit', async () => {
    expect(card()).not.toContain('Raise the pool size waits');
    await rig.slack.as('URESPONDER').click(rig.card(), 'Raise the pool size…');
    await rig.app.idle();
    await expect.poll(() => rig.slack.as('URESPONDER').modal()).not.toBeNull();
    const form = JSON.stringify(rig.slack.as('URESPONDER').modal());
    expect(form).toContain('which means 20');
    expect(form).toMatch(
      /At most \d+ fit: with one more, 4 pods in a rollout × \d+ connections \+ \d+ of others &gt; 197 that the database server gives/,
    );
  });

  test('what would pass the server’s connections, or shrink the pool, is refused with the numbers', async () => {
    const person = rig.slack.as('URESPONDER');
    for (const to of ['60', '20', '10']) expect(await person.submit({ to })).toMatchObject({ errors: {} });
    expect(rig.kubernetes.count('PATCH', /deployments/)).toBe(0);
  });

  test('a size that fits is set, the pods are replaced, and the pools have room', async () => {
    expect(await rig.slack.as('URESPONDER').submit({ to: '40' })).toBe('closed');
    await rig.app.idle();
    await minutes(3);
    expect(rig.kubernetes.count('PATCH', /deployments\/order-service/)).toBe(1);
    expect(await active()).toEqual([22, 22, 22]);
    await minutes(6);
    expect(thread()).toMatch(/\*Raise the pool size\*, approved by .*\*helped\*/);
  });

  test('the size before comes back by its undo, which is owed until then', async () => {
    expect(card()).toContain('Set the pool size back');
    await rig.world.end(smallPool);
    await minutes(1);
    await rig.slack.as('URESPONDER').click(rig.card(), 'Set the pool size back', { confirm: true });
    await rig.app.idle();
    await minutes(4);
    const sizes = Object.values((await rig.world.snapshot()).poolsByPod).map(({ size }) => size);
    expect(sizes).toEqual([20, 20, 20]);
  });
});
