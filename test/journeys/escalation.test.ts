import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPagerDuty } from '../../sim/pagerduty/pagerduty.ts';
import { gatewayDown } from '../../sim/world/scenarios/payment-failures.ts';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { ALERTS, type Rig, ROUTING_KEY, startRig } from '../support/rig.ts';

let rig: Rig;
let pagerduty: Awaited<ReturnType<typeof startPagerDuty>>;
/** The routing keys that PagerDuty knows. */
const keys: Record<string, string> = { [ROUTING_KEY]: 'orders' };
const card = () => JSON.stringify(rig.card().blocks);
const pages = () => pagerduty.incidents.map(({ status }) => status);

// So many orders that 37 stuck ones are far from a quarter: time alone climbs here.
beforeAll(async () => {
  let port = 0;
  pagerduty = await startPagerDuty({
    routingKeys: keys,
    webhook: {
      get url() {
        return `http://127.0.0.1:${port}/pagerduty/webhook`;
      },
      secret: 'webhook-secret',
    },
  });
  rig = await startRig({ ordersPerHour: 240, pagerduty: pagerduty.url });
  port = rig.app.port();
  await rig.world.start(workflowEngineCrash);
  await rig.alert();
  await rig.app.idle();
});
afterAll(async () => {
  await rig.stop();
  await pagerduty.stop();
});

describe('trouble that lasts', () => {
  test('under a quarter of the orders: nobody is called before the 20 minutes are over', async () => {
    expect(card()).toMatch(/37 of \d+ orders \((?:[0-9]|1[0-9]) %\) affected/);
    await rig.skip(18);
    expect(rig.slack.messages('#orders-team')).toEqual([]);
    expect(card()).toContain('rung 1 calls #orders-team');
  });

  test('after 20 minutes the owning team is called, with the card, and without a page: medium', async () => {
    await rig.skip(2);
    const [call, ...more] = rig.slack.messages('#orders-team');
    expect(more).toEqual([]);
    expect(call?.text).toContain(
      'OMS-1 Orders stuck in processing (prod) needs you: rung 1. The trouble has lasted 20',
    );
    expect(JSON.stringify(call?.blocks)).toMatch(/<https?:[^|]+\|Open the card>/);
    expect(pages()).toEqual([]);
  });

  test('who has it does not stop the rule: after 20 more platform engineering is called', async () => {
    await rig.slack.as('UBYSTANDER').click(rig.card(), 'I have it');
    await rig.app.idle();
    expect(card()).toContain('<@UBYSTANDER> has it.');
    delete keys[ROUTING_KEY];
    await rig.skipWorld(20);
    await expect.poll(() => rig.slack.messages('#platform-eng').length).toBe(1);
  });

  test('a page that PagerDuty refuses is told once, and once more when it went out after all', async () => {
    const told = (words: string) => rig.slack.messages(ALERTS).filter(({ text }) => text.includes(words));
    const tries = async () =>
      (await rig.store.owner.query(`select max(attempts) as tries from outbox where kind = 'page'`)).rows;
    await expect.poll(tries).toEqual([{ tries: 2 }]);
    expect(told('Team platform was not paged: PagerDuty')).toHaveLength(1);
    expect(told('after all')).toEqual([]);
    keys[ROUTING_KEY] = 'orders';
    await rig.app.idle();
    expect(pages()).toEqual(['triggered']);
    expect(told('was not paged')).toHaveLength(1);
    expect(told('The page to team platform went out after all.')).toHaveLength(1);
  });

  test('a resolve in PagerDuty resolves the incident, by the name of whoever did it', async () => {
    pagerduty.resolve(pagerduty.incidents[0]?.id ?? '', 'Ann Smith');
    await expect.poll(async () => (await rig.app.parts.journal.openIncidents()).length).toBe(0);
    await rig.app.idle();
    expect(rig.card().text).toContain('resolved');
    expect(card()).toContain('Ann Smith (PagerDuty)');
  });

  test('each team that was called hears once that it is over', () => {
    for (const channel of ['#orders-team', '#platform-eng']) {
      const [, over, ...more] = rig.slack.messages(channel).map(({ text }) => text);
      expect(over).toMatch(/^OMS-1 .* is over: resolved by Ann Smith \(PagerDuty\) after \d+ min\. /);
      expect(more).toEqual([]);
    }
  });

  test('an alert that began before the end opens nothing', async () => {
    await rig.alert({ startsAt: new Date(rig.now() - 60 * 60_000).toISOString() });
    await rig.app.idle();
    expect(await rig.app.parts.journal.openIncidents()).toEqual([]);
  });

  test('a newer one within ten minutes goes on with the same incident and its old clock', async () => {
    // What is over meanwhile does not hold open what comes back.
    await rig.alert({ status: 'resolved' });
    await rig.app.idle();
    await rig.alert({ fingerprint: 'f1 again', startsAt: new Date(rig.now()).toISOString() });
    await rig.app.idle();
    const [again] = await rig.app.parts.journal.openIncidents();
    expect(again).toMatchObject({ id: 'OMS-1', generation: 2 });
    expect(again?.climbed.map(({ rung }) => rung)).toEqual([1, 2]);
    expect(again?.sources.map(({ state }) => state)).toEqual(['resolved', 'firing']);
  });
});

describe('an acknowledgement in PagerDuty', () => {
  test('is told on the card, and stops nothing', async () => {
    await rig.world.start(gatewayDown);
    const { alertname, code } = gatewayDown.alert;
    await rig.alert({ fingerprint: 'f2', startsAt: new Date(rig.now()).toISOString() }, { alertname, code });
    await rig.app.idle();
    await rig.skip(1);
    const paged = pagerduty.incidents.at(-1);
    expect(paged?.status).toBe('triggered');
    pagerduty.acknowledge(paged?.id ?? '', 'Ann Smith');
    await expect.poll(() => card()).toContain('Ann Smith (PagerDuty) has it.');
    const calls = rig.slack.messages('#platform-eng').length;
    await rig.skip(20);
    expect(rig.slack.messages('#platform-eng').length).toBeGreaterThan(calls);
  });
});
