import { broken, healthy } from '../../domain/finding.ts';
import type { SessionSeen } from '../../ports/orders-database.ts';
import type { Check } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { EVERY_SESSION } from '../shared/long-queries.ts';
import { psql } from '../shared/psql.ts';
import { spell } from '../shared/spell.ts';
import type { Thresholds } from '../thresholds.ts';

const SECOND = 1_000;
/** The runbook's list, its top (runbook-map R39). */
const MOST = 10;

export interface SessionsSeen {
  readonly sessions: readonly SessionSeen[];
}

/** R39: what runs for long, and who waits for whom. */
export const sessions: Check<SessionsSeen> = {
  step: 'R39',
  title: 'Which queries run long or block others?',
  system: 'The orders database',
  source:
    'kubectl exec -it postgres-0 -- psql -U orders -c \\\n  "SELECT pid, now() - query_start as duration, query FROM pg_stat_activity WHERE state = \'active\' ORDER BY duration DESC;"',
  equivalent: (names) =>
    psql(
      names,
      "SELECT pid, now() - query_start AS duration, pg_blocking_pids(pid) AS waits_for, state, left(query, 80) AS query FROM pg_stat_activity WHERE state <> 'idle' ORDER BY duration DESC;",
    ),
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, signal }) {
    const found = await probes.ordersDatabase.sessions(EVERY_SESSION, signal);
    const troubled = found.filter((one) => troubles(one, names, thresholds));
    const top = [...troubled, ...found.filter((one) => !troubled.includes(one))].slice(0, MOST);
    const seen: SessionsSeen = { sessions: top };
    const evidence = top.map(lineOf);
    const worst = troubled[0];
    if (worst !== undefined) return broken(wordsOf(worst, troubled.length - 1), seen, evidence);
    const over = `${thresholds.longQuerySeconds} s`;
    const others = found.filter((one) => isLong(one, thresholds)).length;
    const besides = others === 0 ? '' : ` ${others} of other applications ${others === 1 ? 'has' : 'have'}.`;
    return healthy(
      `No query of ours has run for over ${over}, and none blocks others for that long.${besides}`,
      seen,
      evidence,
    );
  },
};

/**
 * A long query of ours, or one that others have waited for too long (runbook-knowledge 6.C2). Whoever waits itself is held up
 * and holds up others only thereby.
 */
export function troubles(one: SessionSeen, names: Names, thresholds: Thresholds): boolean {
  if (one.blockedBy.length > 0) return false;
  return blocksLong(one, thresholds) || (isOurs(one, names) && isLong(one, thresholds));
}

export function isOurs({ application }: SessionSeen, { postgres }: Names): boolean {
  return application === postgres.application;
}

export function isLong({ state, forMs }: SessionSeen, { longQuerySeconds }: Thresholds): boolean {
  return state === 'active' && forMs > longQuerySeconds * SECOND;
}

export function blocksLong({ blocks, blocksMs }: SessionSeen, { longQuerySeconds }: Thresholds): boolean {
  return blocks > 0 && blocksMs > longQuerySeconds * SECOND;
}

export function whoseIs({ application, user }: SessionSeen): string {
  return application === '' ? user : application;
}

function wordsOf(worst: SessionSeen, more: number): string {
  const { pid, forMs, blocks, blocksMs, state } = worst;
  const does = state === 'active' ? `has run its query for ${spell(forMs)}` : `is ${state}`;
  const held =
    blocks === 0
      ? ''
      : `, and ${blocks} ${blocks === 1 ? 'other waits' : 'others wait'} for it, the longest for ${spell(blocksMs)}`;
  const rest = more === 0 ? '' : ` ${more} more run long or block others.`;
  return `Session ${pid} of ${whoseIs(worst)} ${does}${held}.${rest}`;
}

function lineOf({ pid, user, application, state, forMs, blocks, blockedBy, query }: SessionSeen): string {
  const waits = blockedBy.length === 0 ? [] : [`waits for ${blockedBy.join(', ')}`];
  const blocking = blocks === 0 ? [] : [`blocks ${blocks}`];
  return [
    `${pid}`,
    application === '' ? user : application,
    state,
    spell(forMs),
    ...blocking,
    ...waits,
    query,
  ].join('  ');
}
