import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { YAML } from '../support/bot.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    yaml: YAML.replace('trustedSenders', 'channels: { warehouse: "#warehouse" }\ntrustedSenders'),
  });
  await rig.world.change((state, now) => workflowEngineCrash.start(state, now));
  await rig.alert();
  await rig.app.idle();
});
afterAll(async () => await rig.stop());

const card = () => JSON.stringify(rig.card().blocks);

/** The newest answer that only this person sees. */
async function list(who: string) {
  const person = rig.slack.as(who);
  await person.command(ALERTS, '/oms owed');
  await rig.app.idle();
  const answer = person.ephemerals().at(-1);
  if (answer === undefined) throw new Error('There is no answer.');
  return answer;
}

/** One order by hand, asked for by one and approved by another. */
async function setByHand(): Promise<void> {
  const asker = rig.slack.as('URESPONDER');
  await asker.click(rig.card(), 'Set status by hand…');
  await expect.poll(() => asker.modal()).not.toBeNull();
  await asker.submit({ status: 'shipped', reason: 'warehouse confirmed the parcel' });
  await rig.app.idle();
  await rig.slack.as('UAPPROVER').click(rig.card(), 'Approve: Set status by hand', { confirm: true });
  await rig.app.idle();
}

describe('what a run leaves to do', () => {
  test('stands on the card, for the team or for whoever asked', async () => {
    await setByHand();
    expect(card()).toMatch(/Tell the warehouse: .* For <@URESPONDER>/);
  });

  test('the note that the service took with the reason is ticked off by the bot, which says from what', () => {
    const thread = rig.slack.thread(ALERTS, rig.card().ts).map(({ text }) => text);
    expect(thread.join('\n')).toMatch(
      /Add the order note: who, why, old → new status\. \(ord_\w+\) For the orders team/,
    );
    expect(thread.join('\n')).toContain('oms-bot, from X10 has done: Add the order note');
    expect(card()).not.toContain('Add the order note');
  });

  test('is posted to its team once, with what happened', async () => {
    const [post, ...more] = rig.slack.messages('#warehouse');
    expect(more).toEqual([]);
    expect(post?.text).toMatch(
      /^OMS-1 Orders stuck in processing \(prod\): The status of ord_\w+ was set by hand: processing → shipped\.$/,
    );
    expect(JSON.stringify(post?.blocks)).toContain('It comes from what <@URESPONDER> did.');
  });

  test('is listed for anybody, and one press with a name ticks it off', async () => {
    await setByHand();
    const owed = await list('UBYSTANDER');
    expect(owed.text).toBe('2 duties are owed.');
    const person = rig.slack.as('UBYSTANDER');
    await person.click(owed, 'Done');
    await rig.app.idle();
    expect(person.ephemerals().at(-1)?.text).toContain('Ticked off with your name: Tell the warehouse');
    const thread = rig.slack.thread(ALERTS, rig.card().ts).map(({ text }) => text);
    expect(thread.join()).toContain('<@UBYSTANDER> has done: Tell the warehouse');
    expect(thread.join()).not.toContain('By hand: Tell the warehouse');
  });

  test('pressed again says who did it', async () => {
    const person = rig.slack.as('UBYSTANDER');
    const old = person.ephemerals().find(({ text }) => text === '2 duties are owed.');
    if (old === undefined) throw new Error('The list is gone.');
    await person.click(old, 'Done');
    await rig.app.idle();
    expect(person.ephemerals().at(-1)?.text).toContain('<@UBYSTANDER> ticked it off already');
  });

  test('and the step by hand for it are one: a tick of the step ends the duty, and what is owed anew asks anew', async () => {
    const person = rig.slack.as('UBYSTANDER');
    const step = /\*Tell the warehouse: order, old → new status, by whom\.\* For <@URESPONDER>/;
    expect(card()).toMatch(step);
    await person.click(rig.card(), { actionId: 'oms_tick:0' }, { option: 'OMS-1 m3.3 done' });
    await rig.app.idle();
    expect(person.ephemerals().at(-1)?.text).toContain('Noted with your name: Tell the warehouse');
    expect((await list('UBYSTANDER')).text).toBe('Nothing is owed.');
    expect(card()).not.toMatch(step);
    await setByHand();
    expect(card()).toMatch(step);
  });

  test('outlives its incident', async () => {
    const person = rig.slack.as('URESPONDER');
    await person.command(ALERTS, '/oms resolve OMS-1 all orders are on their way');
    await rig.app.idle();
    expect(rig.card().text).toContain('resolved');
    expect(card()).toContain('Tell the warehouse');
    const newest = () => rig.slack.messages('#warehouse').at(-1);
    const post = newest();
    if (post === undefined) throw new Error('Nothing stands in the warehouse.');
    await rig.slack.as('UBYSTANDER').click(post, 'Done', { again: true });
    await expect.poll(() => newest()?.text).toContain('Done by <@UBYSTANDER>');
    await rig.app.idle();
    expect(JSON.stringify(newest()?.blocks)).not.toContain('oms_done');
    expect(card()).not.toContain('Tell the warehouse');
    expect((await list('URESPONDER')).text).toBe('Nothing is owed.');
  });

  test('is journaled with the names', async () => {
    const found = await rig.store.owner.query<{ by: string }>(
      `select text::jsonb ->> 'by' as by from journal where text::jsonb ->> 'type' = 'duty done' order by seq`,
    );
    expect(found.rows.map(({ by }) => by)).toEqual([
      ...Array(2).fill('oms-bot, from X10'),
      ...Array(2).fill('UBYSTANDER'),
      'oms-bot, from X10',
      'UBYSTANDER',
    ]);
    expect(rig.slack.problems).toEqual([]);
  });
});

describe('a team whose channel is gone', () => {
  test('is told by the people at the card', async () => {
    rig.slack.channel('warehouse').archive();
    await rig.skip(11);
    await rig.alert({ fingerprint: 'again' });
    await rig.app.idle();
    const asker = rig.slack.as('URESPONDER');
    await asker.click(rig.card(), 'Set status by hand…');
    await expect.poll(() => asker.modal()).not.toBeNull();
    await asker.submit({ status: 'cancelled', reason: 'the customer called it off' });
    await rig.app.idle();
    await rig.slack.as('UAPPROVER').click(rig.card(), 'Approve: Set status by hand', { confirm: true });
    const thread = () => rig.slack.thread(ALERTS, rig.card().ts).map(({ text }) => text);
    await expect
      .poll(() => thread().join('\n'), { timeout: 10_000 })
      .toMatch(/This could not be said in #warehouse: .*Please tell them by hand/);
  });
});
