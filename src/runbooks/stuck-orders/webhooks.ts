import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { grepLogs, orderWorkload } from '../names.ts';
import { countClasses, goesOn, type LogClass, type LogCounts } from '../shared/log-classes.ts';

export type DeliveryClass = 'taken' | 'failed';
export type Deliveries = LogCounts<DeliveryClass>;

const CLASSES: readonly LogClass<DeliveryClass>[] = [
  { name: 'taken', pattern: /\bstatus["']?\s*[=:]\s*["']?2\d\d\b/i },
  { name: 'failed', pattern: /\bstatus["']?\s*[=:]\s*["']?\d{1,3}\b|timed?[ _]?out|refused|reset/i },
];

/** R19: how the calls to the warehouse ended, over all pods. */
export const webhooks: Check<Deliveries> = {
  step: 'R19',
  title: 'How did the calls to the warehouse end?',
  system: 'Kubernetes',
  source: 'kubectl logs -l app=order-service | grep "webhook:fulfillment"',
  equivalent: (names) =>
    grepLogs(names, names.orderService.selector, 30, names.logPatterns.fulfilmentWebhook),
  deadlineMs: 4_500,
  async look({ probes, names, thresholds, now, signal }) {
    const minutes = thresholds.logWindowMinutes;
    const logs = await probes.kubernetes.logs(
      {
        workload: orderWorkload(names),
        containing: [names.logPatterns.fulfilmentWebhook],
        windowMinutes: minutes,
        bytesPerContainer: thresholds.logKilobytes * 1024,
      },
      signal,
    );
    const counts = countClasses(logs, CLASSES);
    const { taken, failed } = counts.classes;
    const evidence = logs
      .flatMap(({ lines }) => lines.filter((line) => CLASSES[0]?.pattern.test(line) === false))
      .slice(-5);
    const rest = counts.whole
      ? ''
      : ` Not everything could be read: ${counts.problems[0] ?? 'more lines matched than are kept.'}`;
    if (taken.lines + failed.lines === 0) {
      const line = `No call to the warehouse in ${minutes} min.${rest}`;
      return counts.whole ? healthy(line, counts) : unknown(line, counts);
    }
    const line = `The warehouse took ${taken.lines} of ${taken.lines + failed.lines} calls in ${minutes} min.${rest}`;
    if (refuses(counts, thresholds.dominatesLines) && goesOn(failed, now, thresholds))
      return broken(line, counts, evidence);
    return counts.whole ? healthy(line, counts, evidence) : unknown(line, counts, evidence);
  },
};

/** Failures dominate: at least `fewest`, and at least as many as were taken. */
export function refuses({ classes: { taken, failed } }: Deliveries, fewest: number): boolean {
  return failed.lines >= fewest && failed.lines >= taken.lines;
}
