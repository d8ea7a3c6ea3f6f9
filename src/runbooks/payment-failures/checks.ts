import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { DeploymentState } from '../../ports/kubernetes.ts';
import type { GatewayHealth, PodAnswer } from '../../ports/probes.ts';
import type { Check } from '../define-runbook.ts';
import { age, curl, inPod, orderWorkload } from '../names.ts';
import { type OrdersSeen, orderRate } from '../shared/order-rate.ts';
import { type PathSeen, pathCheck } from '../shared/path.ts';
import { restartable } from '../shared/restart.ts';
import { type SecretSeen, secretCheck } from '../shared/secret.ts';
import { spell } from '../shared/spell.ts';
import { type ProviderSeen, statusPage } from '../shared/status-page.ts';
import type { RateSeen } from '../shared/success-rate.ts';
import { isTwice } from '../shared/twice.ts';
import { type PaymentLogs, paymentLogs } from './logs.ts';
import { paymentRate } from './rate.ts';

export interface GatewaySeen {
  readonly pods: readonly PodAnswer<GatewayHealth>[];
  /** When the row of *down* answers began, epoch ms; null: not down. */
  readonly downSince: number | null;
  /** Said down twice, far enough apart. */
  readonly down: boolean;
}

export interface WaitingSeen {
  readonly total: number;
  readonly oldestAt: number | null;
}

export interface PaymentData {
  readonly gateway: GatewaySeen;
  readonly logs: PaymentLogs;
  readonly path: PathSeen;
  readonly rate: RateSeen;
  readonly secret: SecretSeen;
  readonly waiting: WaitingSeen;
  readonly provider: ProviderSeen;
  readonly service: DeploymentState;
  readonly orders: OrdersSeen;
}

const gateway: Check<GatewaySeen> = {
  step: 'R1',
  title: 'Does the service reach the payment gateway?',
  system: 'The order service',
  source: 'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/health/payment-gateway',
  equivalent: (names) => curl(names, names.paths.gatewayHealth),
  deadlineMs: 4_000,
  async look({ probes, previous, thresholds, now, signal }) {
    const pods = await probes.orderService.gatewayHealth(signal);
    const before = previous?.['gateway']?.data as GatewaySeen | null | undefined;
    const answered = pods.flatMap(({ pod, value }) => (value === null ? [] : [{ pod, ...value }]));
    const bad = answered.filter(({ status }) => status !== 'up');
    const isDown = answered.some(({ status }) => status === 'down');
    const downSince = isDown ? (before?.downSince ?? now) : null;
    const seen: GatewaySeen = {
      pods,
      downSince,
      down: isTwice(downSince, now, thresholds),
    };
    const evidence = pods.map(({ pod, value, problem }) =>
      `${pod}  ${value?.status ?? 'no answer'}  ${value?.words ?? problem ?? ''}`.trimEnd(),
    );
    const silent = pods.length - answered.length;
    if (bad.length > 0) {
      const words = bad.find((one) => one.words !== null)?.words ?? null;
      const since =
        downSince !== null && downSince < now
          ? `has been down for at least ${spell(now - downSince)}`
          : 'is down';
      const line = `The payment gateway ${isDown ? since : 'is slow'}, ${bad.length} of ${pods.length} pods ${bad.length === 1 ? 'says' : 'say'}${words === null ? ' so.' : `: ${words}.`}${silent === 0 ? '' : ` ${silent} did not answer.`}`;
      return broken(line, seen, evidence);
    }
    if (answered.length === 0)
      return unknown<GatewaySeen>('No pod said how the payment gateway is.', null, evidence);
    if (silent > 0)
      return unknown(
        `The payment gateway is up, say ${answered.length} of ${pods.length} pods; the others did not answer.`,
        seen,
        evidence,
      );
    return healthy(`All ${pods.length} pods reach the payment gateway.`, seen, evidence);
  },
};

const path = pathCheck({
  step: 'R3',
  name: 'path',
  title: 'Is the network path to the provider open?',
  source: 'kubectl exec -it deployment/order-service -- \\\n  curl -I https://api.stripe.com/v1/charges',
  equivalent: (names) => `${inPod(names)} curl -I ${names.gateway.url}`,
  target: ({ gateway: { url } }) => ({ kind: 'http', url }),
  host: ({ gateway: { url } }) => new URL(url).host,
});

const secret = secretCheck({
  step: 'R6',
  title: 'Are the gateway’s credentials current?',
  source: 'kubectl get secret payment-gateway-credentials -o yaml',
  whose: 'The gateway’s credentials',
  wanted: ({ gateway }) => gateway,
});

const waiting: Check<WaitingSeen> = {
  step: 'X4',
  title: 'How many orders wait for their payment?',
  system: 'The order service',
  source: null,
  equivalent: (names) =>
    curl(
      names,
      `${names.paths.stuckOrders}?status=${names.statuses.pendingPayment}&olderThan=${age(names.inCommands.pendingPaymentMinutes)}`,
    ),
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, now, signal }) {
    const minutes = thresholds.pendingPaymentMinutes;
    const page = await probes.orderService.stuckOrders(
      { status: names.statuses.pendingPayment, olderThanMinutes: minutes, limit: 1, cursor: null },
      signal,
    );
    const oldestAt = page.orders[0]?.updatedAt ?? null;
    const seen: WaitingSeen = { total: page.total, oldestAt };
    if (page.total === 0)
      return healthy(`No order has waited for its payment for over ${minutes} min.`, seen);
    const age = oldestAt === null ? '' : `, the oldest for ${spell(now - oldestAt)}`;
    return broken(
      `${page.total} ${page.total === 1 ? 'order has' : 'orders have'} waited for payment for over ${minutes} min${age}.`,
      seen,
    );
  },
};

export const checks = {
  gateway,
  logs: paymentLogs,
  path,
  rate: paymentRate,
  secret,
  waiting,
  provider: statusPage('gateway'),
  service: restartable('R7', orderWorkload),
  orders: orderRate,
};
