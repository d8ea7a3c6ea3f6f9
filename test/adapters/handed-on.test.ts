import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Kubernetes, startKubernetes } from '../../sim/kubernetes/kubernetes.ts';
import { connectKubernetes, type KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';
import { ORDER_SERVICE } from '../../src/adapters/order-service/client.ts';
import { orderServiceLever } from '../../src/adapters/order-service/lever.ts';
import { orderServiceProbe } from '../../src/adapters/order-service/probe.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { OrderId } from '../../src/domain/ids.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { type TestWorld, testWorld } from '../sim/world/support.ts';
import { plainPolicy } from '../support/policy.ts';
import { outcome, patient } from '../support/trouble.ts';

const ORDER = OrderId.parse('ord_somebody00');
const LICENCE = { key: 'run-1/item-1', by: 'URESPONDER' };

let here: TestWorld;
let kubernetes: Kubernetes;
let cluster: KubernetesConnection;
let answer: (request: Request) => Response | Promise<Response>;
let arrived: Request[];
const fine = () => Response.json({ accepted: true });
beforeAll(async () => {
  here = await testWorld(1, 1);
  kubernetes = await startKubernetes({
    world: here.world,
    async podHttp(_pod, request) {
      arrived.push(request);
      return await answer(request);
    },
  });
  cluster = await connectKubernetes({ kubeconfig: { text: kubernetes.kubeconfig() }, policy: plainPolicy });
  arrived = [];
  answer = fine;
});
afterEach(() => {
  kubernetes.allow(null);
  arrived = [];
  answer = fine;
});
afterAll(async () => {
  await cluster.close();
  await kubernetes.stop();
  await here.stop();
});

function hands({ service = 'order-service:8080', tokenHeader = 'x-admin-token' } = {}) {
  const settings = {
    at: cluster.serviceWay(kubernetes.namespace, service),
    token: async () => 'a-token',
    tokenHeader,
    paths: RUNBOOK_NAMES.paths,
    pods: null,
    policy: policyFor(ORDER_SERVICE, { backoffMs: [] }),
  };
  return { probe: orderServiceProbe(settings), lever: orderServiceLever(settings) };
}

test('a request comes with its token and who asked, and with nothing that the API server could act on', async () => {
  await hands()
    .lever.setStatus(ORDER, 'shipped', 'seen', LICENCE, patient())
    .catch(() => undefined);
  const [request] = arrived;
  expect(request?.method).toBe('PATCH');
  expect(await request?.json()).toEqual({ status: 'shipped', reason: 'seen' });
  const headers = Object.fromEntries(request?.headers ?? []);
  expect(headers).toMatchObject({ 'x-admin-token': 'Bearer a-token', 'x-requested-by': 'URESPONDER' });
  expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['authorization']));
  expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['idempotency-key']));
});

test('our token never takes the place of the bot’s own credentials', async () => {
  await hands({ tokenHeader: 'Authorization' }).lever.retryWorkflow(ORDER, LICENCE, patient());
  const sent = kubernetes.requests.at(-1)?.headers['authorization'];
  expect(sent).toBe(`Bearer ${kubernetes.token}`);
});

test.each([
  [
    'a Service that is not there is no order that is not known',
    {
      service: 'nobody:8080',
      fault: 'unreachable',
      sent: 'no',
      message: /did not reach the Service nobody:8080 in .*\. It says: services "nobody" not found$/,
    },
  ],
  [
    'nobody listens',
    {
      service: 'order-service:9',
      answer: () => {
        throw new Error('connection refused');
      },
      fault: 'unreachable',
      sent: 'no',
      message: /did not reach .* It says: error trying to reach service: dial tcp /,
    },
  ],
  [
    'a right that is missing is named by verb, and is not the token’s',
    {
      forbidden: true,
      fault: 'forbidden',
      sent: 'no',
      message:
        /^The bot's role may not (get|create) services\/proxy\. Kubernetes answered 403\.(?!.*TOKEN_FILE)/,
    },
  ],
  [
    'the service’s own no keeps its words',
    {
      answer: () => Response.json({ error: { message: 'not with this token' } }, { status: 403 }),
      fault: 'forbidden',
      sent: 'no',
      message: /^The order service answered 403\..*ORDER_SERVICE_TOKEN_FILE lacks the right\.$/,
    },
  ],
  [
    'its failure is its own',
    {
      answer: () => new Response('oops', { status: 500 }),
      fault: 'failed',
      sent: 'maybe',
      message: /^The order service answered 500\./,
    },
  ],
] as const)('%s', async (_what, row) => {
  if ('answer' in row) answer = row.answer;
  if ('forbidden' in row) kubernetes.allow([{ verb: 'get', resource: 'pods' }]);
  const { probe, lever } = hands('service' in row ? { service: row.service } : {});
  const { fault, sent } = row;
  const message = expect.stringMatching(row.message);
  const change = lever.retryWorkflow(ORDER, LICENCE, patient());
  expect(await outcome(change)).toMatchObject({ fault, sent, message });
  expect(await outcome(probe.order(ORDER, patient()))).toMatchObject({ fault, message });
});
