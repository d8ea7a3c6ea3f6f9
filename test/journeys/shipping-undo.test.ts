import { afterAll, beforeAll, expect, test } from 'vitest';
import { CARRIER_SECRET, STAGED_SECRET, stageKey } from '../../sim/world/carrier.ts';
import { carrierCredentialsExpired } from '../../sim/world/scenarios/shipping-labels.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ ordersPerHour: 40 });
  await rig.world.start(carrierCredentialsExpired);
  await rig.world.change((state, now) => stageKey(state, 'pretend-key-of-another-shop', now));
  const { alertname, code } = carrierCredentialsExpired.alert;
  await rig.alert({}, { alertname, code });
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
const patches = () => rig.kubernetes.count('PATCH', /secrets\//);

function button(begins: string): string {
  const found = [...card().matchAll(/"type":"button","text":\{"type":"plain_text","text":"([^"]+)"/g)];
  const text = found.map(([, words]) => words ?? '').find((words) => words.startsWith(begins));
  if (text === undefined) throw new Error(`No button ${begins}: ${card()}`);
  return text;
}

async function ask(title: string): Promise<void> {
  const person = rig.slack.as('URESPONDER');
  await person.click(rig.card(), button(title));
  await rig.app.idle();
  expect(await person.submit({ reason: 'As agreed with the carrier.' })).toBe('closed');
  await rig.app.idle();
}

async function approve(title: string): Promise<void> {
  await rig.slack.as('UAPPROVER').click(rig.card(), button(`Approve: ${title}`), { confirm: true });
  await rig.app.idle();
}

async function minutes(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed += 1) await rig.skip(1);
}

async function key(name: string): Promise<string> {
  const value = await rig.world.read(({ cluster }) => cluster.secrets.get(name)?.data['api-key'] ?? '');
  return Buffer.from(value, 'base64').toString();
}

test('a secret that somebody changes between request and approval changes nothing', async () => {
  const before = await key(CARRIER_SECRET);
  await ask('Put the staged credentials in use');
  await rig.world.change((state, now) => stageKey(state, 'pretend-key-number-two', now));
  await approve('Put the staged credentials in use');
  expect(patches()).toBe(0);
  expect(card()).toContain('Nothing was started: somebody has changed one of the two secrets meanwhile.');
  expect(await key(CARRIER_SECRET)).toBe(before);
});

test('a wrong key is put in use and does not help', async () => {
  await minutes(1);
  await ask('Put the staged credentials in use');
  await approve('Put the staged credentials in use');
  expect(await key(CARRIER_SECRET)).toBe(await key(STAGED_SECRET));
  await minutes(1);
  await rig.slack.as('URESPONDER').click(rig.card(), button('Restart the service'), { confirm: true });
  await rig.app.idle();
  await minutes(14);
  expect(thread()).toMatch(/\*Restart the service\*, approved by .*\*did not help\*/);
  expect(thread()).toMatch(/\*Put the staged credentials in use\*, .*\*did not help\*/);
});

test('the undo is recommended, takes two people as well, and brings the values back once', async () => {
  expect(card()).toMatch(/Put the credentials back\*: .*Recommended: the new credentials did not help/);
  await ask('Put the credentials back');
  await rig.slack
    .as('URESPONDER')
    .click(rig.card(), button('Approve: Put the credentials back'), { confirm: true });
  await rig.app.idle();
  expect(patches()).toBe(1);
  await approve('Put the credentials back');
  expect(patches()).toBe(2);
  expect(await key(CARRIER_SECRET)).toMatch(/^pretend-carrier-key-/);
  await minutes(2);
  expect(thread()).toMatch(/\*Put the credentials back\*, .*\*helped\*/);
  expect(card()).not.toContain('*Put the credentials back*:');
});
