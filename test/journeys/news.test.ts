import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsLost } from '../../sim/world/scenarios/events-lost.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => await rig.stop());

/** What the bot said in the channel besides cards: replies that were sent there too. */
const broadcasts = () =>
  rig.slack
    .messages(ALERTS)
    .filter(({ bot_id, thread_ts, ts }) => bot_id === 'B0BOT' && (thread_ts ?? ts) !== ts);

describe('a verdict that people must notice', () => {
  test('one that comes after the card is one reply that the channel sees', async () => {
    // Slower than the second that the first post waits.
    const heal = rig.service.faults.add({ fault: { mode: 'slow', ms: 1_600 } });
    await rig.alert();
    await rig.app.idle();
    heal();
    expect(broadcasts()).toHaveLength(1);
    expect(broadcasts()[0]?.thread_ts).toBe(rig.card().ts);
    expect(broadcasts()[0]?.text).toContain('prod · OMS-1 · Orders stuck in processing');
  });

  test('the same verdict again says nothing', async () => {
    await rig.skip(2);
    expect(broadcasts()).toHaveLength(1);
  });

  test('a change to worse says so once', async () => {
    await rig.world.change((state, now) => eventsLost.start(state, now));
    await rig.skip(2);
    await rig.skip(2);
    const said = broadcasts().map(({ text }) => text);
    expect(said).toHaveLength(2);
    expect(said[1]).toMatch(/orders? ha(s|ve) been in processing for over 2 h/);
  });

  test('the thread holds every finding of the first diagnosis, once', () => {
    const replies = rig.slack.thread(ALERTS, rig.card().ts).map((reply) => JSON.stringify(reply));
    const found = replies.filter((text) => text.includes('What was found for OMS-1'));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/R16.*healthy.* ms/);
    expect(found[0]).toContain('*Causes*');
  });

  test('/oms show gives the newest findings to the asker', async () => {
    const person = rig.slack.as('UBYSTANDER');
    await person.command(ALERTS, '/oms show OMS-1');
    await rig.app.idle();
    await expect.poll(() => person.ephemerals().length).toBe(2);
    expect(person.ephemerals()[0]?.text).toContain('OMS-1 · Orders stuck in processing: broken');
    expect(JSON.stringify(person.ephemerals()[1]?.blocks)).toMatch(/\*R16\*.*\*broken\*/);
  });

  test('Slack refused nothing that was said', () => {
    expect(rig.slack.problems).toEqual([]);
  });
});
