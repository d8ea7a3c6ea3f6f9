import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { KubernetesProbe } from '../../../src/ports/kubernetes.ts';
import type { GatewayHealth, OrderServiceProbe } from '../../../src/ports/probes.ts';
import type { PaymentLogs } from '../../../src/runbooks/payment-failures/logs.ts';
import type { RateSeen } from '../../../src/runbooks/shared/success-rate.ts';
import { anIncident } from '../../support/incidents.ts';
import {
  aDeployment,
  aLog,
  anOrder,
  answers,
  aPod,
  diagnosed,
  fakeProbes,
  MINUTE,
  NOW,
  silent,
  times,
} from '../../support/runbooks.ts';

const look = async (given: {
  readonly orderService?: Partial<OrderServiceProbe>;
  readonly kubernetes?: Partial<KubernetesProbe>;
}) => await diagnosed('payment-failures', fakeProbes(given));

const UP: GatewayHealth = { status: 'up', words: null };
const DOWN: GatewayHealth = { status: 'down', words: 'connect ETIMEDOUT' };

test('systems that are not configured are skipped, never healthy', async () => {
  const { findings, impact } = await look({});
  expect(findings.map(({ step, verdict }) => [step, verdict])).toEqual([
    ['R1', 'skipped'],
    ['R2', 'skipped'],
    ['R3', 'skipped'],
    ['R4', 'skipped'],
    ['R6', 'skipped'],
    ['X4', 'skipped'],
    ['X3', 'skipped'],
    ['R7', 'skipped'],
    ['X6', 'skipped'],
  ]);
  expect(impact.known).toBe(false);
});

test('systems that do not answer are unknown, each by itself', async () => {
  const no = async () => {
    throw silent();
  };
  const found = await look({
    orderService: { gatewayHealth: no, metrics: no, stuckOrders: no },
    kubernetes: { logs: no, secret: no, pods: no, deployment: no },
  });
  for (const step of ['R1', 'R2', 'R4', 'R6', 'X4', 'R7'])
    expect(found.of(step)).toMatchObject({ verdict: 'unknown', line: 'The system did not answer.' });
  expect(found.causes.every(({ verdict }) => verdict === 'open')).toBe(true);
});

describe('R1', () => {
  test.each<[string, readonly (GatewayHealth | null)[], Verdict, string]>([
    ['all up', [UP, UP], 'healthy', 'All 2 pods reach the payment gateway.'],
    [
      'one silent',
      [UP, null],
      'unknown',
      'The payment gateway is up, say 1 of 2 pods; the others did not answer.',
    ],
    ['all silent', [null, null], 'unknown', 'No pod said how the payment gateway is.'],
    ['no pods', [], 'unknown', 'No pod said how the payment gateway is.'],
    ['one down', [UP, DOWN], 'broken', 'The payment gateway is down, 1 of 2 pods says: connect ETIMEDOUT.'],
    [
      'slow',
      [{ status: 'degraded', words: null }, null],
      'broken',
      'The payment gateway is slow, 1 of 2 pods says so. 1 did not answer.',
    ],
  ])('%s', async (_what, pods, verdict, line) => {
    const found = await look({ orderService: { gatewayHealth: async () => answers(...pods) } });
    expect(found.of('R1')).toMatchObject({ verdict, line });
  });

  test('down counts from its first answer, and begins anew after an up', async () => {
    let says = DOWN;
    const probes = fakeProbes({ orderService: { gatewayHealth: async () => answers(says) } });
    let incident = anIncident([], { diagnosis: null });
    const round = async (at: number, gateway: GatewayHealth) => {
      says = gateway;
      const found = await diagnosed('payment-failures', probes, { incident, now: at });
      incident = anIncident(found.findings);
      return found.causes.find(({ id }) => id === '1.C1')?.verdict;
    };
    expect(await round(NOW, DOWN)).toBe('open');
    expect(await round(NOW + 15_000, DOWN)).toBe('supported');
    expect(await round(NOW + 30_000, UP)).toBe('open');
    expect(await round(NOW + 45_000, DOWN)).toBe('open');
    expect(await round(NOW + 60_000, DOWN)).toBe('supported');
  });
});

describe('R2', () => {
  const read = async (...logs: ReturnType<typeof aLog>[]) =>
    (await look({ kubernetes: { logs: async () => logs } })).of('R2');

  test.each([
    ['PAYMENT_FAILED order=ord_a1b2c3 status=503', 'outage'],
    ['PAYMENT_GATEWAY_TIMEOUT order=ord_a1b2c3 timeout_ms=10000', 'outage'],
    ['PAYMENT_FAILED order=ord_a1b2c3 error="connect timed out"', 'outage'],
    ['PAYMENT_FAILED order=ord_a1b2c3 status=401', 'credentials'],
    ['{"level":"error","code":"PAYMENT_FAILED","statusCode":403}', 'credentials'],
    ['{"msg":"PAYMENT_FAILED","http":{"status":429,"retryAfter":60}}', 'rate limit'],
    ['PAYMENT_DECLINED order=ord_a1b2c3 status=402 decline=insufficient_funds', 'declined'],
    ['PAYMENT_FAILED order=ord_a1b2c3 decline=card_declined', 'declined'],
    ['PAYMENT_FAILED status=503 previous=PAYMENT_DECLINED', 'outage'],
    ['PAYMENT_GATEWAY_TIMEOUT PAYMENT_FAILED status=408', 'outage'],
    ['PAYMENT_FAILED status=402 customer="Tim Timeout"', null],
    ['PAYMENT_FAILED customer_name="PAYMENT_DECLINED status=503" order=ord_a1b2c3', null],
    ['PAYMENT_FAILED order=ord_a1b2c3 error=ENOTFOUND timeout_ms=10000', null],
  ])('%s is %s', async (line, name) => {
    const counts = (await read(aLog([line]))).data as PaymentLogs;
    const found = Object.entries(counts.classes).filter(([, { lines }]) => lines > 0);
    expect(found.map(([one]) => one)).toEqual(name === null ? [] : [name]);
    expect(counts.unclassed).toBe(name === null ? 1 : 0);
  });

  test.each<[string, ReturnType<typeof aLog>[], Verdict, RegExp]>([
    ['nothing failed', [aLog([])], 'healthy', /^0 payments failed in 30 min; 0 cards were declined\.$/],
    [
      'five failed',
      [aLog(times(3, 'PAYMENT_FAILED status=503')), aLog(times(2, 'PAYMENT_FAILED'))],
      'broken',
      /^5 payments failed in 30 min \(outage 3, without a status 2\); 0 cards/,
    ],
    [
      'declines only',
      [aLog(times(90, 'PAYMENT_DECLINED'))],
      'healthy',
      /^0 payments .* 90 cards were declined/,
    ],
    [
      'they stopped',
      [aLog(times(9, 'PAYMENT_FAILED status=503'), {}, 7)],
      'healthy',
      /\(outage 9\), none in the last 7 min;/,
    ],
    [
      'a pod could not be read',
      [aLog([]), aLog([], { pod: 'pod-2', problem: 'It did not answer.' })],
      'unknown',
      /Not everything could be read: pod-2: It did not answer\.$/,
    ],
    [
      'a log was cut',
      [aLog([], { truncated: true })],
      'unknown',
      /pod-1: its log was larger than we read\.$/,
    ],
    [
      'more matched than is kept',
      [aLog([], { matched: 4 })],
      'unknown',
      /more lines matched than are kept\.$/,
    ],
    [
      'broken although a log was cut',
      [aLog(times(5, 'PAYMENT_FAILED'), { truncated: true })],
      'broken',
      /^5 payments failed/,
    ],
  ])('%s', async (_what, logs, verdict, line) => {
    const found = await read(...logs);
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });

  test('shows at most five lines, one of each wording', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, place) => `PAYMENT_FAILED order=ord_a${place}zz status=50${place % 2}`,
    );
    expect((await read(aLog(lines))).evidence).toHaveLength(1);
    const words = ['one', 'two', 'three', 'four', 'five', 'six'];
    expect((await read(aLog(words.map((word) => `PAYMENT_FAILED ${word}`)))).evidence).toHaveLength(5);
  });
});

describe('R4', () => {
  const pages = async (...values: readonly (Record<string, number> | null)[]) =>
    (await look({ orderService: { metrics: async () => answers(...values) } })).of('R4');
  const rate = (value: number) => ({ payment_success_rate: value });

  test.each<[string, readonly (Record<string, number> | null)[], Verdict, RegExp]>([
    [
      'the worst pod counts',
      [rate(0.99), rate(0.4)],
      'broken',
      /^40 % of payments succeed on the worst pod\.$/,
    ],
    ['exactly 90 %', [rate(0.9), rate(1)], 'healthy', /^90 %/],
    ['a silent pod is not healthy', [rate(1), null], 'unknown', /1 of 2 pods answered\.$/],
    ['a silent pod hides no broken one', [rate(0.1), null], 'broken', /^10 %/],
    ['no such metric', [{}], 'unknown', /No pod’s metrics page has the rate/],
    ['all silent', [null], 'unknown', /^It did not answer\.$/],
    ['no pod is ready', [], 'unknown', /^No pod of the order service is ready/],
    ['a value that is no rate', [rate(97)], 'unknown', /No pod’s metrics page/],
    ['not a number', [rate(Number.NaN)], 'unknown', /No pod’s metrics page/],
  ])('%s', async (_what, values, verdict, line) => {
    const found = await pages(...values);
    expect(found.verdict).toBe(verdict);
    expect(found.line).toMatch(line);
  });

  test('says how it was at the look before', async () => {
    const before = { ...(await pages(rate(0.97))), step: 'R4' as const };
    const probes = fakeProbes({ orderService: { metrics: async () => answers(rate(0.2)) } });
    const found = await diagnosed('payment-failures', probes, { incident: anIncident([before]) });
    expect(found.of('R4').line).toBe('20 % of payments succeed on the worst pod, 97 % at the look before.');
    expect((found.of('R4').data as RateSeen).window).toBeNull();
  });
});

describe('R6', () => {
  const secret = (change: object) => async () => ({
    keys: ['apiKey'],
    createdAt: NOW - 90 * MINUTE,
    changedAt: NOW - 60 * MINUTE,
    expiresAt: null,
    ...change,
  });
  const old = aPod({ createdAt: NOW - 61 * MINUTE });

  test.each<[string, Partial<KubernetesProbe>, Verdict, string]>([
    [
      'current',
      { secret: secret({}), pods: async () => [aPod({ createdAt: NOW })] },
      'healthy',
      'The gateway’s credentials: 1 key, changed 1 h ago.',
    ],
    [
      'younger than a pod',
      { secret: secret({}), pods: async () => [old, aPod({ createdAt: NOW })] },
      'healthy',
      'The gateway’s credentials: 1 key, changed 1 h ago. 1 pod started before that and may hold the old key.',
    ],
    [
      'expired',
      { secret: secret({ expiresAt: NOW - MINUTE }), pods: async () => [] },
      'broken',
      'The gateway’s credentials expired 1 min ago; changed 1 h ago.',
    ],
    [
      'renewed after the expiry that its annotation names',
      { secret: secret({ expiresAt: NOW - 61 * MINUTE }), pods: async () => [] },
      'healthy',
      'The gateway’s credentials: 1 key, changed 1 h ago. They were renewed after the expiry that their annotation names.',
    ],
    [
      'nobody knows when it changed, and the pods are silent',
      { secret: secret({ changedAt: null }) },
      'healthy',
      'The gateway’s credentials: 1 key, nobody recorded when it changed.',
    ],
    [
      'missing',
      { secret: async () => null },
      'broken',
      'There is no secret payment-gateway-credentials in default.',
    ],
  ])('%s', async (_what, kubernetes, verdict, line) => {
    expect((await look({ kubernetes })).of('R6')).toMatchObject({ verdict, line });
  });
});

describe('X4 and the pods', () => {
  test.each<[number, Verdict, string]>([
    [0, 'healthy', 'No order has waited for its payment for over 15 min.'],
    [1, 'broken', '1 order has waited for payment for over 15 min, the oldest for 3 h.'],
    [40, 'broken', '40 orders have waited for payment for over 15 min, the oldest for 3 h.'],
  ])('%i wait', async (total, verdict, line) => {
    const orders = total === 0 ? [] : [anOrder('ord_aaa111', { status: 'pending_payment' })];
    const found = await look({
      orderService: { stuckOrders: async () => ({ orders, total, next: null, unread: 0 }) },
    });
    expect(found.of('X4')).toMatchObject({ verdict, line });
  });

  test.each<[string, ReturnType<typeof aDeployment> | null, Verdict]>([
    ['all ready', aDeployment(), 'healthy'],
    ['one not ready', aDeployment({ ready: 3 }), 'broken'],
    ['stuck', aDeployment({ rollout: 'stuck' }), 'broken'],
    ['under way', aDeployment({ rollout: 'under way' }), 'healthy'],
    ['not there', null, 'unknown'],
  ])('deployment %s', async (_what, state, verdict) => {
    expect((await look({ kubernetes: { deployment: async () => state } })).of('R7').verdict).toBe(verdict);
  });
});
