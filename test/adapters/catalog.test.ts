import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../sim/lib/faults.ts';
import { type FaultyServer, startFaultyServer } from '../../sim/lib/faulty-server.ts';
import { CATALOG, catalogProbe } from '../../src/adapters/catalog/probe.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { plainPolicy } from '../support/policy.ts';
import { outcome, patient } from '../support/trouble.ts';

let server: FaultyServer;
beforeAll(async () => {
  const app = new Hono();
  app.get('/stock/:id', (c) => c.json({ available: 7 }));
  app.get('/behind/stock/:id', (c) => c.json({ available: 8 }));
  server = await startFaultyServer({ name: 'catalog', app });
});
afterEach(() => server.faults.clear());
afterAll(async () => await server.stop());

const ask = async (signal = patient(), policy = plainPolicy) =>
  await catalogProbe({ url: server.url, stockPath: '/stock/{id}', policy }).stock('sku-1', signal);
const answers = (body: unknown, status = 200) =>
  server.faults.add({ fault: { mode: 'status', status, body }, times: 1 });

test.each(['/behind', '/behind/'])('an address with the path %s of its own keeps it', async (path) => {
  const url = `${server.url}${path}`;
  const asked = catalogProbe({ url, stockPath: '/stock/{id}', policy: plainPolicy });
  expect(await asked.stock('sku-1', patient())).toBe(8);
});

describe('a count', () => {
  test.each<[string, unknown, number]>([
    ['under the first name that is there', { available: 3, stock: 9 }, 3],
    ['a name that is empty is none', { available: null, quantity: 4 }, 4],
    ['in digits', { count: '12' }, 12],
    ['below zero, where more was sold than there was', { stock: -2 }, -2],
    ['beside what we do not know', { sku: 'sku-1', warehouse: { a: 1 }, stock: 0 }, 0],
  ])('%s', async (_what, body, count) => {
    answers(body);
    expect(await ask()).toBe(count);
  });

  test.each<[string, unknown]>([
    ['no count', { sku: 'sku-1' }],
    ['half a piece', { available: 1.5 }],
    ['words', { available: 'plenty' }],
    ['a list', [{ available: 1 }]],
  ])('%s is not understood', async (_what, body) => {
    answers(body);
    expect(await outcome(ask())).toMatchObject({
      fault: 'not understood',
      message: expect.stringContaining('The catalog answered in a shape that is not known ('),
    });
  });

  test('a product that it does not know has none', async () => {
    answers({ message: 'no such product' }, 404);
    expect(await ask()).toBeNull();
  });
});

describe('a catalog that', () => {
  const HTML = '<!doctype html><title>hello</title>';
  test.each<[string, Fault, object]>([
    ['is down', { mode: 'down' }, { fault: 'unreachable', mayRetry: true }],
    ['is slow', { mode: 'slow', ms: 5_000 }, { fault: 'too slow' }],
    ['fails', { mode: 'status', status: 503, body: HTML }, { fault: 'failed', mayRetry: true }],
    ['wants a token', { mode: 'status', status: 401, body: HTML }, { fault: 'forbidden', mayRetry: false }],
    ['limits', { mode: 'rate-limited', retryAfterS: 9 }, { fault: 'rate limited', mayRetry: false }],
    ['is HTML', { mode: 'status', status: 200, body: HTML }, { fault: 'not understood' }],
    ['speaks garbage', { mode: 'garbage' }, { fault: 'not understood' }],
    ['breaks off', { mode: 'cut' }, { fault: 'unreachable', mayRetry: true }],
    ['loses its answer', { mode: 'lost' }, { fault: 'unreachable', mayRetry: true }],
  ])('%s counts nothing, and again afterwards', async (_what, fault, says) => {
    server.faults.add({ fault });
    const said = await outcome(ask(fault.mode === 'slow' ? AbortSignal.timeout(300) : patient()));
    expect(said).toMatchObject({ ...says, message: expect.stringMatching(/^The catalog [^<]+\.$/) });
    server.faults.clear();
    expect(await ask()).toBe(7);
  });

  test('fails for a moment is asked again', async () => {
    answers({}, 500);
    expect(await ask(patient(), policyFor(CATALOG))).toBe(7);
  });
});
