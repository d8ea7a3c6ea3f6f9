import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AbsentSystem } from '../../src/ports/system-error.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { outcome, patient } from '../support/trouble.ts';
import { type Admin, adminOf, LICENCE } from './admin.ts';

const FAILED = /events\/failed$/;
const REPLAY = /events\/republish-failed$/;

let here: Admin;
beforeAll(async () => {
  here = await adminOf('broker-away');
});
afterEach(() => here.service.faults.clear());
afterAll(async () => await here.stop());

const ask = async () => await here.hands().probe.failedEvents(patient());
const replay = async () => await here.hands().lever.republishFailed(LICENCE, patient());
const letters = async () => await here.world.read(({ kafka }) => kafka.deadLetters);

const EARLY = { orderId: 'ord_abc123', at: '2026-03-10T12:00:00Z' };

test('what was put aside is counted, by error, with the oldest', async () => {
  const all = await letters();
  expect(all.length).toBeGreaterThan(100);
  expect(await ask()).toEqual({
    total: all.length,
    oldestAt: all[0]?.at,
    byClass: { NotEnoughReplicasException: all.length },
    orders: expect.arrayContaining([{ order: all.at(-1)?.order, at: all.at(-1)?.at }]),
  });
});

test.each<[string, object, object]>([
  [
    'none',
    { total: 0, oldestAt: null, byError: {}, events: [] },
    { total: 0, oldestAt: null, byClass: {}, orders: [] },
  ],
  ['no errors named', { total: 3 }, { total: 3, oldestAt: null, byClass: {}, orders: null }],
  [
    'one order twice, with its newest',
    { total: 2, events: [EARLY, { orderId: 'ord_abc123', at: '2026-03-10T12:05:00Z' }] },
    {
      total: 2,
      oldestAt: null,
      byClass: {},
      orders: [{ order: 'ord_abc123', at: Date.parse('2026-03-10T12:05:00Z') }],
    },
  ],
  [
    'not all of them told',
    { total: 2, events: [EARLY] },
    { total: 2, oldestAt: null, byClass: {}, orders: null },
  ],
])('%s', async (_what, body, expected) => {
  here.answers(FAILED, body);
  expect(await ask()).toEqual(expected);
});

test.each<[string, unknown]>([
  ['no total', { oldestAt: null }],
  ['a total below nothing', { total: -1 }],
  ['a list', []],
])('%s is not understood', async (_what, body) => {
  here.answers(FAILED, body);
  expect(await outcome(ask())).toMatchObject({ fault: 'not understood' });
});

test('where nobody has said where to ask, nobody asks', async () => {
  const { probe } = here.hands('a-token', RUNBOOK_NAMES.paths);
  await expect(probe.failedEvents(patient())).rejects.toThrow(AbsentSystem);
});

test('a replay names who asked; a second one under way is refused in the service’s words', async () => {
  const before = (await letters()).length;
  expect(await replay()).toBe(`Taken by the service for ${before} events.`);
  expect(await outcome(replay())).toMatchObject({
    fault: 'refused',
    sent: 'no',
    message: expect.stringContaining('a replay of failed events is under way'),
  });
  const replays = await here.world.read(({ kafka }) => kafka.replays);
  expect(replays).toMatchObject([{ by: LICENCE.by, events: before }]);
});

test('answered 503 is sent once and may have been done', async () => {
  here.service.faults.add({ match: { path: REPLAY }, fault: { mode: 'status', status: 503 } });
  const before = here.service.count('POST', REPLAY);
  expect(await outcome(replay())).toMatchObject({ fault: 'failed', sent: 'maybe' });
  expect(here.service.count('POST', REPLAY)).toBe(before + 1);
});

test('without the right token nothing is done', async () => {
  const stranger = here.hands('another').lever.republishFailed(LICENCE, patient());
  expect(await outcome(stranger)).toMatchObject({ fault: 'forbidden', sent: 'no' });
});
