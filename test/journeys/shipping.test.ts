import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARRIER_SECRET, STAGED_SECRET, stageKey } from '../../sim/world/carrier.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import {
  carrierCredentialsExpired,
  carrierDown,
  invalidAddresses,
} from '../../sim/world/scenarios/shipping-labels.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');
const shipping = async () => (await rig.world.snapshot()).shipping;
const asked = () => rig.service.count('POST', /regenerate-label$/);
const patches = () => rig.kubernetes.count('PATCH', /secrets\//);

function story(scenario: Scenario, order: () => Promise<string> = async () => ''): void {
  beforeAll(async () => {
    rig = await startRig({ ordersPerHour: 40 });
    await rig.world.start(scenario);
    const { alertname, code, summary } = scenario.alert;
    await rig.alert({ annotations: { summary: `${summary} ${await order()}` } }, { alertname, code });
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

async function oldest(): Promise<string> {
  return await rig.world.read(({ orders }) => {
    const waits = [...orders.values()].filter(({ status }) => status === 'ready_to_ship');
    return waits.sort((one, other) => one.updatedAt - other.updatedAt)[0]?.id ?? '';
  });
}

/** The words of the button that begins so; the order or secret that it is for may stand behind. */
function button(begins: string): string {
  const found = [...card().matchAll(/"type":"button","text":\{"type":"plain_text","text":"([^"]+)"/g)];
  const text = found.map(([, words]) => words ?? '').find((words) => words.startsWith(begins));
  if (text === undefined) throw new Error(`No button ${begins}: ${card()}`);
  return text;
}

async function openForm(who: string, begins: string) {
  const person = rig.slack.as(who);
  await person.click(rig.card(), button(begins));
  await rig.app.idle();
  return person;
}

/** Every word that left the bot or that it kept. */
async function everything(): Promise<string> {
  const { rows } = await rig.store.owner.query<{ text: string }>(
    'select text from journal_asides union all select text from journal',
  );
  const offers = await rig.store.owner.query('select * from offers');
  const items = await rig.store.owner.query('select * from run_items');
  return JSON.stringify([rig.slack.requests, rows, offers.rows, items.rows]);
}

describe('the carrier’s credentials ran out', () => {
  story(carrierCredentialsExpired);

  test('the card says whose side it is, what waits and why', () => {
    expect(rig.card().text).toContain('prod · OMS-1 · Shipping label failures: broken');
    expect(card()).toContain('The carrier’s credentials ran out');
    expect(card()).toMatch(/packed orders have waited for a label for over 30 min/);
    expect(card()).toContain('Make the label again waits: the carrier refuses our key and would again.');
    expect(card()).toContain(
      'Restart the service waits: no pod is older than the credentials, there is nothing to pick up.',
    );
    expect(card()).toMatch(/Put the staged credentials in use\*: .*Recommended: the carrier refuses our key/);
  });

  test('nothing staged, an empty key and the same key are nothing to put in use', async () => {
    const change = async (data: Record<string, string> | null) => {
      await rig.world.change((state, now) => {
        const { cluster } = state;
        stageKey(state, 'pretend-carrier-key-77f0', now);
        const staged = cluster.secrets.get(STAGED_SECRET);
        if (staged !== undefined && data !== null) staged.data = data;
        if (data === null) cluster.secrets.delete(STAGED_SECRET);
      });
      await minutes(1);
      return card();
    };
    const waits = 'Put the staged credentials in use waits: ';
    expect(await change(null)).toContain(`${waits}nothing is staged in shipping-carrier-credentials-next.`);
    expect(await change({ 'api-key': '' })).toContain(`${waits}a value staged in`);
    const present = await rig.world.read(({ cluster }) => cluster.secrets.get(CARRIER_SECRET)?.data ?? {});
    expect(await change({ ...present })).toContain('is in use already.');
    await change({ 'api-key': Buffer.from('pretend-carrier-key-77f0').toString('base64') });
  });

  test('one person asks, and cannot approve it; somebody else who is no approver cannot either', async () => {
    const person = await openForm('UAPPROVER', 'Put the staged credentials in use');
    expect(await person.submit({ reason: 'too short' })).toMatchObject({ errors: {} });
    expect(await person.submit({ reason: 'The key ran out last night.' })).toBe('closed');
    await rig.app.idle();
    const approve = button('Approve: Put the staged credentials in use');
    await rig.slack.as('UAPPROVER').click(rig.card(), approve, { confirm: true });
    await rig.slack.as('URESPONDER').click(rig.card(), approve, { confirm: true });
    await rig.app.idle();
    expect(patches()).toBe(0);
    expect(rig.slack.as('UAPPROVER').ephemerals().at(-1)?.text).toContain(
      'a second person has to approve it. Nobody else is on the list; `approvals` in oms.yaml names them.',
    );
    const refuse = button('Refuse: Put the staged credentials in use');
    await rig.slack.as('UAPPROVER').click(rig.card(), refuse, { confirm: true });
    await rig.app.idle();
    const thread = rig.slack.thread(ALERTS, rig.card().ts).map(({ text }) => text);
    expect(thread.at(-1)).toMatch(
      /^Withdrawn: “Put the staged credentials in use” \(\S+\), which <@\w+> asked for\. <@UAPPROVER> said no\.$/,
    );
  });

  test('asked by the responder and approved by another, the keys change in one patch', async () => {
    const person = await openForm('URESPONDER', 'Put the staged credentials in use');
    expect(await person.submit({ reason: 'The key ran out last night.' })).toBe('closed');
    await rig.app.idle();
    await rig.slack.as('UAPPROVER').click(rig.card(), button('Approve: Put the staged credentials in use'), {
      confirm: true,
      again: true,
    });
    await rig.app.idle();
    expect(patches()).toBe(1);
    const key = await rig.world.read(({ cluster }) => cluster.secrets.get(CARRIER_SECRET)?.data['api-key']);
    expect(Buffer.from(key ?? '', 'base64').toString()).toBe('pretend-carrier-key-77f0');
  });

  test('no value was shown, logged or kept', async () => {
    const said = await everything();
    expect(said).toContain('key api-key');
    const values = await rig.world.read(({ cluster }) =>
      [...cluster.secrets.values()].flatMap(({ data }) => Object.values(data)),
    );
    for (const value of values) {
      expect(said).not.toContain(value);
      expect(said).not.toContain(Buffer.from(value, 'base64').toString());
    }
  });

  test('then the restart is recommended, and both are proven together', async () => {
    await minutes(1);
    expect(card()).toMatch(
      /Restart the service\*: .*Recommended: \d pods started before the credentials changed/,
    );
    await rig.slack.as('URESPONDER').click(rig.card(), 'Restart the service', { confirm: true });
    await rig.app.idle();
    await minutes(5);
    expect(thread()).toMatch(/\*Restart the service\*, approved by .*\*helped\*/);
    expect(thread()).toMatch(/\*Put the staged credentials in use\*, .*\*helped\*/);
    expect(card()).toContain('Put the credentials back waits: the carrier takes the new key.');
  });

  test('what waited gets its label, once', async () => {
    await minutes(2);
    expect(card()).toMatch(
      /Make the label again\*: .*Recommended: “The carrier’s credentials ran out” is over/,
    );
    const { waiting } = await shipping();
    await rig.slack.as('URESPONDER').click(rig.card(), button('Make the label again'), { again: true });
    await rig.app.idle();
    expect(asked()).toBeGreaterThan(10);
    expect(asked()).toBeLessThanOrEqual(waiting);
    await minutes(2);
    expect(thread()).toMatch(/\*Make the label again\*( \(\w+\))?, approved by .*\*helped\*/);
    expect(await shipping()).toMatchObject({ boughtTwice: 0 });
  });
});

describe('the carrier was down, and is up again', () => {
  story(carrierDown);

  test('said down twice it is the cause, and neither a label nor a restart is tried', async () => {
    await minutes(1);
    expect(card()).toMatch(/The carrier is down or throttles us: The carrier has not answered for/);
    expect(card()).toContain(
      'Make the label again waits: the carrier is not well, and a try now would fail again.',
    );
    expect(card()).toContain('Restart the service waits: a restart cannot cure an outage outside.');
    expect(card()).toMatch(/Put the staged credentials in use waits: nothing is staged/);
  });

  test('once it is over the labels are recommended; an order that got one by hand is left alone', async () => {
    await rig.world.change((state, now) => carrierDown.recover?.(state, now));
    await minutes(8);
    expect(card()).toMatch(/Recommended: “The carrier is down or throttles us” is over/);
    const byHand = await oldest();
    await rig.world.change(({ orders }) => {
      const shipment = orders.get(byHand)?.shipment;
      if (shipment !== undefined) shipment.labels = 1;
    });
    await rig.slack.as('URESPONDER').click(rig.card(), button('Make the label again'));
    await rig.app.idle();
    expect(rig.service.count('POST', new RegExp(`${byHand}/regenerate-label`))).toBe(0);
    expect(asked()).toBeGreaterThan(5);
    await minutes(2);
    expect(thread()).toMatch(/\*Make the label again\*( \(\w+\))?, approved by .*\*helped\*/);
    expect(await shipping()).toMatchObject({ boughtTwice: 0 });
  });
});

describe('addresses that no carrier finds', () => {
  story(invalidAddresses, oldest);

  test('no button helps: each says why it waits', async () => {
    expect(card()).toContain('Addresses are wrong or unfinished');
    expect(card()).toContain('Make the label again waits: its address was refused and not corrected since.');
    expect(card()).toContain('Put the staged credentials in use waits: the present key works.');
  });

  test('an address can be asked about, and is neither shown nor kept', async () => {
    const person = await openForm('URESPONDER', 'Validate an address');
    const street = '742 Evergreen Terrace';
    expect(await person.submit({ street, city: 'Springfield', state: 'OR', zip: 'ZQX 9' })).not.toBe(
      'failed',
    );
    // The service is asked after Slack has its answer.
    const modal = () => JSON.stringify(person.modal());
    await expect.poll(modal).toContain('The address that was asked about is not valid: look at zip.');
    await rig.app.idle();
    expect(rig.service.count('POST', '/admin/validate-address')).toBe(1);
    expect(card()).toContain(
      'The address that was asked about is not valid: look at zip. Asked by <@URESPONDER>',
    );
    const { rows } = await rig.store.owner.query<{ text: string }>(
      'select text from journal_asides union all select text from journal',
    );
    const inbox = await rig.store.owner.query('select * from inbox');
    for (const word of [street, 'Evergreen', 'Springfield', 'ZQX 9'])
      expect(JSON.stringify([rows, inbox.rows, rig.slack.requests])).not.toContain(word);
  });

  test('corrected by hand, that order’s label is recommended and made', async () => {
    const id = await oldest();
    await rig.world.change(({ orders }, now) => {
      const shipment = orders.get(id)?.shipment;
      if (shipment === undefined) return;
      shipment.addressValid = true;
      shipment.addressChangedAt = now;
    });
    await minutes(1);
    expect(card()).toContain('Recommended: the address was corrected since the last try.');
    await rig.slack.as('URESPONDER').click(rig.card(), button('Make the label again'));
    await rig.app.idle();
    expect(asked()).toBe(1);
    await minutes(2);
    expect((await rig.world.order(id))?.status).toBe('shipped');
    expect(thread()).toMatch(/\*Make the label again\*( \(\w+\))?, approved by .*\*helped\*/);
  });
});
