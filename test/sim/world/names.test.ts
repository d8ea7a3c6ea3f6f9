import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pretendKafka } from '../../../sim/kafka/kafka.ts';
import { startKubernetes } from '../../../sim/kubernetes/kubernetes.ts';
import { startOrderService } from '../../../sim/order-service/order-service.ts';
import { pretendRedis } from '../../../sim/redis/redis.ts';
import { runCommand } from '../../../sim/world/commands.ts';
import { lockKey, takeLock } from '../../../sim/world/inventory.ts';
import { ACME } from '../../support/acme.ts';
import { namesIn } from '../../support/default-names.ts';
import { type TestWorld, testWorld } from './support.ts';

const TOKEN = 'a-token';
let here: TestWorld;
let service: Awaited<ReturnType<typeof startOrderService>>;
let cluster: Awaited<ReturnType<typeof startKubernetes>>;
beforeAll(async () => {
  here = await testWorld(1, 20, null, ACME);
  service = await startOrderService({ world: here.world, token: TOKEN });
  cluster = await startKubernetes({ world: here.world, podHttp: service.forPod });
});
afterAll(async () => {
  await cluster.stop();
  await service.stop();
  await here.stop();
});

const patient = () => AbortSignal.timeout(5_000);
const admin = async (path: string, header = ACME.tokenHeader) =>
  await fetch(`${service.url}${path}`, { headers: { [header]: `Bearer ${TOKEN}` } });
const api = async (path: string) =>
  await fetch(`${cluster.url}${path}`, { headers: { authorization: `Bearer ${cluster.token}` } });
const itemsOf = async (answer: Response) => ((await answer.json()) as { items: unknown[] }).items.length;

describe('in a company with names of its own nobody knows the runbook’s', () => {
  test('paths, header and statuses of the order service', async () => {
    const { stuckOrders = '', metrics = '' } = ACME.paths;
    expect((await admin(`${stuckOrders}?status=in_the_works`)).status).toBe(200);
    expect((await admin(`${stuckOrders}?status=processing`)).status).toBe(400);
    expect((await admin(stuckOrders, 'authorization')).status).toBe(401);
    expect((await admin('/admin/orders/stuck')).status).toBe(404);
    expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
    const page = await (await fetch(`${service.url}${metrics}`)).text();
    expect(page).toMatch(/^acme_pay_ok_ratio (100|9\d)/m);
    expect(page).toMatch(/^acme_call_millis_bucket\{call=".+",le="250"\}/m);
    expect(namesIn(page)).toEqual([]);
  });

  test('namespaces, labels, deployments and secrets', async () => {
    const pods = '/api/v1/namespaces/shop-front/pods?labelSelector=';
    expect(await itemsOf(await api(`${pods}acme.io%2Fpart%3Dcheckout`))).toBe(3);
    expect(await itemsOf(await api(`${pods}app%3Dorder-service`))).toBe(0);
    expect(await itemsOf(await api('/api/v1/namespaces/default/pods'))).toBe(0);
    const deployments = '/apis/apps/v1/namespaces/shop-front/deployments';
    expect((await api(`${deployments}/checkout-core`)).status).toBe(200);
    expect((await api(`${deployments}/order-service`)).status).toBe(404);
    expect((await api(`${deployments}/flow-runner`)).status).toBe(404);
    const secrets = '/api/v1/namespaces/shop-front/secrets';
    expect((await api(`${secrets}/paypath-keys`)).status).toBe(200);
    expect((await api(`${secrets}/payment-gateway-credentials`)).status).toBe(404);
    const [pod = ''] = await here.world.read((state) => state.pods.map(({ name }) => name));
    const proxied = (port: number) =>
      api(`/api/v1/namespaces/shop-front/pods/${pod}:${port}/proxy${ACME.paths['metrics']}`);
    expect((await proxied(ACME.port)).status).toBe(200);
    expect((await proxied(8080)).status).toBe(503);
  });

  test('what pods write, and the hosts that they reach', async () => {
    const pods = await here.world.read((state) => state.pods.map(({ name }) => name));
    const lines = await here.world.read((state) => state.pods.flatMap(({ name }) => state.logs.read(name)));
    expect(lines.length).toBeGreaterThan(100);
    const [pod = ''] = pods;
    const shown = await (await api(`/api/v1/namespaces/shop-front/pods/${pod}/log`)).text();
    expect(shown).toContain(`${ACME.logs['webhook:fulfillment']} order=`);
    expect(namesIn(shown)).toEqual([]);
    const run = async (...argv: string[]) =>
      await here.world.change((state, at) => {
        const [first] = state.pods;
        return first === undefined ? null : runCommand(state, first, argv, at);
      });
    expect(await run('curl', `https://${ACME.gateway.host}/`)).toMatchObject({ exit: 0 });
    expect(await run('curl', 'https://api.stripe.com/v1/charges')).toMatchObject({ exit: 6 });
    expect(await run('nc', '-z', 'bus-0.bus-svc', '9093')).toMatchObject({ exit: 0 });
    expect(await run('nc', '-z', 'bus-0.bus-svc', '9092')).toMatchObject({ exit: 1 });
    expect(await run('nc', '-z', 'kafka-0.kafka-headless', '9093')).toMatchObject({ exit: 1 });
  });

  test('topics, groups, keys of locks and the table', async () => {
    const { probe } = pretendKafka(here.world);
    expect(await probe.topic('shop.purchases.v4', patient())).toMatchObject({ topic: 'shop.purchases.v4' });
    expect(await probe.topic('order-events', patient())).toBeNull();
    const { groups } = await probe.groups('all', patient());
    expect(groups.map(({ group }) => group).sort()).toEqual(Object.values(ACME.groups).sort());
    expect((await probe.groups(['notification-consumer'], patient())).groups).toEqual([]);
    await here.world.change(({ inventory }, now) => {
      const [product] = inventory.products;
      const key = product === undefined ? '' : lockKey(product);
      inventory.locks.clear();
      takeLock(inventory, { key, value: 'somebody', ttlMs: null }, now);
    });
    const locks = async (pattern: string) =>
      (await pretendRedis(here.world).probe.locks({ pattern, ttlMs: null }, patient())).total;
    expect([await locks('stock/hold/*'), await locks('lock:inventory:*')]).toEqual([1, 0]);
    await expect(here.pool.query('select 1 from orders')).rejects.toThrow(/does not exist/);
    const { rows } = await here.pool.query('select distinct stage from shop.purchases');
    const own = Object.values(ACME.orders.statuses);
    expect(rows.filter(({ stage }) => !own.includes(stage))).toEqual([]);
    expect(rows.length).toBeGreaterThan(1);
  });
});
