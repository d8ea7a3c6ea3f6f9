import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sim/lib/faults.ts';
import { type FaultyServer, startFaultyServer } from '../../sim/lib/faulty-server.ts';
import { statusPageApp } from '../../sim/status-page/app.ts';
import { createStatusPages } from '../../sim/world/status-pages.ts';
import { statusPageProbe } from '../../src/adapters/status-page/probe.ts';
import { AbsentSystem } from '../../src/ports/system-error.ts';
import { plainPolicy } from '../support/policy.ts';
import { outcome, patient } from '../support/trouble.ts';

const SYSTEM = 'The payment gateway’s status page';
let server: FaultyServer;
beforeEach(async () => {
  const page = createStatusPages().gateway;
  server = await startFaultyServer({ name: 'page', app: statusPageApp(async () => ({ page, now: 0 })) });
});
afterEach(async () => await server.stop());

const probe = () => statusPageProbe({ gateway: { url: server.url } }, () => plainPolicy);
const ask = async (signal = patient()) => await probe().summary('gateway', signal);

function answers(body: unknown): void {
  server.faults.add({ fault: { mode: 'status', status: 200, body } });
}

const EMPTY = { page: {}, components: [], incidents: [] };
const INCIDENT = {
  name: 'Elevated errors',
  status: 'identified',
  impact: 'major',
  created_at: '2026-03-10T03:00:00.000-01:00',
};

describe('what a page says', () => {
  test('is asked by one GET, without a word about us', async () => {
    await ask();
    expect(
      server.requests.map(({ method, path, headers }) => [method, path, headers['authorization']]),
    ).toEqual([['GET', '/api/v2/summary.json', undefined]]);
  });

  test.each<[string, unknown, object]>([
    ['the least that it may say', EMPTY, { incidents: [], maintenance: [], components: [], unread: 0 }],
    ['fields that we do not know', { ...EMPTY, banner: { text: 'hello' } }, { incidents: [], unread: 0 }],
    [
      'an incident of an older page: affected only in its updates, no start',
      {
        ...EMPTY,
        incidents: [
          {
            ...INCIDENT,
            incident_updates: [
              { affected_components: [{ name: 'API' }] },
              { affected_components: null },
              { affected_components: [{ name: 'API' }] },
            ],
          },
        ],
      },
      {
        incidents: [{ components: ['API'], since: Date.parse('2026-03-10T04:00:00Z'), impact: 'major' }],
      },
    ],
    [
      'its own start before the time of writing',
      { ...EMPTY, incidents: [{ ...INCIDENT, started_at: '2026-03-10T03:30:00Z' }] },
      { incidents: [{ since: Date.parse('2026-03-10T03:30:00Z') }] },
    ],
    [
      'states and impacts in words of its own',
      { ...EMPTY, incidents: [{ ...INCIDENT, status: 'Being_Watched', impact: 'apocalyptic' }] },
      { incidents: [{ status: 'being watched', impact: 'apocalyptic' }] },
    ],
    [
      'several, the oldest first, what is over left out',
      {
        ...EMPTY,
        incidents: [
          { ...INCIDENT, name: 'New', created_at: '2026-03-10T05:00:00Z' },
          INCIDENT,
          { ...INCIDENT, name: 'Over', status: 'resolved' },
          { ...INCIDENT, name: 'Explained', status: 'postmortem' },
        ],
      },
      { incidents: [{ name: 'Elevated errors' }, { name: 'New' }], unread: 0 },
    ],
    [
      'a name over lines, with what is no letter',
      { ...EMPTY, incidents: [{ ...INCIDENT, name: 'Elevated\n\u202eerrors' }] },
      { incidents: [{ name: 'Elevated errors' }] },
    ],
    [
      'what cannot be read hides nothing and is counted',
      {
        ...EMPTY,
        components: [{ name: 'API', status: 'operational' }, { name: 7 }],
        incidents: [{ name: 'No time' }, INCIDENT, 'what'],
        scheduled_maintenances: [{ name: 'No plan', status: 'in_progress' }],
      },
      { incidents: [{ name: 'Elevated errors' }], components: [{ name: 'API' }], unread: 4 },
    ],
    [
      'a maintenance that verifies is in progress, one that is planned or completed is not',
      {
        ...EMPTY,
        scheduled_maintenances: ['scheduled', 'verifying', 'completed'].map((status) => ({
          name: status,
          status,
          scheduled_for: '2026-03-10T03:00:00Z',
        })),
      },
      { maintenance: [{ name: 'verifying', until: null, components: [] }] },
    ],
  ])('%s', async (_what, body, expected) => {
    answers(body);
    expect(await ask()).toMatchObject(expected);
  });

  test.each<[string, unknown]>([
    ['another JSON', { status: 'ok' }],
    ['a list', []],
    ['no list of incidents', { page: {}, components: [] }],
    ['incidents that are no list', { page: {}, components: [], incidents: 0 }],
  ])('%s is not understood', async (_what, body) => {
    answers(body);
    expect(await outcome(ask())).toMatchObject({
      fault: 'not understood',
      message: expect.stringContaining(`${SYSTEM} answered in a shape that is not known (`),
    });
  });
});

describe('a page that', () => {
  const HTML = '<!doctype html><title>Sign in</title>';
  test.each<[string, Fault, object]>([
    ['is down', { mode: 'down' }, { fault: 'unreachable', mayRetry: true }],
    ['is slow', { mode: 'slow', ms: 5_000 }, { fault: 'too slow' }],
    ['fails', { mode: 'status', status: 503, body: HTML }, { fault: 'failed', mayRetry: true }],
    ['is moved', { mode: 'status', status: 302, body: '' }, { fault: 'refused', mayRetry: false }],
    ['is private', { mode: 'status', status: 401, body: HTML }, { fault: 'forbidden', mayRetry: false }],
    ['is not there', { mode: 'status', status: 404, body: HTML }, { fault: 'not found', mayRetry: false }],
    ['limits', { mode: 'rate-limited', retryAfterS: 9 }, { fault: 'rate limited', mayRetry: false }],
    ['is HTML', { mode: 'status', status: 200, body: HTML }, { fault: 'not understood' }],
    ['speaks garbage', { mode: 'garbage' }, { fault: 'not understood' }],
    ['breaks off', { mode: 'cut' }, { fault: 'unreachable', mayRetry: true }],
    ['loses its answer', { mode: 'lost' }, { fault: 'unreachable', mayRetry: true }],
  ])('%s says nothing, and everything again afterwards', async (_what, fault, says) => {
    server.faults.add({ fault });
    const said = await outcome(ask(fault.mode === 'slow' ? AbortSignal.timeout(300) : patient()));
    expect(said).toMatchObject(says);
    expect(said).toMatchObject({
      message: expect.stringMatching(/^The payment gateway’s status page [^<]+\.$/),
    });
    server.faults.clear();
    expect(await ask()).toMatchObject({ incidents: [], unread: 0 });
  });

  test('fails for a moment is asked again', async () => {
    server.faults.add({ fault: { mode: 'status', status: 500 }, times: 1 });
    const page = statusPageProbe({ gateway: { url: server.url } });
    expect(await page.summary('gateway', patient())).toMatchObject({ incidents: [] });
    expect(server.requests).toHaveLength(2);
  });

  test('is away rests alone: the other provider’s is asked all the same', async () => {
    const other = `${server.url}/carrier`;
    server.faults.add({ match: { path: /^\/api/ }, fault: { mode: 'down' } });
    server.faults.add({ match: { path: /^\/carrier/ }, fault: { mode: 'status', status: 200, body: EMPTY } });
    const pages = statusPageProbe({ gateway: { url: server.url }, carrier: { url: other } });
    for (const _round of [1, 2]) await outcome(pages.summary('gateway', patient()));
    expect(await outcome(pages.summary('gateway', patient()))).toMatchObject({
      message: expect.stringContaining('has failed 5 times in a row'),
    });
    expect(await pages.summary('carrier', patient())).toMatchObject({ incidents: [] });
  });

  test('nobody configured is named by its key', async () => {
    const asked = probe().summary('carrier', patient());
    await expect(asked).rejects.toThrow(AbsentSystem);
    await expect(asked).rejects.toThrow(
      'The carrier’s status page is not configured (`statusPages.carrier`).',
    );
  });
});
