import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addReturn, receive } from '../../sim/world/returns.ts';
import {
  returnsEngineCrash,
  returnsHeld,
  returnsWindowWrong,
  returnsWithoutLabel,
} from '../../sim/world/scenarios/returns.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { YAML } from '../support/bot.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

const HOUR = 3_600_000;
let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');
const sent = (what: RegExp) => rig.service.count('POST', what);

/** Starts the story and fires its alert. */
function story(scenario: Scenario, yaml = YAML): void {
  beforeAll(async () => {
    rig = await startRig({ yaml });
    await rig.world.start(scenario);
    const { alertname, code } = scenario.alert;
    await rig.alert({}, { alertname, code });
    await rig.app.idle();
    await minutes(1);
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

/** The return that has waited the longest. */
async function oldest(): Promise<string> {
  return await rig.world.read((state) => {
    const waiting = [...state.returns.values()].filter(({ status }) => status === 'pending');
    return waiting.sort((one, other) => one.createdAt - other.createdAt)[0]?.id ?? '';
  });
}

describe('the fraud model holds returns', () => {
  story(returnsHeld);
  let id = '';

  test('the card shows who is held and how sure the model is; a retry is not offered', async () => {
    id = await oldest();
    expect(rig.card().text).toContain('prod · OMS-1 · Return processing failures: broken');
    expect(card()).toContain('5 returns have been pending for over 24 h');
    expect(card()).toContain('It holds 5 of the 5 that were looked at');
    expect(card()).toMatch(
      new RegExp(`${id} is approved past the fraud model: score 0\\.\\d\\d, held from 0\\.80 on`),
    );
    expect(card()).not.toContain('Retry return workflow');
  });

  test('goods that are back without their money are told too, and where to look', async () => {
    const id = await rig.world.change((state, now) => {
      state.conditions.returnsPaidBack = false;
      const back = addReturn(state, 'came in', now - 40 * HOUR);
      back.status = 'approved';
      receive(state, back, now - 30 * HOUR);
      return back.id;
    });
    await minutes(1);
    expect(card()).toMatch(
      /1 return came in over 24 h ago without a refund since, the oldest 30 h 1 min ago; runbook 4, refund delays/,
    );
    await rig.world.change((state) => {
      state.conditions.returnsPaidBack = true;
      const back = state.returns.get(id);
      if (back !== undefined) back.status = 'refunded';
    });
  });

  test('a manager’s approval alone counts: not a responder’s, not an approver’s, not the asker’s', async () => {
    const asker = rig.slack.as('URESPONDER');
    await asker.click(rig.card(), `Approve return: ${id}…`);
    await expect.poll(() => asker.modal()).not.toBeNull();
    expect(await asker.submit({ reason: 'known customer, parcel is back' })).toBe('closed');
    await rig.app.idle();
    const approve = `Approve: Approve return: ${id}`;
    for (const who of ['URESPONDER', 'UAPPROVER', 'UBYSTANDER']) {
      const person = rig.slack.as(who);
      await person.click(rig.card(), approve, { confirm: true });
      await rig.app.idle();
      expect(person.ephemerals().at(-1)?.text).toMatch(/You (?:asked for|may not approve) “Approve return”/);
    }
    const approver = rig.slack.as('UAPPROVER').ephemerals().at(-1)?.text;
    expect(approver).toContain('These may: <@UMANAGER>.');
    expect(sent(/approve$/)).toBe(0);
  });

  test('a manager says yes: once, with the reason, proven; the note is owed where nobody shows the bot a return’s notes', async () => {
    await rig.slack
      .as('UMANAGER')
      .click(rig.card(), `Approve: Approve return: ${id}`, { confirm: true, again: true });
    await rig.app.idle();
    expect(sent(/approve$/)).toBe(1);
    const notes = await rig.world.read((state) => state.returns.get(id)?.notes.map(({ text }) => text));
    expect(notes).toEqual(['approved by hand: known customer, parcel is back']);
    await minutes(2);
    expect(thread()).toMatch(/\*Approve return\*( \(\w+\))?, approved by .*\*helped\*/);
    expect(card()).toContain('Note the exception at the return: who, why.');
    expect(card()).toContain('4 returns have been pending for over 24 h');
  });

  test('a manager who asks cannot approve it, too', async () => {
    const next = await oldest();
    const manager = rig.slack.as('UMANAGER');
    await manager.click(rig.card(), `Approve return: ${next}…`);
    await expect.poll(() => manager.modal()).not.toBeNull();
    await manager.submit({ reason: 'also a known customer' });
    await rig.app.idle();
    await manager.click(rig.card(), `Approve: Approve return: ${next}`, { confirm: true });
    await rig.app.idle();
    expect(manager.ephemerals().at(-1)?.text).toContain('a second person has to approve it');
    expect(sent(/approve$/)).toBe(1);
  });
});

describe('the workflow engine was away', () => {
  story(returnsEngineCrash);

  test('it is back: the card recommends to retry all that wait', () => {
    expect(card()).toContain('14 returns have been pending for over 24 h');
    expect(card()).toContain('Workflow engine in trouble');
    expect(card()).toContain('Recommended: the workflow engine is back, and returns still wait.');
  });

  test('a click retries each once; the proof says how many moved', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry return workflow', { again: true });
    await rig.app.idle();
    expect(sent(/retry-workflow$/)).toBe(14);
    await rig.skip(9);
    await minutes(2);
    expect(thread()).toMatch(/\*Retry return workflow\*, approved by .*\*helped\*/);
    expect(thread()).toContain('14 of 14 finished');
  });

  test('the alert resolves, and so does the incident', async () => {
    const { alertname, code } = returnsEngineCrash.alert;
    await rig.alert({ status: 'resolved' }, { alertname, code });
    await minutes(3);
    expect(rig.card().text).toContain('resolved');
  });
});

describe('the window is counted wrongly', () => {
  story(returnsWindowWrong, YAML.replace('admin:', 'admin:\n  return: /admin/returns/{id}'));

  test('the card says that verdict and dates contradict each other, and offers an exception', async () => {
    const id = await oldest();
    expect(card()).toContain('The window is computed wrongly');
    expect(card()).toMatch(/The verdict on 5 of 5 returns contradicts its own dates and 30 days/);
    expect(card()).toContain('Recommended: the service counts its days wrongly.');
    const asker = rig.slack.as('URESPONDER');
    await asker.click(rig.card(), `Extend return window: ${id}…`);
    await expect.poll(() => asker.modal()).not.toBeNull();
    expect(await asker.submit({ days: '31', reason: 'the service counts wrongly' })).toMatchObject({
      errors: {},
    });
    expect(await asker.submit({ days: '14', reason: 'the service counts wrongly' })).toBe('closed');
    await rig.app.idle();
    await rig.slack
      .as('UAPPROVER')
      .click(rig.card(), `Approve: Extend return window: ${id}`, { confirm: true });
    await rig.app.idle();
    expect(sent(/extend-window$/)).toBe(1);
    await minutes(2);
    expect(thread()).toMatch(/\*Extend return window\*( \(\w+\))?, approved by .*\*helped\*/);
    expect(await rig.world.read((state) => state.returns.get(id)?.extraDays)).toBe(14);
  });

  test('the note that the service took with the reason is ticked off by the bot, which says from what', () => {
    expect(thread()).toMatch(/Note the exception at the return: who, why, how many days\. \(ret_\w+\)/);
    expect(thread()).toContain('oms-bot, from the return’s notes has done: Note the exception at the return');
    expect(card()).not.toContain('Note the exception');
    expect(card()).toContain('Tell customer service');
  });
});

describe('the carrier makes no labels', () => {
  story(returnsWithoutLabel);

  test('the card names the carrier, and recommends nothing that would stop there again', () => {
    expect(card()).toContain('Labels of returns fail');
    expect(card()).toContain('The carrier has not answered for');
    expect(card()).not.toContain('Recommended:');
  });

  test('once it answers, the retry is recommended', async () => {
    await rig.world.change((state, now) => returnsWithoutLabel.recover?.(state, now));
    await rig.skip(7);
    await minutes(2);
    expect(card()).toContain('Recommended: “Labels of returns fail” is over, and returns still wait.');
  });
});
