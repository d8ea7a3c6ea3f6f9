import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { pretendKafka } from '../../sim/kafka/kafka.ts';
import { ordersDatabasePool } from '../../src/adapters/postgres/pool.ts';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { readConfig } from '../../src/config.ts';
import { discover } from '../../src/discover.ts';
import { firstFile } from '../../src/first-file.ts';
import { likest } from '../../src/likeness.ts';
import type { FoundWorkload } from '../../src/ports/discovery.ts';
import { SystemError } from '../../src/ports/system-error.ts';
import { testWorld } from '../sim/world/support.ts';
import { plainPolicy } from '../support/policy.ts';
import { freshDatabase, readingRole } from '../support/postgres.ts';
import { fakeProbes } from '../support/runbooks.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** What `oms config init` would write; each file has to be one that the bot reads. */
async function written(
  given: Parameters<typeof fakeProbes>[0],
  again = async (_yaml: string) => fakeProbes(given).ordersDatabase,
) {
  const found = await discover(fakeProbes(given), ['shop'], async (orders) => {
    return await again(firstFile([], [{ key: 'orders', value: orders }]));
  });
  const text = firstFile([], found.items);
  readConfig({ env: {}, readFile: () => text });
  return { text, keys: parse(text), lines: found.said.map(({ system, line }) => `${system}: ${line}`) };
}

function workload(name: string, more: Partial<FoundWorkload> = {}): FoundWorkload {
  const container = { name, ports: [8080], variables: ['DB_POOL_SIZE'] };
  return {
    kind: 'Deployment',
    namespace: 'shop',
    name,
    labels: { app: name },
    selector: `app=${name}`,
    containers: [container],
    replicas: 2,
    ...more,
  };
}

describe('what is like what the runbook names', () => {
  const role = { name: 'order-service', is: ['order', 'orders'], ok: ['service', 'api'] };
  const named = (name: string, labels: Record<string, string> = {}) => ({ name, labels });
  test.each([
    ['its own name before all others', ['order-service', 'orders-api'], 'order-service'],
    ['its name without a dash', ['orderservice', 'checkout'], 'orderservice'],
    ['words, an environment and a version', ['prod-orders-api-v2', 'orders-exporter'], 'prod-orders-api-v2'],
    ['nothing with a word that we do not know', ['orders-history'], 'perhaps'],
    ['nothing that is surely something else', ['orders-worker', 'orders-redis'], 'none'],
    ['neither of two', ['orders-api', 'order-api'], 'several'],
  ])('%s', (_what, names, expected) => {
    const found = likest(
      role,
      names.map((name) => named(name)),
    );
    expect(found.state === 'one' ? found.match.item.name : found.state).toBe(expected);
  });

  test('goes by labels where no name fits, but not by those of a whole application', () => {
    const component = { 'app.kubernetes.io/component': 'order-service' };
    const found = likest(role, [named('monolith', component), named('monolith-redis', component)]);
    expect(found).toMatchObject({
      state: 'one',
      match: {
        item: { name: 'monolith' },
        because: 'by its label app.kubernetes.io/component=order-service',
      },
    });
  });
});

test('Kafka: groups and topics that are there, and what runs a group by its name', async () => {
  const { world, stop } = await testWorld();
  ends.push(stop);
  const all = [workload('order-service'), workload('notification'), workload('inventory-consumer')];
  const { keys, text, lines } = await written({
    kafka: pretendKafka(world).probe,
    kubernetes: { workloads: async (_ns, kind) => (kind === 'Deployment' ? all : []), pods: async () => [] },
  });
  expect(lines).toContain('Kafka: 3 consumer groups, which read 2 topics.');
  expect(keys.kafka).toEqual({
    consumers: { 'notification-consumer': { deployment: 'notification', selector: 'app=notification' } },
  });
  expect(text).toContain('# found: ordersTopic order-events, as in the runbook');
  expect(text).toContain('# found: inventoryGroup order-inventory-consumer, as in the runbook');
  expect(text).toContain('# perhaps Deployment shop/inventory-consumer, 2 replicas, app=inventory-consumer');
  expect(text).toContain('# no Deployment or StatefulSet is called like the group analytics-consumer');
});

test('Kafka: other names are taken where one fits, and are to choose from where several do', async () => {
  const group = (name: string, ...topics: string[]) => ({
    group: name,
    kind: 'classic' as const,
    state: 'Stable',
    members: 1,
    lag: 0,
    partitions: topics.map((topic) => ({ topic, partition: 0, committed: 1, end: 1, lag: 0 })),
  });
  const of = async (...groups: ReturnType<typeof group>[]) =>
    await written({
      kafka: { topic: async () => null, groups: async () => ({ groups, problems: [], at: 0 }) },
    });
  const one = await of(group('stock', 'orders.v1'), group('replay', 'orders.v1.dlq'));
  expect(one.keys.kafka).toEqual({
    ordersTopic: 'orders.v1',
    deadLetterTopic: 'orders.v1.dlq',
    deadLetterGroup: 'replay',
    inventoryGroup: 'stock',
  });
  const two = await of(group('stock-eu', 'orders.eu'), group('stock-us', 'orders.us'));
  expect(two.keys?.kafka).toBeUndefined();
  expect(two.text).toContain('2 fit ordersTopic. Take one:');
  expect(two.text).toContain('2 fit inventoryGroup. Take one:');
  const foreign = await of(group('estoque', 'prod.pedidos.v1'));
  expect(foreign.text).toContain('has “order” in its name; they read prod.pedidos.v1');
  expect(foreign.text).toContain('has “inventory” or “stock” in its name; there are estoque');
  const none = await of();
  expect(none.text).toContain('not found: there is no order-events, and no topic that a group reads');
});

test('the orders database: table, columns and statuses as they are called there', async () => {
  const database = await freshDatabase();
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const role = await readingRole(database.url);
  const pool = ordersDatabasePool(role.url, () => undefined);
  ends.push(
    database.drop,
    async () => await owner.end(),
    async () => await pool.end(),
  );
  await owner.query(`create schema sales; create table sales.orders (
      order_id text, state text, failure_code text, placed_at timestamptz, modified_at timestamp);
    create table other (id int);
    insert into sales.orders values ('o1', 'in_work', null, now(), now()), ('o2', 'shipped', null, now(), now());
    grant usage on schema sales to public; grant select on sales.orders to public;
    revoke select on sales.orders from public;
    grant select (order_id, state, placed_at, modified_at) on sales.orders to public`);
  const asked: string[] = [];
  const probe = (orders: Parameters<typeof ordersDatabaseProbe>[2]) =>
    ordersDatabaseProbe(pool, plainPolicy, orders);
  const usual = readConfig({ env: {}, readFile: () => null }).oms.orders;
  const { keys, text } = await written({ ordersDatabase: probe(usual) }, async (yaml) => {
    asked.push(yaml);
    return probe(readConfig({ env: {}, readFile: () => yaml }).oms.orders);
  });
  expect(asked).toHaveLength(1);
  expect(keys.orders).toEqual({
    table: 'sales.orders',
    columns: {
      id: 'order_id',
      status: 'state',
      errorCode: 'failure_code',
      createdAt: 'placed_at',
      updatedAt: 'modified_at',
    },
    statuses: ['in_work', 'shipped'],
  });
  for (const note of [
    'our role may not read failure_code: deploy/orders-db.sql grants it',
    'modified_at is a timestamp without time zone: orders.timeZone says by what clock, else it is the database’s',
    'not found: no order of 7 days has the status processing; which is it?',
    'not found: no session is called order-service',
  ])
    expect(text).toContain(note);
});

test('a system that is there and answers nothing is not taken for one that has nothing', async () => {
  const silent = async () => {
    throw new SystemError('Kafka', 'too slow', 'Kafka did not answer in time.', {
      sent: 'no',
      mayRetry: true,
    });
  };
  const { keys, text, lines } = await written({
    kafka: { groups: silent, topic: silent },
    redis: { locks: async () => ({ total: 0 }) as never },
    s3: { bucket: async () => undefined as never },
  });
  expect(keys).toBeNull();
  expect(lines).toContain('Kafka: not looked at. Kafka did not answer in time.');
  expect(text).toContain('# Kafka: not looked at. Kafka did not answer in time.\n# kafka:\n');
  expect(text).toContain('not found: no key is like lock:inventory:* now.');
  expect(text).toContain('# found: the bucket ecommerce-exports');
});
