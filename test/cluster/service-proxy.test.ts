import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Call, createClient, type KubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { serviceWay } from '../../src/adapters/kubernetes/service-http.ts';
import { ORDER_SERVICE } from '../../src/adapters/order-service/client.ts';
import { orderServiceLever } from '../../src/adapters/order-service/lever.ts';
import { orderServiceProbe } from '../../src/adapters/order-service/probe.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { ExportId, OrderId } from '../../src/domain/ids.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { plainPolicy } from '../support/policy.ts';
import { outcome } from '../support/trouble.ts';
import { type TestNamespace, testNamespace, until } from './support/namespace.ts';
import { deploy, listen, podsOf, pretendPods } from './support/pods.ts';
import { applyRoles } from './support/roles.ts';

const SERVICE = 'order-service:80';
const ORDER = OrderId.parse('ord_somebody00');
const LICENCE = { key: 'run-1/item-1', by: 'URESPONDER' };
const soon = () => AbortSignal.timeout(20_000);

interface Arrived {
  readonly asked: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let here: TestNamespace;
let client: KubernetesClient;
let arrived: Arrived[] = [];
/** Connections end without an answer to a POST. */
let breaksOff = false;
beforeAll(async () => {
  if (!pretendPods) return;
  here = await testNamespace();
  const { core, name: namespace } = here;
  const yaml = `workloads: { orderService: { service: "${SERVICE}" } }`;
  client = await createClient(
    { text: here.kubeconfig(await applyRoles(here, ['look', 'change'], yaml)) },
    plainPolicy,
  );
  await deploy(here, 'order-service', { replicas: 1 });
  for (const name of ['order-service', 'another'])
    await core.createNamespacedService({
      namespace,
      body: {
        metadata: { name },
        spec: {
          selector: { app: 'order-service' },
          ports: [80, 81].map((port) => ({ name: `p${port}`, port, targetPort: 8080 })),
        },
      },
    });
  await listen(here, (await podsOf(here, 'order-service'))[0]?.name ?? '', 8080, (request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      arrived.push({ asked: `${request.method} ${request.url}`, headers: request.headers, body });
      if (breaksOff && request.method === 'POST') request.socket.destroy();
      else response.setHeader('content-type', 'application/json').end('{"accepted":true,"status":"shipped"}');
    });
  });
  await until('the Service having its pod', async () => {
    const path = `/api/v1/namespaces/${namespace}/services/${SERVICE}/proxy/`;
    return (await here.call('GET', path)).status === 200;
  });
});
beforeEach(() => {
  arrived = [];
  breaksOff = false;
});
afterAll(async () => {
  await client?.close();
  await here?.stop();
});

function hands(service = SERVICE) {
  const settings = {
    at: serviceWay(client, here.name, service),
    token: async () => 'a-token',
    tokenHeader: 'x-admin-token',
    paths: RUNBOOK_NAMES.paths,
    pods: null,
    policy: policyFor(ORDER_SERVICE, { backoffMs: [] }),
  };
  return { probe: orderServiceProbe(settings), lever: orderServiceLever(settings) };
}

describe.skipIf(!pretendPods)('the order service behind a real API server, with the roles of deploy/', () => {
  test('is asked as it is directly: method, path, question, body, who asks and with which token', async () => {
    const { probe, lever } = hands();
    const page = { status: 'processing', olderThanMinutes: 120, limit: 1, cursor: 'a b' };
    await outcome(probe.stuckOrders(page, soon()));
    await lever.retryWorkflow(ORDER, LICENCE, soon());
    await lever.setStatus(ORDER, 'shipped', 'seen by “us”', LICENCE, soon());
    await lever.cancelExport(ExportId.parse('exp_somebody00'), LICENCE, soon());
    expect(arrived.map(({ asked }) => asked)).toEqual([
      'GET /admin/orders/stuck?status=processing&olderThan=120m&limit=1&cursor=a+b',
      `POST /admin/orders/${ORDER}/retry-workflow`,
      `PATCH /admin/orders/${ORDER}/status`,
      'DELETE /admin/exports/exp_somebody00',
    ]);
    expect(JSON.parse(arrived[2]?.body ?? '')).toEqual({ status: 'shipped', reason: 'seen by “us”' });
    for (const { headers } of arrived) {
      expect(headers).toMatchObject({ 'x-admin-token': 'Bearer a-token' });
      expect(headers).not.toHaveProperty('authorization');
    }
    expect(arrived[1]?.headers).toMatchObject({ 'x-requested-by': 'URESPONDER' });
  });

  test.each(['another:80', 'order-service:81', 'order-service', 'order-service:p80'])(
    'no other is: %s',
    async (service) => {
      const { probe, lever } = hands(service);
      expect(await outcome(probe.order(ORDER, soon()))).toMatchObject({
        fault: 'forbidden',
        message: expect.stringMatching(
          /^The bot's role may not get services\/proxy\. Kubernetes answered 403/,
        ),
      });
      expect(await outcome(lever.retryWorkflow(ORDER, LICENCE, soon()))).toMatchObject({
        fault: 'forbidden',
        sent: 'no',
        message: expect.stringContaining('may not create services/proxy'),
      });
      expect(arrived).toEqual([]);
    },
  );

  test('without those roles neither is it', async () => {
    const other = await testNamespace();
    const stranger = await createClient(
      { text: other.kubeconfig(await applyRoles(other, ['look', 'change'])) },
      plainPolicy,
    );
    const answer = await stranger.open(callFor(other.name, 'get'));
    expect(answer.status).toBe(403);
    await answer.body?.cancel();
    await stranger.close();
    await other.stop();
  });

  describe('a connection that ends without an answer, after others went over it', () => {
    const POST = `POST /admin/orders/${ORDER}/retry-workflow`;

    test('a change was sent once, and what came of it is not known', async () => {
      const { probe, lever } = hands();
      await outcome(probe.order(ORDER, soon()));
      breaksOff = true;
      expect(await outcome(lever.retryWorkflow(ORDER, LICENCE, soon()))).toMatchObject({ sent: 'maybe' });
      expect(arrived.filter(({ asked }) => asked === POST)).toHaveLength(1);
    });

    // Why it is left out: with it the API server itself sends what must be sent once again.
    test('with an Idempotency-Key it would have been sent twice', async () => {
      await outcome(hands().probe.order(ORDER, soon()));
      breaksOff = true;
      const { url, headers, dispatcher } = await client.route(callFor(here.name, 'create'));
      const { fetch } = await import('undici');
      const response = await fetch(`${url}admin/orders/${ORDER}/retry-workflow`, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': LICENCE.key },
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      await response.body?.cancel();
      expect(arrived.filter(({ asked }) => asked === POST)).toHaveLength(2);
    });
  });
});

function callFor(namespace: string, verb: string): Call {
  const path = `/api/v1/namespaces/${namespace}/services/${SERVICE}/proxy/`;
  return { verb, resource: 'services/proxy', path, signal: soon() };
}
