import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Refund } from '../../../sim/world/refund.ts';
import {
  addRefund,
  giveStoreCredit,
  planTry,
  refundAtGateway,
  retryRefund,
} from '../../../sim/world/refunds.ts';
import { HOUR, MINUTE, recover, scenario, type TestWorld, testWorld } from './support.ts';

let here: TestWorld;
beforeEach(async () => {
  here = await testWorld();
});
afterEach(async () => await here.stop());

type Shown = Pick<Refund, 'id' | 'status' | 'errorCode' | 'tries'> & { readonly paid: number };
const shown = ({ id, status, errorCode, tries, paid }: Refund): Shown => ({
  id,
  status,
  errorCode,
  tries,
  paid: paid.length,
});

/** Refunds of more than a day that the gateway lacks, oldest first. */
async function late(): Promise<readonly Shown[]> {
  return await here.world.read((state, now) =>
    [...state.refunds.values()]
      .filter((one) => one.status === 'pending' && one.gateway === null && one.createdAt < now - 24 * HOUR)
      .sort((one, other) => one.createdAt - other.createdAt)
      .map(shown),
  );
}

async function one(id: string): Promise<Shown> {
  const found = await here.world.read((state) => {
    const refund = state.refunds.get(id);
    return refund === undefined ? null : shown(refund);
  });
  if (found === null) throw new Error(`no refund ${id}`);
  return found;
}

const retry = async (id: string) =>
  await here.world.change((state, now) => retryRefund(state, id, now, 'U1'));
const credit = async (id: string) =>
  await here.world.change((state, now) => giveStoreCredit(state, id, now, 'U1'));
const gateway = async (id: string) =>
  await here.world.read((state, now) => {
    const refund = state.refunds.get(id);
    return refund === undefined ? undefined : refundAtGateway(state, refund, now);
  });

/** Lines of refused refunds of the last half hour, by what the gateway said. */
async function refusals(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const lines = await here.world.read((state, now) =>
    state.pods.flatMap((pod) => state.logs.read(pod.name, now - 30 * MINUTE).map(({ text }) => text)),
  );
  for (const line of lines) {
    const said = / refund refund=.* gateway=stripe (.+) attempt=/.exec(line)?.[1];
    if (said !== undefined) found[said] = (found[said] ?? 0) + 1;
  }
  return found;
}

test('a healthy world has refunds on their way, none of them late, each paid once', async () => {
  const { refunds } = await here.world.snapshot();
  expect(refunds).toMatchObject({ late: 0, credited: 0, paidTwice: 0 });
  expect(refunds.settling).toBeGreaterThan(10);
  expect(await refusals()).toEqual({});
});

test('a refund settles within five to twelve days', async () => {
  const day = 24 * HOUR;
  const said = await here.world.read((state, now) => {
    const [first] = state.refunds.values();
    if (first?.gateway == null) throw new Error('no refund is on its way');
    const { acceptedAt } = first.gateway;
    expect(acceptedAt).toBeLessThan(now - day);
    return [5, 12].map((days) => refundAtGateway(state, first, acceptedAt + days * day)?.status);
  });
  expect(said).toEqual(['pending', 'succeeded']);
});

describe.each([
  ['refunds-gateway-down', 18, /status=503|timeout_ms/],
  ['refunds-throttled', 14, /status=429/],
])('%s', (id, many, says) => {
  beforeEach(async () => await here.world.start(scenario(id)));

  test('leaves refunds that never reached the gateway, and new ones that fail', async () => {
    expect(await late()).toHaveLength(many);
    const said = await refusals();
    expect(Object.keys(said).join()).toMatch(says);
    expect(Object.values(said).reduce((sum, lines) => sum + lines, 0)).toBeGreaterThanOrEqual(5);
  });

  test('a retry while it lasts fails again; after it each is paid, once', async () => {
    const ids = (await late()).map((refund) => refund.id);
    for (const each of ids) expect(await retry(each)).toBe('done');
    here.skip(2 * MINUTE);
    expect((await late()).length).toBeGreaterThan(many / 2);
    await recover(here.world, id);
    here.skip(30 * MINUTE);
    for (const { id: each } of await late()) expect(await retry(each)).toBe('done');
    here.skip(2 * MINUTE);
    expect(await late()).toEqual([]);
    for (const each of ids) expect(await one(each)).toMatchObject({ errorCode: null, paid: 1 });
  });

  test('its end leaves nothing late', async () => {
    await here.world.end(scenario(id));
    expect(await late()).toEqual([]);
    expect(await here.world.snapshot()).toMatchObject({
      conditions: { gateway: 'up' },
      refunds: { paidTwice: 0 },
    });
  });
});

test('while the gateway is down nobody can say what it has', async () => {
  await here.world.start(scenario('refunds-gateway-down'));
  const [first] = await late();
  expect(await gateway(first?.id ?? '')).toBeNull();
  await recover(here.world, 'refunds-gateway-down');
  expect(await gateway(first?.id ?? '')).toEqual({ status: 'not_found', acceptedAt: null });
});

test('the daily limit stands until midnight', async () => {
  await here.world.start(scenario('refund-limit'));
  expect(Object.keys(await refusals())).toEqual(['status=400 reason=daily_refund_limit']);
  const [first] = await late();
  await retry(first?.id ?? '');
  here.skip(2 * MINUTE);
  expect(await one(first?.id ?? '')).toMatchObject({ errorCode: 'REFUND_FAILED' });
  here.skip(22 * HOUR);
  await retry(first?.id ?? '');
  here.skip(2 * MINUTE);
  expect(await one(first?.id ?? '')).toMatchObject({ errorCode: null, paid: 1 });
});

describe('refund-method-gone', () => {
  beforeEach(async () => await here.world.start(scenario('refund-method-gone')));

  test('no retry helps, and the gateway says failed', async () => {
    const refunds = await late();
    expect(refunds).toHaveLength(7);
    for (const { id } of refunds) {
      await retry(id);
      expect(await gateway(id)).toMatchObject({ status: 'failed' });
    }
    here.skip(30 * MINUTE);
    expect((await late()).map(({ paid }) => paid)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  test('store credit pays once, and a second one is refused', async () => {
    const [first] = await late();
    const id = first?.id ?? '';
    expect(await credit(id)).toBe('done');
    expect(await one(id)).toMatchObject({ status: 'credited', paid: 1 });
    expect(await credit(id)).toBe('not pending');
    expect(await retry(id)).toBe('not pending');
    expect(await late()).toHaveLength(6);
  });
});

describe('the hazards of money', () => {
  test('store credit while a retry is under way pays twice', async () => {
    const id = await here.world.change((state, now) => addRefund(state, 'twice', now - 30 * HOUR).id);
    expect(await retry(id)).toBe('done');
    expect(await retry(id)).toBe('under way');
    expect(await credit(id)).toBe('done');
    here.skip(2 * MINUTE);
    expect(await one(id)).toMatchObject({ paid: 2 });
    expect(await here.world.snapshot()).toMatchObject({ refunds: { paidTwice: 1 } });
  });

  test('store credit for what the gateway has pays twice', async () => {
    const id = await here.world.change((state, now) => {
      const refund = addRefund(state, 'settles', now - 30 * HOUR);
      planTry(state, refund, now - 30 * HOUR, 'under way');
      state.timeline.advance(now);
      return refund.id;
    });
    expect(await gateway(id)).toMatchObject({ status: 'pending' });
    await credit(id);
    expect(await one(id)).toMatchObject({ paid: 2 });
  });

  test('a refund that timed out may be at the gateway; it is not paid again', async () => {
    await here.world.change((state, now) => {
      state.conditions.gateway = 'degraded';
      for (let number = 0; number < 40; number += 1)
        planTry(state, addRefund(state, `slow ${number}`, now), now, 'under way');
    });
    here.skip(30_000);
    const lost = await here.world.read((state) =>
      [...state.refunds.values()]
        .filter(({ errorCode, gateway: has }) => errorCode === 'REFUND_TIMEOUT' && has !== null)
        .map(({ id }) => id),
    );
    expect(lost.length).toBeGreaterThan(0);
    here.skip(30 * MINUTE);
    for (const id of lost) expect(await one(id)).toMatchObject({ errorCode: null, paid: 1 });
  });

  test('an unknown refund is unknown', async () => {
    expect(await retry('ref_nobody')).toBe('unknown');
    expect(await credit('ref_nobody')).toBe('unknown');
  });
});
