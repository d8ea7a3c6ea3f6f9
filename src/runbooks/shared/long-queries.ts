import { healthy } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { count } from './log-check.ts';
import { spell } from './spell.ts';

export interface QueriesSeen {
  /** Long queries of the order service, the longest first. */
  readonly long: readonly { readonly pid: number; readonly beganAt: number }[];
}

/** As many as are read at all: among only the longest, a nightly job of somebody else would hide ours. */
export const EVERY_SESSION = 500;

/** R39's question for causes 8.C5 and 10.C5; the runbook of the database has the step itself. */
export const queries: Check<QueriesSeen> = {
  step: 'R39',
  title: 'Does one query of ours run for long?',
  system: 'The orders database',
  source: null,
  equivalent: () =>
    `psql "$ORDERS_DATABASE_URL" -c "SELECT pid, now() - query_start AS duration, state FROM pg_stat_activity WHERE state = 'active' ORDER BY duration DESC LIMIT 10;"`,
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, now, signal }) {
    const sessions = await probes.ordersDatabase.sessions(EVERY_SESSION, signal);
    const long = sessions
      .filter(
        ({ application, state, forMs }) =>
          application === names.postgres.application &&
          state === 'active' &&
          forMs > thresholds.longQuerySeconds * 1_000,
      )
      .map(({ pid, forMs }) => ({ pid, beganAt: now - forMs }));
    const [longest] = long;
    const line =
      longest === undefined
        ? 'No query of the order service runs for long.'
        : `${count(long.length, 'query of the order service runs', 'queries of the order service run')} for long, one for ${spell(now - longest.beganAt)}.`;
    return healthy(line, { long });
  },
};
