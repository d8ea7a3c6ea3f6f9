import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CARRIER_SECRET, STAGED_SECRET } from '../../../sim/world/carrier.ts';
import { regenerateLabel, testCarrier } from '../../../sim/world/shipping.ts';
import { MINUTE, recover, restartOrderService, scenario, type TestWorld, testWorld } from './support.ts';

const SECOND = 1_000;
let here: TestWorld;
beforeEach(async () => {
  here = await testWorld(1, 80);
});
afterEach(async () => await here.stop());

const figures = async () => (await here.world.snapshot()).shipping;
const waiting = async () =>
  await here.world.read(({ orders }) =>
    [...orders.values()]
      .filter(({ status }) => status === 'ready_to_ship')
      .sort((one, other) => one.updatedAt - other.updatedAt)
      .map(({ id, errorCode, updatedAt }) => ({ id, errorCode, updatedAt })),
  );
const regenerate = async (id: string) =>
  await here.world.change((state, at) => regenerateLabel(state, id, 'U1', at));
/** What each pod's test of the connection says. */
const tested = async () =>
  await here.world.read((state) =>
    state.pods.filter(({ app }) => app === 'order-service').map((pod) => testCarrier(state, pod).status),
  );
const lines = async (text: string) =>
  await here.world.read((state) =>
    state.pods.flatMap((pod) =>
      state.logs
        .read(pod.name)
        .map((line) => line.text)
        .filter((line) => line.includes(text)),
    ),
  );

describe('a healthy carrier', () => {
  test('every parcel that went out has one label, and a line of it', async () => {
    const wrong = await here.world.read(({ orders }) =>
      [...orders.values()].filter(
        ({ status, shipment }) =>
          shipment.labels !== Number(status === 'shipped') || shipment.labelError !== null,
      ),
    );
    expect(wrong).toEqual([]);
    expect(await figures()).toEqual({ carrier: 'up', waiting: 0, boughtTwice: 0 });
    const { orders } = await here.world.snapshot();
    expect(await lines(' label order=')).toHaveLength(orders.byStatus['shipped'] ?? 0);
    expect(await tested()).toEqual(['up', 'up', 'up']);
  });
});

describe('carrier-down', () => {
  beforeEach(async () => await here.world.start(scenario('carrier-down')));

  test('packed parcels wait, each since it was packed, and nothing goes out', async () => {
    const found = await waiting();
    expect(found.length).toBeGreaterThan(50);
    const { now } = await here.world.snapshot();
    expect(found[0]?.updatedAt).toBeLessThan(now - 60 * MINUTE);
    expect(new Set(found.map(({ errorCode }) => errorCode))).toEqual(
      new Set(['CARRIER_API_ERROR', 'LABEL_GENERATION_FAILED']),
    );
    expect(await tested()).toEqual(['down', 'down', 'down']);
    here.skip(10 * MINUTE);
    expect((await waiting()).length).toBeGreaterThan(found.length);
  });

  test('another attempt fails again and hides no age', async () => {
    const [first] = await waiting();
    await regenerate(first?.id ?? '');
    here.skip(MINUTE);
    const [again] = await waiting();
    expect(again?.id).toBe(first?.id);
    expect(again?.updatedAt).toBe(first?.updatedAt);
    expect((await here.world.order(first?.id ?? ''))?.attempts).toMatchObject([{ kind: 'regenerate-label' }]);
  });

  test('once it is up, one attempt is one label; two at once are two, and the second is money lost', async () => {
    await recover(here.world, 'carrier-down');
    const [first, second] = await waiting();
    await regenerate(first?.id ?? '');
    await regenerate(second?.id ?? '');
    await regenerate(second?.id ?? '');
    here.skip(10 * SECOND);
    expect((await here.world.order(first?.id ?? ''))?.status).toBe('shipped');
    expect(await regenerate(first?.id ?? '')).toBe('not ready');
    expect(await figures()).toMatchObject({ boughtTwice: 1 });
  });
});

describe('carrier-credentials-expired', () => {
  beforeEach(async () => await here.world.start(scenario('carrier-credentials-expired')));

  test('the carrier refuses our key; a new one is staged', async () => {
    expect(await tested()).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
    expect(await lines('status=401')).not.toEqual([]);
    expect((await waiting()).length).toBeGreaterThan(50);
    const staged = await here.world.read(({ cluster }) => cluster.secrets.has(STAGED_SECRET));
    expect(staged).toBe(true);
  });

  test('a new key in the secret helps only pods that start after it', async () => {
    await here.world.change(({ cluster }, now) => {
      const secret = cluster.secrets.get(CARRIER_SECRET);
      const next = cluster.secrets.get(STAGED_SECRET);
      if (secret === undefined || next === undefined) throw new Error('no such secret');
      secret.data = { ...next.data };
      secret.writes.push({ manager: 'oms-bot', at: now, data: true });
    });
    here.skip(MINUTE);
    expect(await tested()).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
    await restartOrderService(here.world);
    here.skip(3 * MINUTE);
    expect(await tested()).toEqual(['up', 'up', 'up']);
  });
});

describe('invalid-addresses', () => {
  test('only those wait, whatever is tried, until the address is corrected', async () => {
    await here.world.start(scenario('invalid-addresses'));
    const found = await waiting();
    expect(found).toHaveLength(7);
    expect(new Set(found.map(({ errorCode }) => errorCode))).toEqual(new Set(['INVALID_ADDRESS']));
    const id = found[0]?.id ?? '';
    await regenerate(id);
    here.skip(MINUTE);
    expect((await waiting())[0]?.id).toBe(id);
    await here.world.change(({ orders }, now) => {
      const shipment = orders.get(id)?.shipment;
      if (shipment === undefined) return;
      shipment.addressValid = true;
      shipment.addressChangedAt = now;
    });
    await regenerate(id);
    here.skip(MINUTE);
    expect((await here.world.order(id))?.status).toBe('shipped');
  });
});

test.each(['carrier-down', 'carrier-credentials-expired', 'invalid-addresses'])(
  'after %s everything has gone out, once',
  async (id) => {
    await here.world.start(scenario(id));
    await here.world.end(scenario(id));
    expect(await figures()).toMatchObject({ waiting: 0, boughtTwice: 0 });
    const wrong = await here.world.read(({ orders }) =>
      [...orders.values()].filter(({ status, shipment }) => shipment.labels !== Number(status === 'shipped')),
    );
    expect(wrong).toEqual([]);
  },
);
