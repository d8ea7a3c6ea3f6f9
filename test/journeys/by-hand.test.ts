import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../../sim/slack/people/person.ts';
import { rateLimited } from '../../sim/world/scenarios/payment-failures.ts';
import { YAML } from '../support/bot.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

const MENU = { actionId: 'oms_tick:0' };
const yaml = `${YAML}
links:
  gatewayStatus: https://status.example/gateway
`;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ yaml });
  // Then the bot cannot see for itself what the provider says.
  rig.statusPages.gateway.faults.add({ fault: { mode: 'down' } });
  await rig.world.start(rateLimited);
  await rig.alert({}, { alertname: 'PaymentFailures', code: 'PAYMENT_FAILED' });
  await rig.app.idle();
});
afterAll(async () => {
  const refused = rig.slack.problems;
  await rig.stop();
  expect(refused).toEqual([]);
});

const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');

/** Does something; the answer that only this person sees, when all that follows from it is done. */
async function answered(who: string, act: (person: Person) => Promise<unknown>) {
  const person = rig.slack.as(who);
  const before = person.ephemerals().length;
  await act(person);
  await expect.poll(() => person.ephemerals().length).toBeGreaterThan(before);
  await rig.app.idle();
  return person.ephemerals().at(-1);
}

/** Chooses a line of the menu. */
async function tick(who: string, step: string, answer: string, on = rig.card(), again = false) {
  const option = `OMS-1 ${step} ${answer}`;
  return (await answered(who, async (person) => await person.click(on, MENU, { option, again })))?.text;
}

async function ticked(): Promise<readonly (readonly [string, string])[]> {
  const { rows } = await rig.store.owner.query<{ by: string; answer: string }>(
    `select a.text::jsonb -> 'tick' ->> 'by' as by, a.text::jsonb -> 'tick' ->> 'answer' as answer
     from journal_asides a where a.text::jsonb ->> 'type' = 'ticked' order by a.seq`,
  );
  return rows.map(({ by, answer }) => [by, answer] as const);
}

describe('steps by hand', () => {
  test('stand on the card with owner and link, or with the key that is not set', async () => {
    await rig.skip(1);
    expect(card()).toContain('Look at the provider’s status page.');
    expect(card()).toContain('<https://status.example/gateway|Open>');
    expect(card()).toContain('For whoever is on call.');
  });

  test('what somebody saw is noted once by name, and feeds the cause', async () => {
    expect(card()).not.toContain('*Cause* Payment gateway down');
    const before = rig.card();
    expect(await tick('UBYSTANDER', 'm1.1', 'incident', before, true)).toContain(
      'Noted with your name: Look at the provider’s status page. Incident.',
    );
    expect(await ticked()).toEqual([['UBYSTANDER', 'incident']]);
    expect(card()).toContain('<@UBYSTANDER>: *incident*');
    expect(card()).toContain('A person saw an incident on the provider’s status page.');
    expect(thread()).toContain('<@UBYSTANDER>: *incident*');
  });

  test('the same word again is one click', async () => {
    expect(await tick('UBYSTANDER', 'm1.1', 'incident')).toContain('Noted already with your name');
    expect(await ticked()).toHaveLength(1);
  });

  test('anybody’s later word counts instead', async () => {
    await tick('URESPONDER', 'm1.1', 'up');
    expect(card()).toContain('<@URESPONDER>: *up*');
    expect(card()).not.toContain('<@UBYSTANDER>: *incident*');
    expect(card()).not.toContain('A person saw an incident');
    expect(await ticked()).toEqual([
      ['UBYSTANDER', 'incident'],
      ['URESPONDER', 'up'],
    ]);
  });

  test.each([
    ['a step of no runbook', 'OMS-1 m1.9 done', 'belongs to no step'],
    ['a step of another runbook', 'OMS-1 m3.1 done', 'belongs to no step'],
    ['an incident that never was', 'OMS-99 m1.1 up', 'belongs to no step'],
    ['an answer that nobody offers', 'OMS-1 m1.1 <!channel>', 'is no answer'],
    ['something else', 'offer-17', 'belongs to no step'],
  ])('%s is refused in words', async (_what, value, said) => {
    const option = { text: { type: 'plain_text', text: 'x' }, value };
    const placeholder = { type: 'plain_text', text: 'y' };
    const menu = { type: 'static_select', action_id: 'oms_tick:0', placeholder, options: [option] };
    const old = { ...rig.card(), blocks: [{ type: 'actions', block_id: 'b', elements: [menu] }] };
    const answer = await answered(
      'UBYSTANDER',
      async (person) => await person.click(old, MENU, { option: value }),
    );
    expect(answer?.text).toContain(said);
    expect(await ticked()).toHaveLength(2);
  });
});

describe('the gateway is down', () => {
  test('the backup processor is offered to be switched to, and the tick owes the way back', async () => {
    await rig.world.change((state, now) => rateLimited.recover?.(state, now));
    // The log window has nothing of the first trouble any more.
    await rig.skip(31);
    await rig.world.change((state) => {
      state.conditions.gateway = 'down';
    });
    await rig.skip(1);
    await rig.skip(1);
    expect(card()).toContain('Switch to the backup processor, if there is one.');
    expect(card()).toContain('No link configured (`links.backupGateway`)');
    const before = rig.card();
    expect(await tick('URESPONDER', 'm1.4', 'done')).toContain('Owed now: Switch back from the backup');
    expect(card()).toContain('Switch to the backup processor, if there is one. <@URESPONDER> has done it');
    expect(card()).toContain('*Owed*');
    expect(await tick('UBYSTANDER', 'm1.4', 'done', before)).toContain('<@URESPONDER> ticked it off already');
    const owed = await answered('UBYSTANDER', async (person) => await person.command(ALERTS, '/oms owed'));
    expect(JSON.stringify(owed)).toContain(
      'Switch back from the backup processor once the gateway is well again. For the payments team.',
    );
  });

  test('the text for the provider comes by one click, to whoever asks', async () => {
    const texts = await answered(
      'UBYSTANDER',
      async (person) => await person.click(rig.card(), 'Text to copy'),
    );
    expect(JSON.stringify(texts?.blocks)).toMatch(
      /our payments through api\.stripe\.com fail.*The health check says down on 3 of 3/,
    );
  });

  test('the card of a resolved incident answers that it is too late', async () => {
    const old = rig.card();
    await rig.slack.as('URESPONDER').command(ALERTS, '/oms resolve OMS-1 the provider is back');
    await rig.app.idle();
    expect(card()).not.toContain('*By hand*');
    expect(await tick('UBYSTANDER', 'm1.1', 'up', old)).toContain('OMS-1 is resolved already');
    expect(await ticked()).toHaveLength(3);
  });
});
