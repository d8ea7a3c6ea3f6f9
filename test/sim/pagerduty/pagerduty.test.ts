import { createHmac } from 'node:crypto';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FaultyServer, startFaultyServer } from '../../../sim/lib/faulty-server.ts';
import { type PagerDuty, startPagerDuty } from '../../../sim/pagerduty/pagerduty.ts';

const KEY = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const SECRET = 'a-secret';
const TRIGGER = {
  routing_key: KEY,
  event_action: 'trigger',
  dedup_key: 'oms-12/rung-1',
  payload: { summary: '37 orders are stuck', source: 'oms-bot', severity: 'error' },
};

let ears: FaultyServer;
let pagerDuty: PagerDuty;
beforeEach(async () => {
  ears = await startFaultyServer({
    name: 'ears',
    app: new Hono().post('/webhook', (c) => c.body(null, 204)),
  });
  pagerDuty = await startPagerDuty({
    routingKeys: { [KEY]: 'orders', [OTHER]: 'platform' },
    webhook: { url: `${ears.url}/webhook`, secret: SECRET },
    apiToken: 'api-token',
    retryDelaysMs: [10, 10],
  });
});
afterEach(async () => {
  await pagerDuty.stop();
  await ears.stop();
});

async function send(body: unknown): Promise<{ status: number; json: unknown }> {
  return await post('/v2/enqueue', body, {});
}

async function post(path: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(pagerDuty.url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const json: unknown = await response.json();
  return { status: response.status, json };
}

function firstId(): string {
  return pagerDuty.incidents[0]?.id ?? '';
}

describe('an event', () => {
  test('opens an incident on the service of its key', async () => {
    expect(await send(TRIGGER)).toEqual({
      status: 202,
      json: { status: 'success', message: 'Event processed', dedup_key: 'oms-12/rung-1' },
    });
    expect(pagerDuty.incidents).toMatchObject([
      {
        service: 'orders',
        key: 'oms-12/rung-1',
        title: '37 orders are stuck',
        status: 'triggered',
        pages: 1,
      },
    ]);
  });

  test('without a dedup key gets one', async () => {
    const { dedup_key: _none, ...bare } = TRIGGER;
    expect(await send(bare)).toMatchObject({ json: { dedup_key: expect.stringMatching(/^.{32}$/) } });
  });

  test('on an open key adds an alert and wakes nobody', async () => {
    await send(TRIGGER);
    await send({ ...TRIGGER, payload: { ...TRIGGER.payload, summary: '38 orders are stuck' } });
    expect(pagerDuty.incidents).toMatchObject([{ title: '37 orders are stuck', pages: 1 }]);
    expect(pagerDuty.incidents[0]?.alerts).toHaveLength(2);
  });

  test('with the same key for another service opens another incident', async () => {
    await send(TRIGGER);
    await send({ ...TRIGGER, routing_key: OTHER });
    expect(pagerDuty.incidents.map((incident) => incident.service)).toEqual(['orders', 'platform']);
  });

  test('resolves; the next trigger opens anew', async () => {
    await send(TRIGGER);
    await send({ routing_key: KEY, event_action: 'resolve', dedup_key: TRIGGER.dedup_key });
    await send(TRIGGER);
    expect(pagerDuty.incidents.map((incident) => incident.status)).toEqual(['resolved', 'triggered']);
    expect(pagerDuty.incidents[0]?.history.map((entry) => entry.what)).toEqual(['triggered', 'resolved']);
  });

  test('to resolve what is not open is accepted and does nothing', async () => {
    const event = { routing_key: KEY, event_action: 'resolve', dedup_key: 'nothing' };
    expect((await send(event)).status).toBe(202);
    expect(pagerDuty.incidents).toEqual([]);
  });

  test.each([
    ['is no JSON', '{'],
    ['has an unknown routing key', { ...TRIGGER, routing_key: 'c'.repeat(32) }],
    ['has a routing key of the wrong length', { ...TRIGGER, routing_key: 'a' }],
    ['has an unknown action', { ...TRIGGER, event_action: 'page' }],
    ['has no payload', { ...TRIGGER, payload: undefined }],
    ['has no summary', { ...TRIGGER, payload: { ...TRIGGER.payload, summary: '' } }],
    ['has a summary of 1,025', { ...TRIGGER, payload: { ...TRIGGER.payload, summary: 'x'.repeat(1025) } }],
    ['has no source', { ...TRIGGER, payload: { ...TRIGGER.payload, source: undefined } }],
    ['has an unknown severity', { ...TRIGGER, payload: { ...TRIGGER.payload, severity: 'high' } }],
    ['has a dedup key of 256', { ...TRIGGER, dedup_key: 'x'.repeat(256) }],
    ['resolves without a dedup key', { routing_key: KEY, event_action: 'resolve' }],
  ])('is refused when it %s', async (_what, event) => {
    expect(await send(event)).toMatchObject({
      status: 400,
      json: { status: 'invalid event', message: 'Event object is invalid', errors: [expect.any(String)] },
    });
    expect(pagerDuty.incidents).toEqual([]);
  });

  test('beyond 512 KB is refused', async () => {
    const payload = { ...TRIGGER.payload, custom_details: { log: 'x'.repeat(512 * 1024) } };
    expect((await send({ ...TRIGGER, payload })).status).toBe(413);
  });

  test('beyond the limit of its key is throttled, another key is not', async () => {
    pagerDuty.limiter.perMinute = 2;
    const statuses = [];
    for (let time = 0; time < 3; time += 1) statuses.push((await send(TRIGGER)).status);
    expect(statuses).toEqual([202, 202, 429]);
    expect((await send({ ...TRIGGER, routing_key: OTHER })).status).toBe(202);
  });

  test('is limited to 120 a minute from the start', () => {
    expect(pagerDuty.limiter.perMinute).toBe(120);
  });
});

describe('a note', () => {
  const auth = { authorization: 'Token token=api-token', from: 'bot@example.com' };

  test('is kept with its author', async () => {
    await send(TRIGGER);
    const answer = await post(`/incidents/${firstId()}/notes`, { note: { content: 'retried 37' } }, auth);
    expect(answer).toMatchObject({ status: 200, json: { note: { content: 'retried 37' } } });
    expect(pagerDuty.incidents[0]?.notes).toMatchObject([{ by: 'bot@example.com', text: 'retried 37' }]);
  });

  test.each([
    ['a wrong token', 401, { ...auth, authorization: 'Token token=no' }, { note: { content: 'x' } }],
    ['a bearer token', 401, { ...auth, authorization: 'Bearer api-token' }, { note: { content: 'x' } }],
    ['no From', 400, { authorization: auth.authorization }, { note: { content: 'x' } }],
    ['no content', 400, auth, { note: {} }],
  ])('is refused with %s', async (_what, status, headers: Record<string, string>, body) => {
    await send(TRIGGER);
    expect((await post(`/incidents/${firstId()}/notes`, body, headers)).status).toBe(status);
    expect(pagerDuty.incidents[0]?.notes).toEqual([]);
  });

  test('on an unknown incident is refused', async () => {
    expect((await post('/incidents/Q0/notes', { note: { content: 'x' } }, auth)).status).toBe(404);
  });
});

describe('a button pressed in PagerDuty', () => {
  test('comes back as a webhook whose signature covers the raw body', async () => {
    await send(TRIGGER);
    expect(pagerDuty.acknowledge(firstId(), 'Ada')).toBe(true);
    await vi.waitFor(() => expect(pagerDuty.deliveries[0]?.state).toBe('delivered'));
    const request = ears.requests[0];
    const expected = createHmac('sha256', SECRET)
      .update(request?.body ?? '')
      .digest('hex');
    expect(request?.headers['x-pagerduty-signature']).toBe(`v1=${expected}`);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      event: {
        event_type: 'incident.acknowledged',
        resource_type: 'incident',
        agent: { summary: 'Ada' },
        data: { id: firstId(), number: 1, status: 'acknowledged', incident_key: TRIGGER.dedup_key },
      },
    });
  });

  test('is sent again with the same event id until it is heard', async () => {
    ears.faults.add({ fault: { mode: 'status', status: 500 }, times: 1 });
    ears.faults.add({ fault: { mode: 'down' }, times: 1 });
    await send(TRIGGER);
    pagerDuty.resolve(firstId(), 'Ada');
    await vi.waitFor(() => expect(pagerDuty.deliveries[0]?.state).toBe('delivered'));
    expect(pagerDuty.deliveries[0]?.tries).toEqual([500, 0, 204]);
    expect(ears.requests[2]?.body).toBe(ears.requests[0]?.body);
  });

  test('is given up in the end, and the next one still comes', async () => {
    ears.faults.add({ fault: { mode: 'status', status: 500 }, times: 3 });
    await send(TRIGGER);
    pagerDuty.acknowledge(firstId(), 'Ada');
    pagerDuty.resolve(firstId(), 'Ada');
    await vi.waitFor(() =>
      expect(pagerDuty.deliveries.map((delivery) => delivery.state)).toEqual(['given up', 'delivered']),
    );
  });

  test('changes nothing a second time, and nothing after the end', async () => {
    await send(TRIGGER);
    const seen = vi.fn();
    pagerDuty.onChange(seen);
    expect(pagerDuty.resolve(firstId(), 'Ada')).toBe(true);
    expect(pagerDuty.resolve(firstId(), 'Ada')).toBe(false);
    expect(pagerDuty.acknowledge(firstId(), 'Ada')).toBe(false);
    expect(pagerDuty.deliveries).toHaveLength(1);
    expect(seen).toHaveBeenCalled();
    expect(() => pagerDuty.acknowledge('Q0', 'Ada')).toThrow(/no incident Q0/);
  });

  test('is undone by nobody: an event for its key can still resolve it, which is told as well', async () => {
    await send(TRIGGER);
    pagerDuty.acknowledge(firstId(), 'Ada');
    await send({ routing_key: KEY, event_action: 'resolve', dedup_key: TRIGGER.dedup_key });
    expect(pagerDuty.incidents[0]?.status).toBe('resolved');
    expect(pagerDuty.deliveries.map((delivery) => delivery.eventType)).toEqual([
      'incident.acknowledged',
      'incident.resolved',
    ]);
  });
});
