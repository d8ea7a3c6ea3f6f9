import type { OmsYaml } from '../../config/schema.ts';
import { CATALOGUE } from '../../runbooks/catalogue.ts';
import type { Names } from '../../runbooks/names.ts';

interface AlertRule {
  readonly alert: string;
  readonly code: string;
  readonly expr: string;
  readonly minutes: number;
  readonly summary: string;
}

/** `deploy/alerts.yaml`: what Prometheus can see of the ten runbooks, with the codes by which the bot knows them. */
export function alertRules(oms: OmsYaml, names: Names): string {
  const label = oms.alerts.environmentLabel;
  const groups = CATALOGUE.map(({ id, codes, severity }) => ({
    id,
    severity,
    rules: rulesOf(oms, names).filter(({ code }) => codes.includes(code)),
  })).filter(({ rules }) => rules.length > 0);
  return `# What Prometheus can see of the runbooks. The label \`code\` tells the bot which runbook is meant, and \`${label}\` that it
# is the bot's own to serve. Metrics of the service, selectors and limits are those of oms.yaml; kube_… are those of
# kube-state-metrics, container_… of the kubelet, kafka_… of kafka_exporter: leave out what you do not run. Where
# other services have metrics of the same names, add the labels that tell yours apart. The other codes come from whoever logs them.
groups:
${groups
  .map(
    ({ id, severity, rules }) => `  - name: oms-bot ${id}
    rules:
${rules
  .map(
    ({ alert, code, expr, minutes, summary }) => `      - alert: ${alert}
        expr: ${JSON.stringify(expr)}
        for: ${minutes}m
        labels:
          code: ${code}
          severity: ${severity}
          ${JSON.stringify(label)}: ${oms.environment}
        annotations:
          summary: ${JSON.stringify(summary)}
`,
  )
  .join('')}`,
  )
  .join('')}`;
}

function rulesOf({ thresholds }: OmsYaml, names: Names): readonly AlertRule[] {
  const { metrics, ratesIn, orderService, kafka } = names;
  const least = ratesIn === 'share' ? thresholds.successPercent / 100 : thresholds.successPercent;
  const pods = `namespace=${JSON.stringify(orderService.namespace)},pod=~${JSON.stringify(`${orderService.deployment}-.*`)}`;
  return [
    {
      alert: 'OmsPaymentsFail',
      code: 'PAYMENT_FAILED',
      expr: `min(${metrics.paymentSuccessRate}) < ${least}`,
      minutes: 2,
      summary: `Under ${thresholds.successPercent} % of payments succeed on some pod`,
    },
    {
      alert: 'OmsReservationsFail',
      code: 'INVENTORY_UNAVAILABLE',
      expr: `min(${metrics.reservationSuccess}) < ${least}`,
      minutes: 2,
      summary: `Under ${thresholds.successPercent} % of reservations succeed on some pod`,
    },
    {
      alert: 'OmsDatabasePoolFull',
      code: 'DB_POOL_EXHAUSTED',
      expr: `max(${metrics.poolActive} / ${metrics.poolSize}) * 100 >= ${thresholds.poolBrokenPercent}`,
      minutes: 1,
      summary: `A pool of database connections is used to ${thresholds.poolBrokenPercent} % or more`,
    },
    {
      alert: 'OmsConsumerLag',
      code: 'CONSUMER_LAG',
      expr: `sum by (consumergroup) (kafka_consumergroup_lag{topic=${JSON.stringify(kafka.ordersTopic)}}) >= ${thresholds.lagMessages}`,
      minutes: 5,
      summary: '{{ $labels.consumergroup }} is {{ $value }} messages behind',
    },
    ...(metrics.publishFailed === null
      ? []
      : [
          {
            alert: 'OmsEventsNotPublished',
            code: 'KAFKA_PUBLISH_FAILED',
            expr: `sum(increase(${metrics.publishFailed}[5m])) >= ${thresholds.dominatesLines}`,
            minutes: 1,
            summary: '{{ $value }} events were not published in 5 min',
          },
        ]),
    {
      alert: 'OmsPodKilledForMemory',
      code: 'CONTAINER_OOM_KILLED',
      expr: `sum(increase(kube_pod_container_status_restarts_total{${pods}}[10m]) * on (namespace, pod, container) group_left () (kube_pod_container_status_last_terminated_reason{${pods},reason="OOMKilled"} == 1)) > 0`,
      minutes: 0,
      summary: 'A pod of the order service was killed for its memory',
    },
    {
      alert: 'OmsMemoryFull',
      code: 'OUT_OF_MEMORY',
      expr: `max(max by (pod, container) (container_memory_working_set_bytes{${pods},container!=""}) / max by (pod, container) (kube_pod_container_resource_limits{${pods},resource="memory"})) * 100 >= ${thresholds.memoryPercent}`,
      minutes: 2,
      summary: `A pod of the order service uses ${thresholds.memoryPercent} % of its memory or more`,
    },
  ];
}
