import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { orderWorkload } from '../names.ts';

export interface PathSeen {
  readonly pods: number;
  readonly open: number;
  /** Pods that tried and did not get there. */
  readonly shut: readonly string[];
  /** When the row of looks began in which at least half of the pods did not get there, epoch ms; null: it is no row. */
  readonly mostSince: number | null;
}

/** R48: whether each pod reaches a broker. */
export const path: Check<PathSeen> = {
  step: 'R48',
  title: 'Do the pods reach Kafka?',
  system: 'Kubernetes',
  source: 'kubectl exec -it deployment/order-service -- \\\n  nc -zv kafka-0.kafka-headless 9092',
  equivalent: ({ namespace, orderService, kafka }) =>
    `kubectl -n ${namespace} exec deployment/${orderService.deployment} -- nc -zv ${kafka.host} ${kafka.port}`,
  deadlineMs: 4_500,
  async look({ probes, names, previous, now, signal }) {
    const { host, port } = names.kafka;
    const answers = await probes.kubernetes.path(orderWorkload(names), { kind: 'tcp', host, port }, signal);
    const before = previous?.['path']?.data as PathSeen | null | undefined;
    const tried = answers.filter(({ value }) => value !== null && value.result !== 'no tool');
    const shut = tried.filter(({ value }) => value?.result !== 'open').map(({ pod }) => pod);
    const most = shut.length > 0 && shut.length * 2 >= answers.length;
    const seen: PathSeen = {
      pods: answers.length,
      open: tried.length - shut.length,
      shut,
      mostSince: most ? (before?.mostSince ?? now) : null,
    };
    const evidence = answers.map(({ pod, value, problem }) =>
      `${pod}  ${value?.result ?? 'not tried'}  ${value?.words ?? problem ?? ''}`.trimEnd(),
    );
    const where = `${host}:${port}`;
    const left = answers.length - tried.length;
    const why = answers.find(({ value }) => value === null)?.problem ?? 'the pods have no tool to try with';
    const rest = left === 0 ? '' : ` ${left} could not try: ${why}`;
    if (shut.length > 0)
      return broken(
        `${shut.length} of ${answers.length} pods do not reach ${where} (${tried.find(({ pod }) => pod === shut[0])?.value?.result}).${rest}`,
        seen,
        evidence,
      );
    if (answers.length === 0) return unknown('No pod of the service is ready to try it from.');
    if (tried.length === 0) return unknown(`No pod could try to reach ${where}: ${why}`, seen, evidence);
    if (left > 0)
      return unknown(`${seen.open} of ${answers.length} pods reach ${where}.${rest}`, seen, evidence);
    return healthy(`All ${answers.length} pods reach ${where}.`, seen, evidence);
  },
};
