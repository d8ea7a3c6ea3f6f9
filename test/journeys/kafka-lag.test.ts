import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endOf, lagOf, nameOf, ORDER_EVENTS, PARKED } from '../../sim/world/kafka.ts';
import { consumersStuck, poisonMessage } from '../../sim/world/scenarios/kafka-lag.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
const GROUP = 'notification-consumer';
const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');
const lag = async () =>
  await rig.world.read(({ kafka }) => {
    const group = kafka.groups.get(GROUP);
    return group === undefined ? Number.NaN : lagOf(kafka, group);
  });
const committed = async (partition: number) =>
  await rig.world.read(({ kafka }) =>
    kafka.groups.get(GROUP)?.committed.get(nameOf(ORDER_EVENTS, partition)),
  );

function story(scenario: Scenario): void {
  beforeAll(async () => {
    rig = await startRig({ ordersPerHour: 60 });
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

describe('look', () => {
  story(poisonMessage);
  test('x', async () => {
    await minutes(4);
    console.log(rig.card().text, JSON.stringify(rig.card().blocks, null, 1));
    console.log(thread(), await lag(), await committed(3));
    expect(endOf).toBeDefined();
    expect(PARKED);
    expect(consumersStuck);
  });
});
