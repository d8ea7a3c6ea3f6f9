import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { grepLogs, orderWorkload } from '../names.ts';
import { countClasses, type LogCounts, total } from '../shared/log-classes.ts';
import { statusOf, timedOut } from '../shared/log-lines.ts';
import { spell } from '../shared/spell.ts';

const MINUTE = 60_000;

export const PAYMENT_CODES = ['PAYMENT_FAILED', 'PAYMENT_GATEWAY_TIMEOUT', 'PAYMENT_DECLINED'] as const;
/** Whose fault a decline is not: these never count as affected. */
export const FAILURE_CODES = PAYMENT_CODES.filter((code) => code !== 'PAYMENT_DECLINED');

/** What a failed payment's line says of its reason; declines are the customer's card and stand apart. */
export type PaymentClass = 'declined' | 'credentials' | 'rate limit' | 'outage';
export const GATEWAY_CLASSES = ['credentials', 'rate limit', 'outage'] as const;

const DECLINED = /PAYMENT_DECLINED|insufficient_funds|card_declined|do_not_honor|expired_card/;

/** The gateway's own answer decides before any code, and a code before words. */
function classOf(line: string): PaymentClass | null {
  const status = statusOf(line);
  if (status === 401 || status === 403) return 'credentials';
  if (status === 429) return 'rate limit';
  if (status !== null && status >= 500) return 'outage';
  if (DECLINED.test(line)) return 'declined';
  if (line.includes('PAYMENT_GATEWAY_TIMEOUT')) return 'outage';
  return status === null && timedOut(line) ? 'outage' : null;
}

export type PaymentLogs = LogCounts<PaymentClass>;

/** R2: what the failed payments of the log window say, by class and over all pods. */
export const paymentLogs: Check<PaymentLogs> = {
  step: 'R2',
  title: 'What does the gateway answer?',
  system: 'Kubernetes',
  source: 'kubectl logs -l app=order-service | grep PAYMENT_FAILED',
  equivalent: (names) => grepLogs(names, names.orderService.selector, PAYMENT_CODES),
  deadlineMs: 4_500,
  async look({ probes, names, thresholds, now, signal }) {
    const { logWindowMinutes: minutes, logKilobytes } = thresholds;
    const logs = await probes.kubernetes.logs(
      {
        workload: orderWorkload(names),
        containing: PAYMENT_CODES,
        windowMinutes: minutes,
        bytesPerContainer: logKilobytes * 1024,
      },
      signal,
    );
    const counts = countClasses(logs, ['declined', ...GATEWAY_CLASSES], classOf);
    const failures = total(counts, GATEWAY_CLASSES) + counts.unclassed;
    const evidence = sample(logs.flatMap(({ lines }) => lines));
    const failedAt = newest(counts);
    const ongoing = failedAt === null || now - failedAt <= thresholds.stoppedMinutes * MINUTE;
    const stopped = failures === 0 || ongoing ? '' : `, none in the last ${spell(now - failedAt)}`;
    const missing = counts.whole
      ? ''
      : ` Not everything could be read: ${counts.problems[0] ?? 'more lines matched than are kept.'}`;
    const line = `${count(failures, 'payment', 'payments')} failed in ${minutes} min${parts(counts)}${stopped}; ${count(counts.classes.declined.lines, 'card was', 'cards were')} declined.${missing}`;
    if (failures >= thresholds.dominatesLines && ongoing) return broken(line, counts, evidence);
    return counts.whole ? healthy(line, counts, evidence) : unknown(line, counts, evidence);
  },
};

/** The newest failure that is no decline; a failure of no class counts by the newest line of all. */
function newest(counts: PaymentLogs): number | null {
  const times = GATEWAY_CLASSES.flatMap((name) => counts.classes[name].lastAt ?? []);
  if (counts.unclassed > 0 && counts.newestAt !== null) times.push(counts.newestAt);
  return times.length === 0 ? null : Math.max(...times);
}

function count(many: number, one: string, more: string): string {
  return `${many} ${many === 1 ? one : more}`;
}

function parts(counts: PaymentLogs): string {
  const named = [
    ...GATEWAY_CLASSES.map((name) => [name, counts.classes[name].lines] as const),
    ['without a status', counts.unclassed] as const,
  ].filter(([, lines]) => lines > 0);
  return named.length === 0 ? '' : ` (${named.map(([name, lines]) => `${name} ${lines}`).join(', ')})`;
}

/** The newest lines, at most one of each wording: ids and times aside they mostly repeat. */
function sample(lines: readonly string[]): readonly string[] {
  const kinds = new Map<string, string>();
  for (const line of lines) kinds.set(line.replace(/\d+|(?:ord|pay)_[a-z0-9]+/g, '#'), line);
  return [...kinds.values()].slice(-5);
}
