import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPagerDuty } from '../../sim/pagerduty/pagerduty.ts';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { ALERTS, type Rig, ROUTING_KEY, startRig } from '../support/rig.ts';

let rig: Rig;
let pagerduty: Awaited<ReturnType<typeof startPagerDuty>>;
/** The routing keys that PagerDuty knows. */
const keys: Record<string, string> = {};

// So many orders that 37 stuck ones are far from a quarter: nobody is called but by a person.
beforeEach(async () => {
  keys[ROUTING_KEY] = 'orders';
  pagerduty = await startPagerDuty({ routingKeys: keys });
  rig = await startRig({ ordersPerHour: 240, pagerduty: pagerduty.url });
  await rig.world.start(workflowEngineCrash);
});
afterEach(async () => {
  await rig.stop();
  await pagerduty.stop();
});

const texts = (channel: string = ALERTS) => rig.slack.messages(channel).map(({ text }) => text);
const told = (words: string) => texts().filter((text) => text.includes(words));
const newest = async () =>
  await rig.app.parts.journal.incidentById('OMS-1').then((found) => {
    if (found === null) throw new Error('There is no OMS-1.');
    return found;
  });
const at = (minutes: number) => new Date(rig.now() + minutes * 60_000).toISOString();

async function alerted(change: object = {}, labels: Record<string, string> = {}): Promise<void> {
  await rig.alert(change, labels);
  await rig.app.idle();
}
async function typed(words: string): Promise<void> {
  await rig.slack.as('URESPONDER').command(ALERTS, words);
}
async function resolved(): Promise<void> {
  await typed('/oms resolve OMS-1 all is well');
  await expect.poll(async () => (await newest()).state).toBe('resolved');
}
/** Help is called while `fault` keeps the call from going out, and the incident ends before it does. */
async function calledAndOver(): Promise<void> {
  await rig.slack.as('URESPONDER').click(rig.card(), 'Call for help');
  await expect.poll(async () => (await newest()).climbed.length).toBe(1);
}

describe('a word that comes after the end', () => {
  test('a page that PagerDuty would not take wakes nobody any more, and that is told', async () => {
    delete keys[ROUTING_KEY];
    await alerted();
    await calledAndOver();
    await expect.poll(() => told('Team orders was not paged').length).toBe(1);
    await resolved();
    keys[ROUTING_KEY] = 'orders';
    await rig.app.idle();
    expect(pagerduty.incidents).toEqual([]);
    expect(told('The page to team orders is not sent any more: what it was about has ended.')).toHaveLength(
      1,
    );
    expect(told('went out after all')).toEqual([]);
  });

  test('a call that Slack would not take says that it is over, and that nothing is needed', async () => {
    await alerted();
    const back = rig.slack.faults.add({
      match: { path: /chat\.postMessage$/ },
      fault: { mode: 'status', status: 503 },
    });
    await calledAndOver();
    await resolved();
    back();
    await rig.app.idle();
    expect(texts('#orders-team')).toEqual([
      'OMS-1 Orders stuck in processing (prod) is over; rung 1 was called before. Somebody asked for help.',
      // The all-clear of whoever was called follows it.
      'OMS-1 Orders stuck in processing (prod) is over: resolved by <@URESPONDER> after 0 min. all is well',
    ]);
    expect(JSON.stringify(rig.slack.messages('#orders-team')[0]?.blocks)).not.toContain('Nobody has it yet');
  });

  test('a resolve of a page from before it came back does not end what came back', async () => {
    await alerted();
    await calledAndOver();
    await rig.app.idle();
    const page = pagerduty.incidents[0]?.key;
    await resolved();
    await rig.skip(1);
    await alerted({ fingerprint: 'f2', startsAt: at(0) });
    expect(await newest()).toMatchObject({ state: 'open', generation: 2 });
    const body = JSON.stringify({
      event: {
        event_type: 'incident.resolved',
        agent: { type: 'user_reference', summary: 'Ann Smith' },
        data: { incident_key: page, title: 'OMS-1 Orders stuck in processing' },
      },
    });
    const signature = createHmac('sha256', 'webhook-secret').update(body).digest('hex');
    const headers = { 'x-pagerduty-signature': `v1=${signature}` };
    await fetch(`http://127.0.0.1:${rig.app.port()}/pagerduty/webhook`, { method: 'POST', body, headers });
    await rig.app.idle();
    expect((await newest()).state).toBe('open');
    expect(
      told('Ann Smith resolved it in PagerDuty; it goes on here. That page was about OMS-1 before'),
    ).toHaveLength(1);
  });
});

describe('an alert that', () => {
  test('is told again after the end, by a clock that is ahead of ours, is the same alert and opens nothing', async () => {
    const startsAt = at(5);
    await alerted({ startsAt });
    await resolved();
    await rig.skip(1);
    await alerted({ startsAt, annotations: { summary: 'another one joined the group' } });
    expect((await newest()).state).toBe('resolved');
    await alerted({ startsAt: at(5) });
    expect((await newest()).state).toBe('open');
  });

  test('nobody heard of before the end is news, although it began before it', async () => {
    const startsAt = at(-2);
    await alerted();
    await resolved();
    await alerted({ fingerprint: 'f2', startsAt });
    expect(await newest()).toMatchObject({ state: 'open', generation: 2 });
    await resolved();
    // Told again, it is the one that was ended.
    await alerted({ fingerprint: 'f2', startsAt, annotations: { summary: 'another one joined the group' } });
    expect((await newest()).state).toBe('resolved');
  });

  test('fires again after its end says word for word what it said before, and is heard', async () => {
    const startsAt = at(-1);
    await alerted({ startsAt });
    await alerted({ startsAt, status: 'resolved' });
    expect((await newest()).sources).toMatchObject([{ state: 'resolved' }]);
    await alerted({ startsAt });
    expect((await newest()).sources).toMatchObject([{ state: 'firing' }]);
    // The same delivery again, after it was worked on, says nothing new.
    const { version } = await newest();
    await alerted({ startsAt });
    expect((await newest()).version).toBe(version);
  });

  test('brings an incident back with a code that weighs more raises it, as one that joins does', async () => {
    await alerted({}, { alertname: 'Declines', code: 'PAYMENT_DECLINED' });
    expect(await newest()).toMatchObject({ severity: 'low' });
    await resolved();
    await rig.skip(1);
    await alerted(
      { fingerprint: 'f2', startsAt: at(0) },
      { alertname: 'Gateway', code: 'PAYMENT_GATEWAY_TIMEOUT' },
    );
    expect(await newest()).toMatchObject({ state: 'open', generation: 2, severity: 'critical' });
    expect((await newest()).ladder.map(({ pages }) => pages)).toEqual([true, true, true]);
    expect(rig.card().text).toContain('Payment failures');
  });
});
