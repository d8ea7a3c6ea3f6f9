import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../../sim/slack/people/person.ts';
import { returnsEngineCrash } from '../../sim/world/scenarios/returns.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => {
  const refused = rig.slack.problems;
  await rig.stop();
  expect(refused).toEqual([]);
});

const card = () => JSON.stringify(rig.card().blocks);
const thread = () => rig.slack.thread(ALERTS, rig.card().ts);

/** Does something; the words that only this person reads, when all that follows from it is done. */
async function answered(who: string, act: (person: Person) => Promise<unknown>): Promise<string> {
  const person = rig.slack.as(who);
  const before = person.ephemerals().length;
  await act(person);
  await expect.poll(() => person.ephemerals().length).toBeGreaterThan(before);
  await rig.app.idle();
  return person.ephemerals().at(-1)?.text ?? '';
}

async function report(who: string, line: string): Promise<string> {
  return await answered(who, async (person) => await person.command(ALERTS, `/oms report ${line}`));
}

async function open(): Promise<readonly string[]> {
  const { rows } = await rig.store.owner.query<{ runbook: string }>(
    `select runbook from incidents where state <> 'resolved' order by opened_at`,
  );
  return rows.map(({ runbook }) => runbook);
}

describe('what a person reports', () => {
  test.each([
    ['refnd-delays slow', 'No runbook is called “refnd-delays”. Did you mean `refund-delays`?'],
    ['banana slow', 'No runbook is called “banana”. There is: payment-failures'],
    ['returns', 'It needs what you heard'],
  ])('`%s` is answered with what would be right, and opens nothing', async (line, said) => {
    expect(await report('UBYSTANDER', line)).toContain(said);
    expect(await open()).toEqual([]);
  });

  test('opens an incident with the person as its source', async () => {
    expect(
      await report('UBYSTANDER', 'returns a customer has waited a week, <!channel> ret_abc123'),
    ).toContain('OMS-1 is opened with it');
    expect(await open()).toEqual(['returns']);
    expect(card()).toContain('no alert is firing, 1 complaint at <!date');
  });

  test('its words stand in the thread as data, and nowhere else', async () => {
    const said = thread().find(({ text }) => text === '<@UBYSTANDER> reports a complaint.');
    expect(JSON.stringify(said?.blocks)).toContain('rich_text_preformatted');
    expect(JSON.stringify(said?.blocks)).toMatch(/a customer has waited a week, <!.*channel> ret_abc123/);
    expect(card()).not.toContain('waited a week');
    const { rows } = await rig.store.owner.query<{ body: string; chain: string }>(
      `select (select string_agg(body::text, '') from incidents) as body,
         (select string_agg(text, '') from journal) as chain`,
    );
    expect(rows[0]?.body).toContain('ret_abc123');
    expect(rows[0]?.body).not.toContain('waited a week');
    expect(rows[0]?.chain).not.toContain('waited a week');
  });

  test('joins the open incident, also from the same person, and is counted', async () => {
    expect(await report('UBYSTANDER', 'returns another one has no label')).toContain(
      'OMS-1 has it as complaint 2; the text stands in its thread.',
    );
    await report('URESPONDER', '9 a card 4242 4242 4242 4242 was refused');
    expect(await open()).toEqual(['returns']);
    expect(card()).toContain('3 complaints, first <!date');
    const said = JSON.stringify(thread().map(({ blocks }) => blocks));
    expect(said).not.toContain('4242 4242');
  });

  test('5,000 characters are kept as 3,000, and said so', async () => {
    const answer = await report('URESPONDER', `returns ${'long '.repeat(1_000)}`);
    expect(answer).toContain('Its first 3000 characters are kept.');
    expect(card()).toContain('4 complaints, first');
  });
});

describe('the shortcut of a message', () => {
  async function choose(who: string, text: string): Promise<Person> {
    const person = rig.slack.as(who);
    const message = person.say(ALERTS, text);
    await person.shortcut('oms_report', message);
    await expect.poll(() => person.modal()).not.toBeNull();
    return person;
  }

  test('opens a form with its words and what they may be about', async () => {
    const person = await choose('UBYSTANDER', 'Three customers say that their return is pending for ever');
    expect(JSON.stringify(person.modal()?.view)).toContain('"initial_value":"Three customers say');
    await person.close();
  });

  test('sent twice it is counted once', async () => {
    const person = await choose('UMANAGER', 'checkout fails for customers');
    const sent = await person.submit({ runbook: 'payment-failures' }, { again: true });
    expect(sent).toBe('updated');
    expect(JSON.stringify(person.modal()?.view)).toMatch(/OMS-2 is opened with it|counted already, in OMS-2/);
    await rig.app.idle();
    expect(await open()).toEqual(['returns', 'payment-failures']);
    expect(card()).toContain('1 complaint at');
    const texts = thread().filter(({ text }) => text === '<@UMANAGER> reports a complaint.');
    expect(texts).toHaveLength(1);
    await person.close();
  });

  test('without words nothing is sent', async () => {
    const person = await choose('UMANAGER', 'hm');
    const sent = await person.submit({ runbook: 'returns', text: '   ' });
    expect(sent).toMatchObject({ errors: { text: expect.stringContaining('It needs what you heard') } });
    await person.close();
  });
});

describe('complaints and the end', () => {
  test('they keep nothing open: healthy twice ends the incident', async () => {
    await rig.skip(1);
    await rig.skip(2);
    await rig.skip(2);
    expect(await open()).toEqual([]);
  });

  test('one more within ten minutes goes on with the same incident', async () => {
    expect(await report('UBYSTANDER', 'returns still nothing')).toContain('OMS-1 has it as complaint 5');
    expect(await open()).toEqual(['returns']);
  });

  test('they close nothing while an alert fires', async () => {
    await rig.world.start(returnsEngineCrash);
    const { alertname, code } = returnsEngineCrash.alert;
    await rig.alert({ fingerprint: 'r1' }, { alertname, code });
    await rig.app.idle();
    await rig.skip(2);
    await rig.skip(2);
    expect(await open()).toEqual(['returns']);
    const [first] = rig.slack
      .messages(ALERTS)
      .filter(({ metadata }) => metadata?.event_payload['key'] === 'card/OMS-1');
    expect(JSON.stringify(first?.blocks)).toContain('1 alert is firing, 5 complaints');
  });
});
