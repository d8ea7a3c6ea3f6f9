import { broken, healthy, skipped, unknown } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { age, curl } from '../names.ts';
import { pagesOf } from '../shared/pending.ts';
import { spell } from '../shared/spell.ts';
import { listOf } from './listed.ts';

const MINUTE = 60_000;
/** Returns that are named; the others are counted. */
const LISTED = 20;

export interface ReceivedSeen {
  /** All that came in too long ago and have no refund. */
  readonly total: number;
  /** The oldest first, at most twenty. */
  readonly ids: readonly string[];
  /** When the oldest came in, epoch ms; null: none waits. */
  readonly oldestAt: number | null;
}

/**
 * X15: goods are back, the money is not. The list goes by when the customer asked, so each row's last change, which is its
 * coming in, decides. Why refunds do not go on is runbook 4's.
 */
export const received: Check<ReceivedSeen> = {
  step: 'X15',
  title: 'Which returns came in and have no refund?',
  system: 'The order service',
  source: null,
  equivalent: (names) =>
    curl(
      names,
      `${names.paths.returns}?status=${names.statuses.receivedReturn ?? '<returns.received>'}&olderThan=${age(names.inCommands.lateAfterMinutes)}`,
    ),
  deadlineMs: 4_000,
  async look(ask) {
    const { names, thresholds, now } = ask;
    const status = names.statuses.receivedReturn;
    if (status === null)
      return skipped('The status of returns that came in is not configured (`returns.received`).');
    const within = thresholds.lateAfterMinutes * MINUTE;
    const { rows, unread, ended } = await pagesOf(listOf(ask, status), thresholds.lateAfterMinutes);
    const late = rows
      .filter(({ updatedAt }) => updatedAt < now - within)
      .sort((one, other) => one.updatedAt - other.updatedAt);
    const [oldest] = late;
    const seen: ReceivedSeen = {
      total: late.length,
      ids: late.slice(0, LISTED).map(({ id }) => id),
      oldestAt: oldest?.updatedAt ?? null,
    };
    const over = spell(within);
    const blind = [
      ...(unread === 0 ? [] : [` ${unread} in the service’s list could not be understood.`]),
      ...(ended ? [] : [' The list is longer than was read.']),
    ].join('');
    if (oldest !== undefined)
      return broken(
        `${late.length} ${late.length === 1 ? 'return' : 'returns'} came in over ${over} ago without a refund since, the oldest ${spell(now - oldest.updatedAt)} ago; runbook 4, refund delays, looks into refunds.${blind}`,
        seen,
        seen.ids,
      );
    const none = `No return came in over ${over} ago without a refund since.`;
    return blind === '' ? healthy(none, seen) : unknown(`${none}${blind}`, seen);
  },
};
