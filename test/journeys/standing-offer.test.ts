import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.world.change((state, now) => workflowEngineCrash.start(state, now));
});
afterAll(async () => await rig.stop());

test('a form that was opened before the next look can still be submitted after it', async () => {
  await rig.alert();
  await rig.app.idle();
  const person = rig.slack.as('URESPONDER');
  await person.click(rig.card(), 'Set status by hand…');
  await rig.app.idle();
  await rig.skip(1);
  await rig.skip(1);
  const entries = { status: 'cancelled', reason: 'The customer was called.' };
  expect(await person.submit(entries)).toBe('closed');
  await rig.app.idle();
  expect(JSON.stringify(rig.card().blocks)).toContain('asks; a second person approves');
});

test('one submission asks once', () => {
  const asked = rig.slack.workspace.channels.flatMap(({ messages }) =>
    messages.filter(({ text }) => text.includes('asks for “Set status by hand”')),
  );
  expect(asked).toHaveLength(1);
});

test('approved after its order has changed it starts nothing, and says what the order is now', async () => {
  const open = async () => (await rig.app.parts.journal.openIncidents())[0];
  const request = (await open())?.offers.find(({ requestedBy }) => requestedBy !== null);
  await rig.world.change((state) => {
    const order = state.orders.get(request?.targets[0] ?? '');
    if (order === undefined) throw new Error('The world has no such order.');
    order.status = 'shipped';
    state.dirty.add(order.id);
  });
  await rig.slack.as('UAPPROVER').click(rig.card(), 'Approve: Set status by hand', { confirm: true });
  await rig.app.idle();
  expect((await open())?.runs).toMatchObject([
    { action: 'R22', line: 'Nothing was started: the order was processing and is shipped now.' },
  ]);
  expect(rig.service.count('PATCH', /status$/)).toBe(0);
});
