import { broken, healthy, type Seen, unknown } from '../../domain/finding.ts';
import type { ServerActivity } from '../../ports/orders-database.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Check } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { psql } from '../shared/psql.ts';
import { spell } from '../shared/spell.ts';
import type { Thresholds } from '../thresholds.ts';

const MINUTE = 60_000;

export interface DatabaseSeen {
  /** *Too many connections*, or nearly so: larger pools and more pods make it worse. */
  readonly full: boolean;
  /** It answers that it starts, stops or recovers. */
  readonly moving: boolean;
  /** Null: it did not let us in. */
  readonly activity: ServerActivity | null;
  /** Sessions of the order service; null: not seen, or hidden from our role. */
  readonly ours: Ours | null;
  /** When a standby became a primary or the other way round, as far as we saw, epoch ms. */
  readonly roleChangedAt: number | null;
}

export interface Ours {
  readonly connections: number;
  readonly active: number;
  /** Idle in a transaction for longer than `idleMinutes`. */
  readonly left: number;
}

/** R38: who takes what the server has to give. */
export const database: Check<DatabaseSeen> = {
  step: 'R38',
  title: 'How many connections does the database have in use?',
  system: 'The orders database',
  source:
    'kubectl exec -it postgres-0 -- psql -U orders -c \\\n  "SELECT count(*) FROM pg_stat_activity WHERE state = \'active\';"',
  equivalent: (names) =>
    psql(
      names,
      'SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC;',
    ),
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, previous, now, signal }) {
    const before = previous?.['database']?.data as DatabaseSeen | null | undefined;
    try {
      const activity = await probes.ordersDatabase.activity(signal);
      return said(activity, roleChangedAt(activity, before, now), names, thresholds);
    } catch (err) {
      const nothing = { activity: null, ours: null, roleChangedAt: before?.roleChangedAt ?? null };
      if (err instanceof SystemError && err.fault === 'exhausted')
        return broken(`${err.message} Nobody gets a new one.`, { ...nothing, full: true, moving: false });
      if (err instanceof SystemError && err.fault === 'starting or stopping')
        return broken(err.message, { ...nothing, full: false, moving: true });
      throw err;
    }
  },
};

function said(
  activity: ServerActivity,
  roleChangedAt: number | null,
  names: Names,
  thresholds: Thresholds,
): Seen<DatabaseSeen> {
  const { connections, maxConnections, reserved, missingRight, standby } = activity;
  const full = connections >= (maxConnections * thresholds.serverFullPercent) / 100;
  const ours = oursOf(activity, names, thresholds);
  const seen: DatabaseSeen = { full, moving: false, activity, ours, roleChangedAt };
  const evidence = [
    ...activity.byApplication.map(
      (one) =>
        `${one.application === '' ? '(no name)' : one.application}  ${one.connections} connections, ${one.active} active, ${one.idleMs.length} idle in transaction`,
    ),
    `started ${spell(activity.upMs)} ago, ${reserved} connections kept back`,
  ];
  const head = `${full ? 'The server is full: ' : ''}${connections} of ${maxConnections} connections are in use`;
  if (missingRight !== null) {
    const line = `${head}; which are active is hidden from us, \`${missingRight}\` would show it.`;
    return full ? broken(line, seen, evidence) : unknown(line, seen, evidence);
  }
  const busy = `${activity.active} active, ${activity.idleInTransaction} idle in transaction`;
  const left =
    ours === null || ours.left === 0
      ? ''
      : ` ${ours.left} of ours ${ours.left === 1 ? 'has' : 'have'} idled in a transaction for over ${thresholds.idleMinutes} min.`;
  const line = `${head}, ${busy}.${left}`;
  if (full || (ours?.left ?? 0) >= thresholds.idleSessions) return broken(line, seen, evidence);
  if (standby)
    return unknown(`${line} A standby answered; the order service’s sessions are elsewhere.`, seen, evidence);
  if (ours === null)
    return unknown(
      `${line} None is called ${names.postgres.application} (\`database.application\` in oms.yaml).`,
      seen,
      evidence,
    );
  return healthy(line, seen, evidence);
}

/** Sessions under the service's name; null: there are none, or a part of the answer is hidden. */
function oursOf(
  { byApplication, missingRight, standby }: ServerActivity,
  names: Names,
  thresholds: Thresholds,
) {
  if (missingRight !== null || standby) return null;
  const found = byApplication.find(({ application }) => application === names.postgres.application);
  if (found === undefined) return null;
  const left = found.idleMs.filter((ms) => ms > thresholds.idleMinutes * MINUTE).length;
  return { connections: found.connections, active: found.active, left };
}

function roleChangedAt(
  { standby }: ServerActivity,
  before: DatabaseSeen | null | undefined,
  now: number,
): number | null {
  const was = before?.activity?.standby;
  return was !== undefined && was !== standby ? now : (before?.roleChangedAt ?? null);
}

/** Connections that are left for larger pools and more pods, others' taken off; null: not seen, or hidden from us. */
export function roomBeside(activity: ServerActivity | null, names: Names): Room | null {
  if (activity === null || activity.missingRight !== null || activity.standby) return null;
  const ours = activity.byApplication.find(({ application }) => application === names.postgres.application);
  const others = activity.connections - (ours?.connections ?? 0);
  return { others, within: activity.maxConnections - activity.reserved };
}

export interface Room {
  /** Connections of everybody but the order service. */
  readonly others: number;
  /** What the server gives to all of us together. */
  readonly within: number;
}
