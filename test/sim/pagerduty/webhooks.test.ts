import { Hono } from 'hono';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type FaultyServer, startFaultyServer } from '../../../sim/lib/faulty-server.ts';
import { type PagerDuty, startPagerDuty } from '../../../sim/pagerduty/pagerduty.ts';
import { readPagerDuty } from '../../../src/intake/pagerduty.ts';

const KEY = 'a'.repeat(32);
const AUTH = { authorization: 'Token token=api-token', from: 'ada@example.com' };

let ears: FaultyServer;
let pagerDuty: PagerDuty;
afterEach(async () => {
  await pagerDuty.stop();
  await ears.stop();
});

/** A PagerDuty with one open incident, the page of rung 1 of OMS-12. */
async function open(options: { readonly incidentKeys?: boolean } = {}): Promise<string> {
  ears = await startFaultyServer({
    name: 'ears',
    app: new Hono().post('/webhook', (c) => c.body(null, 204)),
  });
  pagerDuty = await startPagerDuty({
    ...options,
    routingKeys: { [KEY]: 'orders' },
    apiToken: 'api-token',
    webhook: {
      url: `${ears.url}/webhook`,
      secret: 'a-secret',
      events: ['triggered', 'acknowledged', 'resolved', 'annotated'],
    },
  });
  const event = {
    routing_key: KEY,
    event_action: 'trigger',
    dedup_key: 'oms/prod/OMS-12/1/rung-1',
    payload: {
      summary: 'OMS-12 Orders stuck in processing (prod). 37 orders are stuck.',
      source: 'oms-bot',
      severity: 'error',
    },
  };
  await fetch(`${pagerDuty.url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(event) });
  return pagerDuty.incidents[0]?.id ?? '';
}

/** The webhooks that arrived, oldest first, once there are so many. */
async function heard(count: number): Promise<readonly { event: { event_type: string; data: object } }[]> {
  await vi.waitFor(() => expect(ears.requests).toHaveLength(count));
  return ears.requests.map(({ body }) => JSON.parse(body));
}

describe('a subscription', () => {
  test('to everything hears of the page, the note and the button', async () => {
    const id = await open();
    await fetch(`${pagerDuty.url}/incidents/${id}/notes`, {
      method: 'POST',
      headers: AUTH,
      body: JSON.stringify({ note: { content: 'retried 37' } }),
    });
    pagerDuty.acknowledge(id, 'Ada');
    const events = (await heard(3)).map(({ event }) => event);
    expect(events.map(({ event_type }) => event_type)).toEqual([
      'incident.triggered',
      'incident.annotated',
      'incident.acknowledged',
    ]);
    expect(events[1]?.data).toMatchObject({ type: 'incident_note', content: 'retried 37', incident: { id } });
  });
});

describe('what the bot understands of them', () => {
  test.each([true, false])(
    'the page’s incident, with an incident key or without: %s',
    async (incidentKeys) => {
      const id = await open({ incidentKeys });
      pagerDuty.acknowledge(id, 'Ada');
      const [triggered, acknowledged] = await heard(2);
      expect(readPagerDuty(triggered)).toBeNull();
      expect(readPagerDuty(acknowledged)).toEqual({
        kind: 'acknowledged',
        incident: 'OMS-12',
        generation: incidentKeys ? 1 : null,
        by: 'Ada',
      });
    },
  );

  test('somebody else’s incident is none of ours, nor one that only has a title like it', async () => {
    const data = { incident_key: 'other/OMS-12', title: 'OMS-12 Orders stuck' };
    const agent = { type: 'user_reference', summary: 'Ada' };
    const event = { event_type: 'incident.resolved', agent, data };
    await open();
    expect(readPagerDuty({ event })).toBeNull();
    expect(
      readPagerDuty({ event: { ...event, data: { incident_key: null, title: 'disk full' } } }),
    ).toBeNull();
  });
});

describe('the page that stands for a Slack that is away', () => {
  const told = (event_type: string) =>
    readPagerDuty({
      event: {
        event_type,
        agent: { type: 'user_reference', summary: 'Ada' },
        data: { incident_key: 'oms/prod/OMS-12/slack-outage-3', title: 'OMS-12 Orders stuck' },
      },
    });

  test('can be acknowledged: somebody has seen the incident', () => {
    expect(told('incident.acknowledged')).toMatchObject({
      kind: 'acknowledged',
      incident: 'OMS-12',
      by: 'Ada',
    });
  });

  test('ends no incident when somebody closes it', () => {
    expect(told('incident.resolved')).toBeNull();
  });
});

describe('an incident asked for by its id', () => {
  async function get(path: string, headers: Record<string, string>) {
    const answer = await fetch(pagerDuty.url + path, { headers });
    return { status: answer.status, body: await answer.json() };
  }

  test('is shown to whoever has the token', async () => {
    const id = await open();
    expect(await get(`/incidents/${id}`, AUTH)).toMatchObject({
      status: 200,
      body: { incident: { id, status: 'triggered', incident_key: 'oms/prod/OMS-12/1/rung-1' } },
    });
    expect(await get(`/incidents/${id}`, {})).toMatchObject({ status: 401 });
    expect(await get('/incidents/Q0', AUTH)).toMatchObject({ status: 404 });
  });
});
