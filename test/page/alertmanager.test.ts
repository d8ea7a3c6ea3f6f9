import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAlertmanager } from '../../scripts/demo/alertmanager.ts';
import { rateLimited } from '../../sim/world/scenarios/payment-failures.ts';

const heard: { alerts: { status: string; startsAt: string }[] }[] = [];
const server = createServer(async (request, response) => {
  heard.push((await json(request)) as (typeof heard)[number]);
  response.end('{}');
});
beforeAll(async () => await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)));
afterAll(() => server.close());

test('an alert that fires again begins after its end, so that the bot does not take it for a repetition', async () => {
  const { port } = server.address() as { port: number };
  const began = Date.parse('2026-03-02T09:00:00Z');
  let now = began;
  const url = () => `http://127.0.0.1:${port}`;
  const alertmanager = createAlertmanager({ url, token: 'token', environment: 'prod', now: () => now });
  await alertmanager.fire(rateLimited);
  now += 60_000;
  await alertmanager.resolve(rateLimited);
  now += 120_000;
  await alertmanager.fire(rateLimited);
  const starts = heard.map(({ alerts: [alert] }) => Date.parse(alert?.startsAt ?? ''));
  const { startsAgoMs } = rateLimited.alert;
  expect(starts).toEqual([began - startsAgoMs, began - startsAgoMs, began + 180_000]);
});
