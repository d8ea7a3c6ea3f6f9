import type { Check } from '../define-runbook.ts';
import { LOG_TEXTS } from '../log-texts.ts';
import type { Names } from '../names.ts';
import { failureLogs } from '../shared/log-check.ts';
import type { LogCounts } from '../shared/log-classes.ts';
import { timedOut } from '../shared/log-lines.ts';

/** Why a request did not get to the database: no connection left in its pool, none on the server, or no server. */
export type NoConnection = 'pool' | 'server full' | 'away' | 'timeout';
export const NO_CONNECTION = ['server full', 'away', 'pool', 'timeout'] as const;

const FULL = /TOO_MANY_CONNECTIONS|too many (?:clients|connections)|remaining connection slots/i;
const AWAY =
  /ECONN(?:REFUSED|RESET)|connection (?:refused|reset)|(?:starting up|shutting down)|in recovery mode|administrator command/i;

function classOf(line: string, { logPatterns }: Pick<Names, 'logPatterns'>): NoConnection | null {
  if (FULL.test(line)) return 'server full';
  if (AWAY.test(line)) return 'away';
  if (line.includes('DB_POOL_EXHAUSTED')) return 'pool';
  if (line.includes('CONNECTION_TIMEOUT') || timedOut(line)) return 'timeout';
  // Words of our users' own for a missing connection: by whom it is missing, nothing says but the pool.
  const own = logPatterns.databasePool.filter((text) => !LOG_TEXTS.databasePool.includes(text));
  return own.some((text) => line.includes(text)) ? 'pool' : null;
}

export type ConnectionLogs = LogCounts<NoConnection>;

/** X11 of runbook 6: the order service's lines about connections that were not to be had. */
export const connectionLogs: Check<ConnectionLogs> = failureLogs<NoConnection>({
  step: 'X11',
  title: 'Which requests got no connection to the database?',
  source: null,
  containing: ({ logPatterns }) => logPatterns.databasePool,
  one: 'request without a connection',
  more: 'requests without a connection',
  unclassed: 'without a reason',
  failures: NO_CONNECTION,
  classOf,
});
