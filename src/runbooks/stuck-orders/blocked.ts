import { broken, healthy } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { EVERY_SESSION } from '../shared/long-queries.ts';
import { psql } from '../shared/psql.ts';
import { spell } from '../shared/spell.ts';

export interface BlockedSeen {
  /** Sessions of ours that have waited for another one for too long. */
  readonly sessions: readonly { readonly pid: number; readonly forMs: number }[];
}

/** R39's question for cause 3.C5: does a transaction of ours wait for another one? Runbook 6 has the step itself. */
export const blocked: Check<BlockedSeen> = {
  step: 'R39',
  title: 'Does a transaction of ours wait for another?',
  system: 'The orders database',
  source: null,
  equivalent: (names) =>
    psql(
      names,
      'SELECT pid, now() - query_start AS duration, pg_blocking_pids(pid) AS waits_for FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0 ORDER BY duration DESC;',
    ),
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, signal }) {
    const found = await probes.ordersDatabase.sessions(EVERY_SESSION, signal);
    const sessions = found
      .filter(
        ({ application, blockedBy, forMs }) =>
          application === names.postgres.application &&
          blockedBy.length > 0 &&
          forMs > thresholds.longQuerySeconds * 1_000,
      )
      .map(({ pid, forMs }) => ({ pid, forMs }));
    const [first] = sessions;
    const over = `${thresholds.longQuerySeconds} s`;
    if (first === undefined)
      return healthy(`No session of the order service has waited for another one for over ${over}.`, {
        sessions,
      });
    const many = sessions.length;
    return broken(
      `${many} ${many === 1 ? 'session' : 'sessions'} of the order service ${many === 1 ? 'has' : 'have'} waited for another one for over ${over}, one for ${spell(first.forMs)}.`,
      { sessions },
    );
  },
};
