import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { grepLogs, orderWorkload } from '../names.ts';
import { missing, readLog } from '../shared/log-check.ts';
import { countClasses, goesOn, type LogCounts } from '../shared/log-classes.ts';
import { statusOf, timedOut, withoutPeople } from '../shared/log-lines.ts';

export type DeliveryClass = 'taken' | 'failed';
export type Deliveries = LogCounts<DeliveryClass>;

/** No answer came: `status=0`, or the error of the connection. */
const NO_ANSWER =
  /\bstatus["']?\s*[=:]\s*["']?0\b|\b(?:ECONN[A-Z]+|ENOTFOUND|EAI_AGAIN|refused|reset|unreachable)\b/i;

function classOf(line: string): DeliveryClass | null {
  const status = statusOf(line);
  if (status !== null) return status < 300 ? 'taken' : 'failed';
  return timedOut(line) || NO_ANSWER.test(line) ? 'failed' : null;
}

/** R19: how the calls to the warehouse ended, over all pods. */
export const webhooks: Check<Deliveries> = {
  step: 'R19',
  title: 'How did the calls to the warehouse end?',
  system: 'Kubernetes',
  source: 'kubectl logs -l app=order-service | grep "webhook:fulfillment"',
  equivalent: (names) => grepLogs(names, names.orderService, [names.logPatterns.fulfilmentWebhook]),
  deadlineMs: 4_500,
  async look(ask) {
    const { names, thresholds, now } = ask;
    const minutes = thresholds.logWindowMinutes;
    const logs = await readLog(ask, orderWorkload(names), [names.logPatterns.fulfilmentWebhook]);
    const counts = countClasses(logs, ['taken', 'failed'], classOf, ask);
    const { taken, failed } = counts.classes;
    const evidence = logs
      .flatMap(({ lines }) => lines.filter((line) => classOf(withoutPeople(line)) !== 'taken'))
      .slice(-5);
    const rest = missing(counts);
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
