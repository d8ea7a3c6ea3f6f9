import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startPagerDuty } from '../../sim/pagerduty/pagerduty.ts';
import { plantStuck } from '../../sim/world/scenarios/scenario.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { YAML } from '../support/bot.ts';
import { ALERTS, type Rig, ROUTING_KEY, startRig } from '../support/rig.ts';

const MINUTE = 60_000;
const ORDERS = 12;

let rig: Rig;
let pagerduty: Awaited<ReturnType<typeof startPagerDuty>>;
/** What happens just before a step of the bot, by its name. */
const before = new Map<string, () => Promise<void>>();

beforeAll(async () => {
  let port = 0;
  pagerduty = await startPagerDuty({
    routingKeys: { [ROUTING_KEY]: 'orders' },
    webhook: {
      get url() {
        return `http://127.0.0.1:${port}/pagerduty/webhook`;
      },
      secret: 'webhook-secret',
    },
  });
  rig = await startRig({
    pagerduty: pagerduty.url,
    yaml: YAML.replace('approvers: [UAPPROVER]', 'approvers: [UAPPROVER, URESPONDER, SONCALL]'),
    step: async (name, work) => {
      await before.get(name)?.();
      return await work();
    },
  });
  port = rig.app.port();
  rig.slack.addUserGroup({ id: 'SONCALL', handle: 'oncall', users: ['UONCALL'] });
  await rig.world.change((state, now) =>
    plantStuck(state, {
      label: 'few',
      count: ORDERS,
      from: now - 200 * MINUTE,
      to: now - 150 * MINUTE,
      each: (order) => {
        order.poison = true;
      },
    }),
  );
  await rig.alert();
  await rig.app.idle();
});
afterEach(() => before.clear());
afterAll(async () => {
  await rig.stop();
  await pagerduty.stop();
});

async function first(): Promise<Incident> {
  const [found] = await rig.app.parts.journal.openIncidents();
  if (found === undefined) throw new Error('No incident is open.');
  return found;
}
function cardOf(id: string) {
  const card = rig.slack
    .messages(ALERTS)
    .find(({ metadata }) => metadata?.event_payload['key'] === `card/${id}`);
  if (card === undefined) throw new Error(`No card of ${id} stands.`);
  return card;
}
const isAnswer = ({ text, thread_ts }: { readonly text: string; readonly thread_ts?: string }) =>
  thread_ts === cardOf('OMS-1').ts &&
  text.includes(
    'Ann Smith resolved it in PagerDuty; it goes on here. “Retry workflow” is still running; OMS-1 stays open',
  );
const said = (id: string) => rig.slack.as(id).ephemerals().at(-1)?.text ?? '';
const patches = () => rig.service.count('PATCH', /status$/);
const retries = () => rig.service.count('POST', /retry-workflow$/);
const requests = async () => (await first()).offers.filter(({ requestedBy }) => requestedBy !== null);

const FORM = { status: 'shipped', reason: 'warehouse confirmed the parcel' };
const APPROVE = 'Approve: Set status by hand';

/** Fills the form of R22 and submits it; the request then waits for a second person. */
async function ask(id: string, again = false) {
  const person = rig.slack.as(id);
  await person.click(rig.card(), 'Set status by hand…');
  await expect.poll(() => person.modal()).not.toBeNull();
  const answer = await person.submit(FORM, { again });
  await rig.app.idle();
  return answer;
}

describe('a press whose answer Slack does not take', () => {
  test('is not worked on again: help is called once, however long that lasts', async () => {
    const back = rig.slack.faults.add({ match: { path: /^\/actions/ }, fault: { mode: 'down' } });
    await rig.slack.as('UBYSTANDER').click(rig.card(), 'Call for help');
    const failed = async () => await rig.store.owner.query('select from inbox where trouble is not null');
    await expect.poll(async () => (await failed()).rowCount).toBe(1);
    // A second press would be a second call by now.
    await rig.skipWorld(2);
    back();
    await rig.app.idle();
    expect((await first()).climbed).toMatchObject([{ rung: 1, reason: 'asked' }]);
  });
});

describe('a request for a second person', () => {
  test('whose form is submitted twice is one request', async () => {
    await ask('URESPONDER', true);
    expect(await requests()).toHaveLength(1);
  });

  test('is not approved by the asker, on whatever device, although they are an approver', async () => {
    await Promise.all([
      rig.slack.as('URESPONDER').click(rig.card(), APPROVE, { confirm: true }),
      rig.slack.as('URESPONDER').click(rig.card(), APPROVE, { confirm: true }),
    ]);
    await rig.app.idle();
    expect(said('URESPONDER')).toContain('a second person has to approve it');
    expect(patches()).toBe(0);
  });

  test('that expires between the click and the commit does not run', async () => {
    before.set('commit approve', async () => await rig.skipWorld(16));
    await rig.slack.as('UAPPROVER').click(rig.card(), APPROVE, { confirm: true });
    await expect.poll(() => said('UAPPROVER'), { timeout: 10_000 }).not.toBe('');
    before.clear();
    await rig.app.idle();
    expect(said('UAPPROVER')).toMatch(/expired|has changed since/);
    expect(await requests()).toEqual([]);
    expect(patches()).toBe(0);
  });

  test('that is approved and refused at the same instant is one of the two, and both read which', async () => {
    await ask('URESPONDER');
    await Promise.all([
      rig.slack.as('UAPPROVER').click(rig.card(), APPROVE, { confirm: true }),
      rig.slack.as('UBYSTANDER').click(rig.card(), 'Refuse: Set status by hand', { confirm: true }),
    ]);
    await rig.app.idle();
    const ran = patches();
    expect(ran).toBeLessThan(2);
    expect(said('UAPPROVER')).toContain(ran === 1 ? 'is approved and starts now' : 'has changed since');
    expect(said('UBYSTANDER')).toContain(ran === 1 ? 'It does not run twice.' : 'was not started');
  });
});

describe('who may is asked of Slack', () => {
  test('which is slow: the click is a no that says so, and nothing else stands still', async () => {
    const back = rig.slack.faults.add({ match: { path: /usergroups/ }, fault: { mode: 'slow', ms: 60_000 } });
    await ask('URESPONDER');
    const ran = patches();
    rig.slack.channel('orders-alerts').invite('UONCALL');
    await rig.slack.as('UONCALL').click(rig.card(), APPROVE, { confirm: true });
    // An alert that comes meanwhile waits for nobody.
    await rig.alert({ fingerprint: 'f2' }, { region: 'eu' });
    await expect.poll(() => rig.card().text, { timeout: 10_000, interval: 20 }).toContain('OMS-2');
    expect(said('UONCALL')).toBe('');
    await expect
      .poll(() => said('UONCALL'), { timeout: 10_000 })
      .toContain('Slack did not say whether you may');
    back();
    await rig.app.idle();
    expect(patches()).toBe(ran);
  });
});

describe('a run that is under way', () => {
  /** Waits until a retry is offered. */
  async function offered(): Promise<void> {
    for (let looks = 0; looks < 6; looks += 1) {
      const standing = (await first()).offers.find(({ action }) => action === 'R20');
      if (standing !== undefined && standing.waits === null) return;
      await rig.skip(8);
    }
    throw new Error('No retry was offered.');
  }

  /** Presses *Retry workflow*; its first calls wait until the returned function is called. */
  async function retrying(): Promise<() => void> {
    await offered();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered = 0;
    before.set('call R20', async () => {
      entered += 1;
      await gate;
    });
    await rig.slack.as('URESPONDER').click(cardOf('OMS-1'), 'Retry workflow');
    await expect.poll(() => entered, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0);
    return release;
  }

  test('is not resolved away, by nobody: whoever tries it in PagerDuty is told in the thread', async () => {
    const release = await retrying();
    await rig.slack.as('URESPONDER').command(ALERTS, '/oms resolve OMS-1 all is well');
    await expect
      .poll(() => said('URESPONDER'), { timeout: 10_000 })
      .toContain('is still running; OMS-1 stays open');
    pagerduty.resolve(pagerduty.incidents[0]?.id ?? '', 'Ann Smith');
    await expect.poll(() => rig.slack.messages(ALERTS).filter(isAnswer)).toHaveLength(1);
    release();
    await rig.app.idle();
    expect(rig.slack.messages(ALERTS).filter(isAnswer)).toHaveLength(1);
    expect((await first()).runs.at(-1)).toMatchObject({
      outcome: 'done',
      counts: { done: ORDERS - patches() },
    });
  });

  test('stops at a freeze between two of its items, and says how far it came', async () => {
    const sent = retries();
    const release = await retrying();
    await rig.slack.as('URESPONDER').command(ALERTS, '/oms freeze 5m hands off');
    await expect.poll(() => said('URESPONDER'), { timeout: 10_000 }).toContain('Changes are frozen for');
    release();
    await rig.app.idle();
    const run = (await first()).runs.at(-1);
    expect(run?.counts.unsent).toBeGreaterThan(0);
    expect(retries() - sent).toBe(run?.counts.done);
    expect(run?.line).toContain('changes were frozen');
    await rig.slack.as('URESPONDER').command(ALERTS, '/oms unfreeze');
    await rig.app.idle();
  });

  test('does not begin on an approval that is older than 15 minutes by then', async () => {
    await offered();
    const sent = retries();
    before.set('commit run begins', async () => {
      before.clear();
      await rig.skipWorld(16);
    });
    await rig.slack.as('URESPONDER').click(cardOf('OMS-1'), 'Retry workflow');
    await rig.app.idle();
    expect(retries()).toBe(sent);
    expect((await first()).runs.at(-1)?.line).toBe(
      'Nothing was started: its approval is over 15 min old; it has to be pressed again.',
    );
  });

  test.each([
    ['no', 'whoever approved it may not any more'],
    ['could not tell', 'Slack did not say whether whoever approved it still may'],
  ] as const)('does not begin when its approver is asked about again: %s', async (member, because) => {
    await offered();
    const sent = retries();
    const { people } = rig.app.parts;
    const { isOneOf } = people;
    // A group's members are believed for a minute; this is what Slack says after it.
    before.set('commit read run', async () => void Object.assign(people, { isOneOf: async () => member }));
    await rig.slack.as('URESPONDER').click(cardOf('OMS-1'), 'Retry workflow');
    await rig.app.idle();
    Object.assign(people, { isOneOf });
    expect(retries()).toBe(sent);
    expect((await first()).runs.at(-1)?.line).toBe(`Nothing was started: ${because}.`);
  });

  test('does not begin when a freeze comes between the approval and the beginning', async () => {
    await offered();
    const sent = retries();
    before.set('binding R20', async () => {
      before.clear();
      await rig.slack.as('UAPPROVER').command(ALERTS, '/oms freeze 5m hands off');
      await expect.poll(() => said('UAPPROVER')).toContain('Changes are frozen for');
    });
    await rig.slack.as('URESPONDER').click(cardOf('OMS-1'), 'Retry workflow');
    await rig.app.idle();
    expect(retries()).toBe(sent);
    expect((await first()).runs.at(-1)?.line).toContain('Nothing was started: changes are frozen');
    await rig.slack.as('UAPPROVER').command(ALERTS, '/oms unfreeze');
    await rig.app.idle();
  });
});

describe('a form that is sent after its incident has ended', () => {
  test('starts nothing and says so at the field', async () => {
    const person = rig.slack.as('URESPONDER');
    await person.click(cardOf('OMS-1'), 'Set status by hand…');
    await expect.poll(() => person.modal()).not.toBeNull();
    const ran = patches();
    await rig.slack.as('UAPPROVER').command(ALERTS, '/oms resolve OMS-1 all is well');
    await rig.app.idle();
    expect(said('UAPPROVER')).toBe('OMS-1 is resolved.');
    const answer = await person.submit(FORM);
    expect(JSON.stringify(answer)).toContain('OMS-1 is resolved. Nothing was started.');
    expect(patches()).toBe(ran);
  });

  test('leaves nothing to do for ever when a proof ends after the incident has', async () => {
    await rig.skip(10);
    await rig.skip(10);
    expect(await verifyChain(rig.store.owner)).toMatchObject({ ok: true });
    expect(rig.slack.problems).toEqual([]);
  });
});
