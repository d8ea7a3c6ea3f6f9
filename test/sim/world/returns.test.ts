import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Return } from '../../../sim/world/return.ts';
import {
  addReturn,
  approveReturn,
  extendWindow,
  retryReturn,
  startReturn,
  windowOf,
} from '../../../sim/world/returns.ts';
import { HOUR, MINUTE, recover, scenario, type TestWorld, testWorld } from './support.ts';

let here: TestWorld;
beforeEach(async () => {
  here = await testWorld();
});
afterEach(async () => await here.stop());

/** Returns that have been pending for more than a day, oldest first. */
async function late(): Promise<readonly Return[]> {
  return await here.world.read((state, now) =>
    [...state.returns.values()]
      .filter(({ status, createdAt }) => status === 'pending' && createdAt < now - 24 * HOUR)
      .sort((one, other) => one.createdAt - other.createdAt)
      .map((one) => ({ ...one, notes: [...one.notes] })),
  );
}

const retry = async (id: string) =>
  await here.world.change((state, now) => retryReturn(state, id, now, 'U1'));
const approve = async (id: string) =>
  await here.world.change((state, now) => approveReturn(state, id, now, { by: 'U1', reason: 'looked at' }));
const extend = async (id: string, days: number) =>
  await here.world.change((state, now) =>
    extendWindow(state, id, now, { by: 'U1', days, reason: 'goodwill' }),
  );
const find = async (id: string) =>
  await here.world.read((state) => {
    const back = state.returns.get(id);
    return back === undefined ? null : { ...back, window: windowOf(state, back) };
  });

test('a healthy world approves returns in minutes', async () => {
  expect(await late()).toEqual([]);
  const { returns } = await here.world.snapshot();
  expect(returns.approved).toBeGreaterThan(5);
  expect(returns.late).toBe(0);
});

test('what was approved comes in within a day and is paid back within hours, while that works', async () => {
  const id = await here.world.change((state, now) => {
    const back = addReturn(state, 'on its way', now);
    startReturn(state, back, now);
    return back.id;
  });
  here.skip(10 * MINUTE);
  expect(await find(id)).toMatchObject({ status: 'approved' });
  await here.world.change(({ conditions }) => {
    conditions.returnsPaidBack = false;
  });
  here.skip(48 * HOUR);
  expect(await find(id)).toMatchObject({ status: 'received' });
  await here.world.change(({ conditions }) => {
    conditions.returnsPaidBack = true;
  });
  here.skip(4 * HOUR);
  expect(await find(id)).toMatchObject({ status: 'refunded' });
});

describe('returns-held', () => {
  beforeEach(async () => await here.world.start(scenario('returns-held')));

  test('a retry stops at the model again; a person’s approval does not', async () => {
    const held = await late();
    expect(held).toHaveLength(5);
    const id = held[0]?.id ?? '';
    await retry(id);
    here.skip(9 * MINUTE);
    expect(await find(id)).toMatchObject({ status: 'pending', errorCode: 'RETURN_APPROVAL_FAILED' });
    expect(await approve(id)).toBe('done');
    expect(await find(id)).toMatchObject({
      status: 'approved',
      notes: [{ text: 'workflow retried' }, { by: 'U1', text: 'approved by hand: looked at' }],
    });
    expect(await approve(id)).toBe('decided');
    expect(await retry(id)).toBe('decided');
  });
});

describe('returns-engine-crash', () => {
  beforeEach(async () => await here.world.start(scenario('returns-engine-crash')));

  test('14 wait, the engine is back, and a retry brings them on', async () => {
    const waiting = await late();
    expect(waiting).toHaveLength(14);
    const { pods } = await here.world.snapshot();
    expect(pods.filter(({ app }) => app === 'workflow-engine').every(({ ready }) => ready)).toBe(true);
    for (const { id } of waiting) expect(await retry(id)).toBe('done');
    here.skip(9 * MINUTE);
    expect(await late()).toEqual([]);
  });

  test('while the engine is away a retry fails again', async () => {
    await here.world.change((state) => {
      state.conditions.engineUp = false;
    });
    const [first] = await late();
    await retry(first?.id ?? '');
    here.skip(9 * MINUTE);
    expect(await find(first?.id ?? '')).toMatchObject({ status: 'pending', run: null });
  });
});

describe('returns-window-wrong', () => {
  beforeEach(async () => await here.world.start(scenario('returns-window-wrong')));

  test('honest returns are told that they are too late; an extension makes them eligible, a retry takes them on', async () => {
    const waiting = await late();
    expect(waiting).toHaveLength(7);
    expect(new Set(waiting.map(({ errorCode }) => errorCode))).toEqual(new Set(['RETURN_WINDOW_EXPIRED']));
    const id = waiting[0]?.id ?? '';
    expect(await find(id)).toMatchObject({ window: { eligible: false, windowDays: 30 } });
    expect(await approve(id)).toBe('window expired');
    expect(await extend(id, 14)).toBe('done');
    expect(await find(id)).toMatchObject({ status: 'pending', window: { eligible: true, windowDays: 44 } });
    await retry(id);
    here.skip(9 * MINUTE);
    expect(await find(id)).toMatchObject({ status: 'approved' });
  });

  test('counted rightly again, they are in time', async () => {
    await recover(here.world, 'returns-window-wrong');
    const [first] = await late();
    expect(await find(first?.id ?? '')).toMatchObject({ window: { eligible: true } });
  });
});

describe('returns-without-label', () => {
  beforeEach(async () => await here.world.start(scenario('returns-without-label')));

  test('while the carrier is down a retry stops at the label again; once it is up they go on', async () => {
    const waiting = await late();
    expect(waiting).toHaveLength(8);
    const id = waiting[0]?.id ?? '';
    await retry(id);
    here.skip(9 * MINUTE);
    expect(await find(id)).toMatchObject({ status: 'pending', errorCode: 'RETURN_APPROVAL_FAILED' });
    await recover(here.world, 'returns-without-label');
    for (const { id: each } of waiting) await retry(each);
    here.skip(9 * MINUTE);
    expect(await late()).toEqual([]);
  });

  test('fails labels now, too', async () => {
    const lines = await here.world.read((state, now) =>
      state.pods.flatMap((pod) => state.logs.read(pod.name, now - 30 * MINUTE).map(({ text }) => text)),
    );
    const failed = lines.filter((line) => line.includes('return:label') && line.includes('ETIMEDOUT'));
    expect(failed.length).toBeGreaterThanOrEqual(5);
  });
});

test('a return that is rightly too late is refused after three days, unless somebody made an exception', async () => {
  const [refused, excepted] = await here.world.change((state, now) =>
    ['refused', 'excepted'].map((label) => {
      const back = addReturn(state, label, now, { late: true });
      startReturn(state, back, now);
      return back.id;
    }),
  );
  here.skip(10 * MINUTE);
  await extend(excepted ?? '', 14);
  here.skip(4 * 24 * HOUR);
  expect(await find(refused ?? '')).toMatchObject({ status: 'refused' });
  expect(await find(excepted ?? '')).toMatchObject({ status: 'pending' });
});

test('what the database refuses stays, however often it is tried', async () => {
  const id = await here.world.change((state, now) => {
    const back = addReturn(state, 'twice', now - 30 * HOUR, { violates: true });
    startReturn(state, back, now);
    return back.id;
  });
  here.skip(9 * MINUTE);
  await retry(id);
  here.skip(9 * MINUTE);
  expect(await find(id)).toMatchObject({ status: 'pending', errorCode: 'RETURN_APPROVAL_FAILED', tries: 2 });
});

test('an unknown return is unknown', async () => {
  expect([await retry('ret_x'), await approve('ret_x'), await extend('ret_x', 7)]).toEqual([
    'unknown',
    'unknown',
    'unknown',
  ]);
});
