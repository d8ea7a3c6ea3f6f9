import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { ALERTS } from '../support/rig.ts';
import type { Story, Walk } from './kill.ts';
import { crashWithFew, events, stuckIn } from './stories.ts';

/** Each retry from the list is of an order that no walk before had. */
const retried = new Set<string>();

const PARTS: readonly { readonly steps: readonly string[]; readonly act: (walk: Walk) => Promise<void> }[] = [
  { steps: ['commit deadlines'], act: calledByTime },
  { steps: ['commit acknowledge', 'commit delivery done'], act: acknowledged },
  { steps: ['commit request', 'commit refuse'], act: askedAndRefused },
  { steps: ['commit retry from a list'], act: retriedFromList },
  { steps: ['commit freeze', 'commit unfreeze'], act: frozen },
];

/** What people decide beside the buttons of runs, and what the clock decides; it ends in PagerDuty. */
export const people: Story = {
  name: 'people',
  steps: [...PARTS.flatMap(({ steps }) => steps), 'accept pagerduty', 'commit resolve', 'commit pagerduty'],
  armedLater: ['commit deadlines'],
  labels: {},
  async prepare(world) {
    // One for each walk; so few that time alone climbs.
    await crashWithFew(world, 12);
  },
  actions: [],
  async after(walk, name) {
    for (const { steps, act } of PARTS) if (name === null || steps.includes(name)) await act(walk);
    await resolvedInPagerDuty(walk);
  },
  pages: [],
};

async function idOf({ incident }: Walk): Promise<string> {
  return (await incident())?.id ?? 'none';
}

/** Presses a button of that verb, wherever it stands on the incident's card. Resolves with whether it was taken. */
async function press({ world }: Walk, id: string, user: string, verb: string, value: string) {
  const card = world.slack
    .messages(ALERTS)
    .find(({ metadata }) => metadata?.event_payload['key'] === `card/${id}`);
  if (card === undefined) throw new Error(`No card of ${id} stands.`);
  const text = { type: 'plain_text', text: 'Press' };
  const button = { type: 'button', action_id: `${verb}:0`, value, text };
  return await world.slack
    .as(user)
    .click({ ...card, blocks: [{ type: 'actions', elements: [button] }] }, 'Press')
    .then(({ shown }) => shown === 'sent')
    .catch(() => false);
}

async function type({ world }: Walk, line: string): Promise<void> {
  await world.slack
    .as('URESPONDER')
    .command(ALERTS, line)
    .catch(() => undefined);
}

/** Does it until the journal has it, and looks that the journal has it once. */
async function once(walk: Walk, type: string, id: string | null, act: () => Promise<void>): Promise<void> {
  const count = async () => await events(walk.world, type, '', id ?? undefined);
  const before = id === null ? await count() : 0;
  await walk.until(`${type} is journaled`, async () => {
    if ((await count()) > before) return true;
    await act();
    await walk.settledWithin();
    return false;
  });
  await walk.until('all is settled', walk.settled);
  expect(await count(), `${type} twice`).toBe(before + 1);
}

/** Nobody is there while the 20 minutes end; whoever starts then dies at the commit that decides it. */
async function calledByTime(walk: Walk): Promise<void> {
  await walk.restart(async () => await walk.world.skipWorld(20));
  await once(walk, 'climbed', await idOf(walk), async () => undefined);
}

async function acknowledged(walk: Walk): Promise<void> {
  const id = await idOf(walk);
  await once(walk, 'acknowledged', id, async () => void (await press(walk, id, 'UBYSTANDER', 'oms_ack', id)));
}

async function askedAndRefused(walk: Walk): Promise<void> {
  const id = await idOf(walk);
  const person = walk.world.slack.as('URESPONDER');
  const offer = async (action: string, asked: boolean) =>
    (await walk.incident())?.offers.find(
      (one) => one.action === action && (one.requestedBy !== null) === asked,
    )?.id ?? 'none';
  await once(walk, 'requested', id, async () => {
    const form = await offer('R22', false);
    // On a busy machine a look can be too late for a finding; the next one is a minute away.
    if (form === 'none') await walk.world.skipWorld(1);
    else if (person.modal() === null) await press(walk, id, 'URESPONDER', 'oms_fill', form);
    await walk.settledWithin();
    const answers = { status: 'shipped', reason: 'warehouse confirmed the parcel', unchecked: 'yes' };
    if (person.modal() !== null) await person.submit(answers).catch(() => undefined);
  });
  if (person.modal() !== null) await person.close({ all: true });
  const asked = await offer('R22', true);
  await once(
    walk,
    'withdrawn',
    id,
    async () => void (await press(walk, id, 'UBYSTANDER', 'oms_refuse', asked)),
  );
}

async function retriedFromList(walk: Walk): Promise<void> {
  const { world } = walk;
  let order = 'none';
  await world.world.change((state) => {
    order = stuckIn(state.orders).find(({ id }) => !retried.has(id))?.id ?? order;
  });
  retried.add(order);
  const approvals = async () => await events(world, 'approved', order);
  let taken = false;
  await walk.until('the order is retried', async () => {
    if ((await approvals()) > 0) return true;
    // What surely did not happen may be asked for again, so it is pressed once more only where nobody took it.
    if (!taken) taken = await press(walk, await idOf(walk), 'URESPONDER', 'oms_run', `retry ${order}`);
    await walk.settledWithin();
    return false;
  });
  await walk.until('all is settled', walk.settled);
  expect(await approvals(), 'a retry twice').toBe(1);
}

async function frozen(walk: Walk): Promise<void> {
  await once(walk, 'frozen', null, async () => await type(walk, '/oms freeze 5m hands off'));
  await once(walk, 'freeze lifted', null, async () => await type(walk, '/oms unfreeze'));
}

async function resolvedInPagerDuty(walk: Walk): Promise<void> {
  const id = await idOf(walk);
  const agent = { type: 'user_reference', summary: 'Ann Smith' };
  const data = { incident_key: `oms/prod/${id}/1/rung-1` };
  const body = JSON.stringify({ event: { event_type: 'incident.resolved', agent, data } });
  const signature = createHmac('sha256', 'webhook-secret').update(body).digest('hex');
  let taken = false;
  await once(walk, 'resolved', id, async () => {
    if (taken) return;
    taken = await fetch(`http://127.0.0.1:${walk.port()}/pagerduty/webhook`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-pagerduty-signature': `v1=${signature}` },
    })
      .then(({ status }) => status === 202)
      .catch(() => false);
  });
}
