import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsLost } from '../../sim/world/scenarios/events-lost.ts';
import { type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const posted = (path: RegExp) => rig.service.count('POST', path);

describe('orders whose events never reached Kafka', () => {
  beforeAll(async () => {
    rig = await startRig();
    await rig.world.start(eventsLost);
    await rig.alert();
    await rig.app.idle();
    // A machine with other work may be slower than a check's deadline; the next look is as good.
    for (let looks = 0; looks < 5 && card().includes('Could not look'); looks += 1) await rig.skip(1);
  }, 60_000);
  afterAll(async () => {
    const refused = rig.slack.problems;
    await rig.stop();
    expect(refused).toEqual([]);
  });

  test('the card names the event that is missing, and that it is the cause', () => {
    const said = 'fulfillment.requested of 5 of the 5 oldest stuck orders never reached Kafka';
    expect(card()).toContain(`• ${said}.`);
    expect(card()).toContain(`*Cause* Events never got to Kafka: ${said}.`);
    expect(card()).toContain(`*Republish events*: The events of 22 orders are sent again.`);
    expect(card()).toContain(`Recommended: ${said}.`);
  });

  test('a retry waits for them', () => {
    expect(card()).toContain('Retry workflow waits: events of these orders are missing in Kafka');
  });

  test('a status by hand asks for no tick: the events were looked at', async () => {
    const person = rig.slack.as('URESPONDER');
    await person.click(rig.card(), 'Set status by hand…');
    await expect.poll(() => person.modal()).not.toBeNull();
    const modal = JSON.stringify(person.modal());
    expect(modal).toContain('Kafka misses fulfillment.requested of it');
    expect(modal).not.toContain('nobody looked at the events');
    await person.close();
  });

  test('one click sends each order’s events once', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Republish events', { again: true });
    await rig.app.idle();
    expect(posted(/republish-events/)).toBe(22);
    expect(posted(/retry-workflow/)).toBe(0);
  });

  test('the proof sees the events in Kafka, and then the orders leave', async () => {
    await rig.skip(1);
    expect(card()).toContain('22 asked');
    for (let minutes = 0; minutes < 17; minutes += 1) await rig.skip(1);
    expect(card()).toContain('22 of 22 finished');
    expect(card()).not.toContain('never reached Kafka');
  });
});
