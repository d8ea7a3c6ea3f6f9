import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refundMethodGone, refundsGatewayDown } from '../../sim/world/scenarios/refunds.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');
const retries = () => rig.service.count('POST', /refunds\/ref_\w+\/retry$/);
const credits = () => rig.service.count('POST', /store-credit$/);
const paidTwice = async () => (await rig.world.snapshot()).refunds.paidTwice;

/** Starts the story and fires its alert; `naming` names the first refund of it that is late. */
function story(scenario: Scenario, naming = false): void {
  beforeAll(async () => {
    rig = await startRig({ restMs: 200 });
    await rig.world.start(scenario);
    const { alertname, code } = scenario.alert;
    const id = naming ? await firstLate() : '';
    await rig.alert({ annotations: { summary: `Refunds wait. ${id}` } }, { alertname, code });
    await rig.app.idle();
    // Down has to be said twice.
    await minutes(2);
  });
  afterAll(async () => {
    const refused = rig.slack.problems;
    await rig.stop();
    expect(refused).toEqual([]);
  });
}

async function firstLate(): Promise<string> {
  return await rig.world.read((state) => {
    const failed = [...state.refunds.values()].filter(({ errorCode }) => errorCode === 'REFUND_FAILED');
    return failed.sort((one, other) => one.createdAt - other.createdAt)[0]?.id ?? '';
  });
}

async function minutes(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed += 1) await rig.skip(1);
}

describe('the gateway is down, and refunds never reached it', () => {
  story(refundsGatewayDown);

  test('the card names the outage, and says what cannot be seen and why a retry waits', () => {
    expect(rig.card().text).toContain('prod · OMS-1 · Refund delays: broken');
    expect(card()).toContain('Payment gateway in trouble');
    expect(card()).toContain('R25');
    expect(card()).toContain('Retry refund waits: the gateway is not well, and a try now would fail again.');
    expect(card()).toContain('stands in no table that the bot reads');
  });

  test('said down twice, it is the cause', () =>
    expect(card()).toMatch(/Payment gateway in trouble: The health check has said down for/));

  test('a test refund is one click that tells that it failed, and nothing else', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Test a refund', { confirm: true, again: true });
    await rig.app.idle();
    expect(rig.service.count('POST', '/admin/test-refund')).toBe(1);
    expect(card()).toContain('A test refund failed: 503 Service Unavailable.');
    expect(retries() + credits()).toBe(0);
  });

  test('once it answers and nothing fails any more, the gateway tells what it lacks, and a retry is recommended', async () => {
    await rig.world.change((state, now) => refundsGatewayDown.recover?.(state, now));
    await rig.skip(6);
    await minutes(2);
    expect(card()).toContain('The gateway lacks 18 of ');
    expect(card()).toContain(
      'Recommended: “Payment gateway in trouble” is over, and the gateway still lacks',
    );
  });

  test('a click, delivered twice, asks once for each; the proof reads the gateway, not the list', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry refund', { again: true });
    await rig.app.idle();
    expect(retries()).toBe(18);
    await minutes(3);
    expect(thread()).toMatch(/\*Retry refund\*( \(\w+\))?, approved by .*\*helped\*/);
    expect(card()).toContain('Tell the customer: state, amount, expected day.');
    expect(await paidTwice()).toBe(0);
  });

  test('what the gateway has is on its way: healthy, however long the service lists it', async () => {
    const { alertname, code } = refundsGatewayDown.alert;
    await rig.alert({ status: 'resolved' }, { alertname, code });
    await minutes(3);
    expect(rig.card().text).toContain('resolved');
    expect((await rig.world.snapshot()).refunds.settling).toBeGreaterThan(18);
  });
});

describe('money cannot reach the customer any more', () => {
  story(refundMethodGone);
  let first = '';

  test('the card says that methods are gone, and no retry is possible', async () => {
    first = await firstLate();
    expect(card()).toContain('The first payment method is gone');
    expect(card()).toContain('Retry refund waits: its payment method is gone.');
    expect(retries()).toBe(0);
  });

  test('store credit takes a reason and a second person', async () => {
    const asker = rig.slack.as('UAPPROVER');
    await asker.click(rig.card(), `Give store credit: ${first}…`);
    await expect.poll(() => asker.modal()).not.toBeNull();
    expect(await asker.submit({ reason: 'closed' })).toMatchObject({ errors: {} });
    expect(await asker.submit({ reason: 'the card was closed, the customer agreed' })).toBe('closed');
    await rig.app.idle();
    const approve = `Approve: Give store credit: ${first}`;
    await asker.click(rig.card(), approve, { confirm: true });
    await rig.app.idle();
    expect(asker.ephemerals().at(-1)?.text).toContain('a second person has to approve it');
    const responder = rig.slack.as('URESPONDER');
    await responder.click(rig.card(), approve, { confirm: true });
    await rig.app.idle();
    expect(responder.ephemerals().at(-1)?.text).toContain('You may not approve');
    expect(credits()).toBe(0);
  });

  test('asked by one and approved by another, it is given once, proven, and leaves duties', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Refuse: Give store credit', { confirm: true });
    await rig.app.idle();
    const asker = rig.slack.as('URESPONDER');
    await asker.click(rig.card(), `Give store credit: ${first}…`);
    await expect.poll(() => asker.modal()).not.toBeNull();
    expect(await asker.submit({ reason: 'the card was closed, the customer agreed' })).toBe('closed');
    await rig.app.idle();
    await rig.slack
      .as('UAPPROVER')
      .click(rig.card(), `Approve: Give store credit: ${first}`, { confirm: true, again: true });
    await rig.app.idle();
    expect(credits()).toBe(1);
    await minutes(2);
    expect(thread()).toMatch(/\*Give store credit\*( \(\w+\))?, approved by .*\*helped\*/);
    expect(card()).toContain('Tell the customer: store credit, amount, why.');
    expect(card()).not.toContain(`Give store credit: ${first}`);
    expect(await rig.world.snapshot()).toMatchObject({ refunds: { credited: 1, paidTwice: 0 } });
  });
});

describe('a refund that a person named, retried while store credit for it waits for its second person', () => {
  story(refundsGatewayDown, true);

  test('the credit is refused: nobody knows yet what came of the retry', async () => {
    const id = await firstLate();
    await rig.world.change((state, now) => refundsGatewayDown.recover?.(state, now));
    await rig.skip(6);
    await minutes(2);
    const asker = rig.slack.as('URESPONDER');
    await asker.click(rig.card(), 'Give store credit…');
    await expect.poll(() => asker.modal()).not.toBeNull();
    expect(await asker.submit({ reason: 'the customer asked for credit' })).toBe('closed');
    await rig.app.idle();
    const before = rig.card();
    await asker.click(rig.card(), 'Retry refund (18)');
    await rig.app.idle();
    expect(retries()).toBe(18);
    const approver = rig.slack.as('UAPPROVER');
    await approver.click(before, 'Approve: Give store credit', { confirm: true });
    await rig.app.idle();
    expect(approver.ephemerals().at(-1)?.text).toContain('a retry of it is not proven yet');
    expect(card()).not.toContain('Approve: Give store credit');
    await minutes(3);
    // Proven, the gateway has it; the request that still stands pays nothing.
    await approver.click(before, 'Approve: Give store credit', { confirm: true });
    await rig.app.idle();
    expect(approver.ephemerals().at(-1)?.text).toContain('the gateway has it');
    expect(credits()).toBe(0);
    const paid = await rig.world.read((state) => state.refunds.get(id)?.paid.length);
    expect([paid, await paidTwice()]).toEqual([1, 0]);
  });
});

describe('a batch that stops before most of it was asked', () => {
  story(refundsGatewayDown);

  test('what nobody asked for was not tried in vain', async () => {
    await rig.world.change((state, now) => refundsGatewayDown.recover?.(state, now));
    await rig.skip(6);
    await minutes(2);
    rig.service.faults.add({
      match: { path: new RegExp(`${await firstLate()}/retry`) },
      fault: { mode: 'status', status: 422 },
    });
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry refund (18)');
    await rig.app.idle();
    expect(retries()).toBeLessThan(12);
    await minutes(3);
    expect(thread()).toContain('*partly helped*');
    expect(card()).toMatch(/Retry refund \(1\d\)/);
    expect(card()).not.toContain('a retry did not help it');
  });
});
