import type { Check } from '../define-runbook.ts';
import { failureLogs } from '../shared/log-check.ts';
import { type LogCounts, timeOf } from '../shared/log-classes.ts';
import { statusOf, timedOut } from '../shared/log-lines.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** The codes of refunds in the log; `PAYMENT_GATEWAY_ERROR` stands on payments too and would count them. */
const REFUND_LINES = ['REFUND_FAILED', 'REFUND_TIMEOUT'] as const;

export type RefundClass =
  | 'outage'
  | 'rate limit'
  | 'daily limit'
  | 'method'
  | 'amount'
  | 'network'
  | 'credentials';
export const REFUND_CLASSES = [
  'outage',
  'rate limit',
  'daily limit',
  'method',
  'amount',
  'network',
  'credentials',
] as const satisfies readonly RefundClass[];

export interface RefundLogs extends LogCounts<RefundClass> {
  /** When a daily limit was last told of, also before the log window, epoch ms; null: not today. */
  readonly dailyLimitAt: number | null;
}

const DAILY = /(?:daily|per[ _-]day)[\w -]*limit|limit[\w -]*(?:daily|per[ _-]day)/i;
const METHOD =
  /method[ _-]?(?:closed|invalid|expired|gone|not[ _-]?valid)|account[ _-]closed|lost_or_stolen|expired_(?:or_canceled_)?card|no[ _-]such[ _-](?:charge|payment)|charge[ _-]not[ _-]found/i;
const AMOUNT =
  /exceeds?[ _-](?:the[ _-])?(?:charge|amount)|amount[ _-]exceeds|greater than (?:the )?(?:un)?refunded/i;
const NETWORK = /\bE(?:NOTFOUND|AI_AGAIN|CONN[A-Z]+|HOSTUNREACH|NETUNREACH)\b|getaddrinfo|certificate/i;

/** What the gateway says of its reason decides before the status, and the status before the code. */
function classOf(line: string): RefundClass | null {
  if (DAILY.test(line)) return 'daily limit';
  if (METHOD.test(line)) return 'method';
  if (AMOUNT.test(line)) return 'amount';
  const status = statusOf(line);
  if (status === 401 || status === 403) return 'credentials';
  if (status === 429) return 'rate limit';
  if (status !== null) return status >= 500 ? 'outage' : null;
  if (NETWORK.test(line)) return 'network';
  return line.includes('REFUND_TIMEOUT') || timedOut(line) ? 'outage' : null;
}

const plain = failureLogs<RefundClass, Pick<RefundLogs, 'dailyLimitAt'>>({
  step: 'R24',
  title: 'What does the gateway say of refunds?',
  source: 'kubectl logs -l app=order-service | grep REFUND_FAILED',
  containing: REFUND_LINES,
  one: 'try of a refund',
  more: 'tries of refunds',
  unclassed: 'without a reason',
  failures: REFUND_CLASSES,
  classOf,
  // As the lines themselves say.
  besides(lines) {
    const times = lines.flatMap((line) => (classOf(line) === 'daily limit' ? (timeOf(line) ?? []) : []));
    return { dailyLimitAt: times.length === 0 ? null : Math.max(...times) };
  },
});

/** R24, which remembers a daily limit for as long as it stands: the log window forgets it after half an hour. */
export const refundLogs: Check<RefundLogs> = {
  ...plain,
  async look(ask) {
    const seen = await plain.look(ask);
    const before = (ask.previous?.['logs']?.data as RefundLogs | null | undefined)?.dailyLimitAt ?? null;
    if (seen.data === null) return { ...seen, data: null };
    const { lines, lastAt } = seen.data.classes['daily limit'];
    // Of the newest minutes the node says only that it came in them, and midnight may lie between.
    const from = ask.now - ask.thresholds.stoppedMinutes * MINUTE;
    const told = Math.min(ask.now, Math.max(from, seen.data.dailyLimitAt ?? ask.now));
    const latest = lines === 0 ? before : lastAt !== null && lastAt < from ? lastAt : told;
    const stands = latest !== null && limitEnds(latest) > ask.now;
    return { ...seen, data: { ...seen.data, dailyLimitAt: stands ? latest : null } };
  },
};

/** Midnight after that, epoch ms; gateways count their days in UTC (our default). */
export function limitEnds(at: number): number {
  return Math.floor(at / DAY) * DAY + DAY;
}
