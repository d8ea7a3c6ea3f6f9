import { afterAll, beforeAll, expect, test } from 'vitest';
import { refundMethodGone } from '../../sim/world/scenarios/refunds.ts';
import { type Rig, startRig } from '../support/rig.ts';

/** What was asked for stands until its second person comes; what it waits for may have come up meanwhile. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ restMs: 200 });
  await rig.world.start(refundMethodGone);
  const { alertname, code } = refundMethodGone.alert;
  await rig.alert({ annotations: { summary: 'Refunds wait.' } }, { alertname, code });
  await rig.app.idle();
  await rig.skip(1);
  await rig.skip(1);
});
afterAll(async () => {
  const refused = rig.slack.problems;
  await rig.stop();
  expect(refused).toEqual([]);
});

test('store credit that was asked for before somebody refunded by hand is not given', async () => {
  const first = await rig.world.read((state) => {
    const failed = [...state.refunds.values()].filter(({ errorCode }) => errorCode === 'REFUND_FAILED');
    return failed.sort((one, other) => one.createdAt - other.createdAt)[0]?.id ?? '';
  });
  const asker = rig.slack.as('URESPONDER');
  await asker.click(rig.card(), `Give store credit: ${first}…`);
  await expect.poll(() => asker.modal()).not.toBeNull();
  expect(await asker.submit({ reason: 'the card was closed, the customer agreed' })).toBe('closed');
  await rig.app.idle();
  const before = rig.card();

  const option = { text: { type: 'plain_text', text: 'x' }, value: 'OMS-1 m4.1 refunded' };
  const menu = { type: 'static_select', action_id: 'oms_tick:0', options: [option] };
  const shown = { ...rig.card(), blocks: [{ type: 'actions', block_id: 'b', elements: [menu] }] };
  await rig.slack.as('UBYSTANDER').click(shown, { actionId: 'oms_tick:0' }, { option: option.value });
  await rig.app.idle();
  await rig.skip(1);
  const waits = 'waits: it may have been refunded by hand (m4.1), and would be paid twice.';
  expect(JSON.stringify(rig.card().blocks)).toContain(`Give store credit ${waits}`);
  expect(JSON.stringify(rig.card().blocks)).not.toContain('Approve: Give store credit');

  const approver = rig.slack.as('UAPPROVER');
  await approver.click(before, 'Approve: Give store credit', { confirm: true });
  await rig.app.idle();
  expect(rig.service.count('POST', /store-credit$/)).toBe(0);
  expect(approver.ephemerals().at(-1)?.text).toContain(waits);
});
