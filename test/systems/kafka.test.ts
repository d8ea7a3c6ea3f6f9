import { afterAll, beforeAll, expect, test } from 'vitest';
import { KAFKA, KAFKA_3, type System } from './catalogue.ts';
import { describeOn } from './describe-on.ts';
import { type RealKafka, startKafka } from './kafka.ts';
import { kafkaCli, startConsumer } from './kafka-cli.ts';
import { type Seed, seed } from './kafka-seed.ts';

const rows = (said: string) =>
  said
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([group]) => group === 'labels' || group === 'reports');

for (const system of [KAFKA, KAFKA_3])
  (await describeOn(system))(`Kafka ${system.version}`, () => here(system));

function here(system: System) {
  let kafka: RealKafka;
  let seeds: Seed;
  beforeAll(async () => {
    kafka = await startKafka({ system });
    seeds = seed(kafka);
  }, 60_000);
  afterAll(async () => {
    await seeds?.close();
    await kafka?.stop();
  });

  test('says its version itself', () => {
    expect(kafka.version).toBe(system.version);
  });

  test('tells its own tool the lag of a group that was seeded', async () => {
    await seeds.topics({ orders: 2 });
    await seeds.produce('orders', 0, ['a', 'b', 'c']);
    await seeds.commit('labels', { orders: [1, 0] });
    const said = await kafkaCli(kafka, 'consumer-groups', ['--describe', '--group', 'labels']);
    expect(rows(said).map((row) => row.slice(1, 6))).toEqual([
      ['orders', '0', '1', '3', '2'],
      ['orders', '1', '0', '0', '0'],
    ]);
  });

  // With 3.9.2 they could not be switched on.
  if (system === KAFKA_3) return;
  test('has groups of the new protocol', async () => {
    const consumer = await startConsumer(kafka, 'reports', 'orders');
    await expect.poll(() => consumer.said(), { timeout: 20_000 }).toContain('c\n');
    const said = await kafkaCli(kafka, 'consumer-groups', ['--list', '--type', 'consumer']);
    expect(said).toContain('reports');
    await consumer.stop();
  });
}
