import { expect } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { ALERTS, newestCard } from '../support/rig.ts';
import type { Story, Walk, World } from './kill.ts';

/** The workflow engine was down, and only so many orders are stuck for it. */
export async function crashWithFew({ world }: World, most: number): Promise<void> {
  await world.change((state, now) => {
    if (state.scenarios.has(workflowEngineCrash.id)) return;
    state.scenarios.add(workflowEngineCrash.id);
    workflowEngineCrash.start(state, now);
    for (const order of stuckIn(state.orders).slice(most)) {
      order.status = 'shipped';
      order.errorCode = null;
      state.dirty.add(order.id);
    }
  });
}

export function stuckIn<Order extends { readonly status: string; readonly errorCode: string | null }>(
  orders: ReadonlyMap<string, Order>,
): readonly Order[] {
  return [...orders.values()].filter(
    ({ status, errorCode }) => status === 'processing' && errorCode !== null,
  );
}

/** Runbook 2, and a person who calls for help. */
export const stuckOrders: Story = {
  name: 'stuck orders',
  steps: [
    'accept alertmanager',
    'commit receive',
    'look R16',
    'look impact',
    'commit diagnosis',
    'post',
    'commit announced',
    'edit card',
    'accept slack',
    'commit approve',
    'binding R20',
    'commit run begins',
    'commit item begins',
    'call R20',
    'commit item ends',
    'commit run ends',
    'proof R20',
    'commit proof',
    'commit escalate',
    'page',
  ],
  labels: {},
  async prepare(world) {
    // A handful is enough to show a batch.
    await crashWithFew(world, 6);
  },
  actions: ['R20'],
  async after({ world, until, settledWithin, incident }) {
    await until('help is called', async () => {
      if (((await incident())?.climbed.length ?? 0) > 0) return true;
      await world.slack
        .as('UBYSTANDER')
        .click(newestCard(world.slack), 'Call for help')
        .catch(() => undefined);
      await settledWithin();
      return false;
    });
  },
  pages: ['1/rung-1'],
};

/** Runbook 1: a retry that leaves no trace to read back, a restart whose answer is lost, and Slack gone for a while. */
export const payments: Story = {
  name: 'payments',
  steps: [
    'look rights',
    'binding R5',
    'call R5',
    'proof R5',
    'binding R7',
    'call R7',
    'read back R7',
    'commit item read back',
    'proof R7',
    'commit complaint',
    'commit ticked',
    'commit page instead of Slack',
    'commit Slack is back',
  ],
  labels: { alertname: 'PaymentFailures', code: 'PAYMENT_FAILED' },
  async prepare(world) {
    await readyAgain(world);
    await world.world.change((state, now) => {
      const paid = [...state.orders.values()].filter(({ status }) => status === 'shipped').slice(0, 3);
      for (const order of paid) {
        order.status = 'pending_payment';
        order.updatedAt = now - 60 * 60_000;
        order.payment.stage = 'idle';
        state.dirty.add(order.id);
      }
    });
    world.kubernetes.faults.clear();
    world.kubernetes.faults.add({ match: { method: 'PATCH' }, fault: { mode: 'lost' }, times: 1 });
  },
  actions: ['R5', 'R7'],
  async after(walk, name) {
    if (name === null || name === 'commit complaint') await complained(walk);
    if (name === null || name === 'commit ticked') await ticked(walk);
    if (name === null || name.endsWith('Slack') || name.endsWith('back')) await slackGone(walk);
    const { world, until, settledWithin, incident } = walk;
    // Open incidents are looked at again and again; only this one is of interest.
    const id = (await incident())?.id;
    await until('it is resolved', async () => {
      await world.slack
        .as('URESPONDER')
        .command(ALERTS, `/oms resolve ${id} the story is over`)
        .catch(() => undefined);
      await settledWithin();
      return !(await world.store.journal.openIncidents()).some((open) => open.id === id);
    });
  },
  pages: [],
};

/** A rollout of the journey before comes to its end. Its retry's proof, for which the next retry waits, is cut short. */
async function readyAgain(world: World): Promise<void> {
  await world.skipWorld(3);
  await world.store.owner.query(`
    update incidents set look_at = null, body = jsonb_set(body, '{runs}', (
      select coalesce(jsonb_agg(case when jsonb_typeof(run -> 'proof') = 'object'
        then jsonb_set(run, '{proof}', run -> 'proof' || '{"verdict": "could not tell", "nextAt": null}') else run end), '[]')
      from jsonb_array_elements(body -> 'runs') run))
    where state = 'resolved'`);
}

/** A person reports what a customer says, and sends it once more only where nobody took it. */
async function complained({ world, region, until, settledWithin }: Walk): Promise<void> {
  const counted = async () => await events(world, 'alert joined', `customers of ${region}`);
  let taken = false;
  await until('the complaint is counted', async () => {
    taken ||=
      (await world.slack
        .as('UBYSTANDER')
        .command(ALERTS, `/oms report payment-failures customers of ${region} cannot pay`)
        .catch(() => null)) === 'ok';
    await settledWithin();
    return taken && (await counted()) > 0;
  });
  expect(await counted(), 'a complaint twice').toBe(1);
}

/** A person ticks a step by hand off, and again until it is noted. */
async function ticked({ world, until, settledWithin, incident }: Walk): Promise<void> {
  const { id } = (await incident()) ?? { id: 'none' };
  const noted = async () => await events(world, 'ticked', 'm1.1', id);
  const text = { type: 'plain_text', text: 'Tick' };
  const option = { text, value: `${id} m1.1 incident` };
  const menu = { type: 'static_select', action_id: 'oms_tick:0', placeholder: text, options: [option] };
  const card = { ...newestCard(world.slack), blocks: [{ type: 'actions', elements: [menu] }] };
  await until('the step is ticked off', async () => {
    if ((await noted()) > 0) return true;
    await world.slack
      .as('UBYSTANDER')
      .click(card, { actionId: 'oms_tick:0' }, { option: option.value })
      .catch(() => undefined);
    await settledWithin();
    return false;
  });
  expect(await noted(), 'a tick twice').toBe(1);
}

/** How many events of that type the journal has whose own words contain `words`. */
export async function events(world: World, type: string, words: string, incident?: string): Promise<number> {
  const { rows } = await world.store.owner.query<{ count: number }>(
    `select count(*)::int as count from journal j join journal_asides a on a.seq = j.seq
     where j.text::jsonb ->> 'type' = $1 and position($2 in a.text) > 0 and ($3::text is null or j.incident = $3)`,
    [type, words, incident ?? null],
  );
  return rows[0]?.count ?? 0;
}

async function slackGone({ world, region, until, settled, alert }: Walk): Promise<void> {
  const outages = async () => {
    const found = await world.store.owner.query<{ open: number; all: number }>(
      'select count(*) filter (where ended_at is null)::int as open, count(*)::int as all from slack_outages',
    );
    return found.rows[0] ?? { open: 0, all: 0 };
  };
  const before = (await outages()).all;
  const back = world.slack.faults.add({ match: { path: /^\/api\/chat/ }, fault: { mode: 'down' } });
  await until('another alert is taken', async () => await alert(`${region} 2`));
  await until('PagerDuty is told instead', async () => (await outages()).all > before);
  back();
  await until('Slack is back', async () => (await outages()).open === 0);
  await until('all is said', settled);
}
