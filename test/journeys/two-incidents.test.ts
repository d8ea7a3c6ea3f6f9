import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayDown } from '../../sim/world/scenarios/payment-failures.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { carrierDown } from '../../sim/world/scenarios/shipping-labels.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

const REGIONS = ['eu', 'us'];

let rig: Rig;
/** Two incidents about the same trouble, which is over again; both may act. */
function story(scenario: Scenario): void {
  beforeAll(async () => {
    rig = await startRig({ ordersPerHour: 40 });
    await rig.world.start(scenario);
    const { alertname, code } = scenario.alert;
    for (const region of REGIONS) await rig.alert({ fingerprint: region }, { alertname, code, region });
    await rig.app.idle();
    await rig.skip(20);
    await rig.world.change((state, now) => scenario.recover?.(state, now));
    for (let passed = 0; passed < 8; passed += 1) await rig.skip(1);
  });
  afterAll(async () => {
    const refused = rig.slack.problems;
    await rig.stop();
    expect(refused).toEqual([]);
  });
}

/** Presses a button of that incident's card; what only the person reads. */
async function press(incident: string, button: RegExp): Promise<string> {
  const card = rig.slack
    .messages(ALERTS)
    .find(({ metadata }) => metadata?.event_payload['key'] === `card/${incident}`);
  if (card === undefined) throw new Error(`There is no card of ${incident}.`);
  const person = rig.slack.as('URESPONDER');
  await person.click(card, button.exec(JSON.stringify(card.blocks))?.[0] ?? String(button));
  await rig.app.idle();
  return person.ephemerals().at(-1)?.text ?? '';
}

const notYet = (title: string) =>
  `“${title}” was done to the same target, and nobody knows yet what came of it. Nothing was started. It belongs to OMS-1.`;

describe('two incidents see the same orders without a label', () => {
  story(carrierDown);

  test('no label is bought twice while the first attempts are on their way', async () => {
    const asked = () => rig.service.count('POST', /regenerate-label$/);
    const again = /Make the label again \(\d+\)/;
    await press('OMS-1', again);
    const once = asked();
    expect(once).toBeGreaterThan(5);
    expect(await press('OMS-2', again)).toContain(notYet('Make the label again'));
    expect(asked()).toBe(once);
    await rig.skip(2);
    expect((await rig.world.snapshot()).shipping).toMatchObject({ boughtTwice: 0 });
  });
});

describe('two incidents see the same orders that wait for their payment', () => {
  story(gatewayDown);

  test('one retry burns one try of each, not two', async () => {
    await press('OMS-1', /Retry payments/);
    expect(await press('OMS-2', /Retry payments/)).toContain(notYet('Retry payments'));
    expect(rig.service.count('POST', /retry-payments/)).toBe(1);
  });
});
