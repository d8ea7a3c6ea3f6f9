import type { Cause, Judging } from '../define-runbook.ts';
import { loadIs, spellLoad } from '../shared/load.ts';
import { open, ruledOut, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import type { PoolData } from './checks.ts';
import { percentOf, used } from './pool.ts';
import { troubles, whoseIs } from './sessions.ts';

const MINUTE = 60_000;

/** Connections of all pools that are in use, and how many of them the database sees at work; null: not both are known. */
function atWork({ findings }: Judging<PoolData>): { readonly used: number; readonly active: number } | null {
  const pool = findings.pool.data;
  const ours = findings.database.data?.ours ?? null;
  if (pool === null || ours === null || pool.pools.length < pool.pods) return null;
  return { used: used(pool.pools), active: ours.active };
}

/** Every pod answered, and each is below the line under which a pool is sound. */
function sound({ findings, thresholds }: Judging<PoolData>): boolean {
  const pool = findings.pool.data;
  if (pool === null || pool.pools.length < pool.pods) return false;
  return pool.pools.every((one) => percentOf(one) < thresholds.poolSoundPercent);
}

function load(judging: Judging<PoolData>): 'spike' | 'more' | 'usual' | null {
  const found = judging.findings.pool.data?.load ?? null;
  return found === null ? null : loadIs(found, judging.thresholds);
}

const leak: Cause<PoolData> = {
  id: '6.C1',
  title: 'Connections are not given back',
  outside: false,
  rule: ({ poolBrokenPercent, poolSoundPercent, idleSessions, idleMinutes, usualFactor }) => ({
    supported: `At least ${idleSessions} sessions of ours idle in a transaction for over ${idleMinutes} min, or a pool is at ${poolBrokenPercent} % or more twice while less than ${usualFactor} times the usual comes, under half of the connections in use are at work and the database was not restarted (6.C4).`,
    ruledOut: `No sessions were left idle, and at least half of the connections in use are at work or every pool is below ${poolSoundPercent} %.`,
  }),
  broughtBy: ['rollout'],
  judge(judging) {
    const { findings, thresholds } = judging;
    const ours = findings.database.data?.ours ?? null;
    if (ours === null) return open(`The database’s sessions (R38) were not seen: ${findings.database.line}`);
    const { left } = ours;
    if (left >= thresholds.idleSessions)
      return supported(
        `${left} sessions of ours have idled in a transaction for over ${thresholds.idleMinutes} min.`,
      );
    if (sound(judging)) return ruledOut('No pool is nearly full, and no sessions were left idle.');
    const work = atWork(judging);
    if (work === null) return open('Not every pod said how full its pool is.');
    const said = `${work.active} of ${work.used} connections in use are at work in the database`;
    if (work.active * 2 >= work.used) return ruledOut(`${said}, and none was left idle in a transaction.`);
    if (findings.pool.data?.full !== true) return open(`${said}; no pool has been full for long.`);
    // What a pod counts as in use may be what the restart has cut off.
    if (failover.judge(judging).verdict === 'supported')
      return open(`${said}; the database was restarted, and the others may be cut off.`);
    const comes = load(judging);
    if (comes === 'usual') return supported(`${said}, at usual load.`);
    return open(
      comes === null
        ? `${said}; whether more comes than usual is not known (\`metrics.requests\`).`
        : `${said}, but more comes than usual.`,
    );
  },
};

const longQueries: Cause<PoolData> = {
  id: '6.C2',
  title: 'Long queries sit on connections',
  outside: false,
  rule: ({ longQuerySeconds }) => ({
    supported: `A query of ours has run for over ${longQuerySeconds} s, or a session has made others wait for so long.`,
    ruledOut: 'Neither is so.',
  }),
  judge({ findings, names, thresholds }) {
    const seen = findings.sessions.data;
    if (seen === null) return open(`The sessions (R39) were not seen: ${findings.sessions.line}`);
    const worst = seen.sessions.find((one) => troubles(one, names, thresholds));
    if (worst === undefined)
      return ruledOut(
        `No query of ours has run for over ${thresholds.longQuerySeconds} s, and none blocks others.`,
      );
    const held =
      worst.blocks === 0 ? '' : ` and blocks ${worst.blocks} ${worst.blocks === 1 ? 'other' : 'others'}`;
    return supported(
      `Session ${worst.pid} of ${whoseIs(worst)} began its query ${spell(worst.forMs)} ago${held}.`,
    );
  },
};

const traffic: Cause<PoolData> = {
  id: '6.C3',
  title: 'Traffic jumped',
  outside: false,
  rule: ({ spikeFactor, usualFactor }) => ({
    supported: `At least ${spikeFactor} times as many requests come as in the same hour last week.`,
    ruledOut: `Less than ${usualFactor} times as many come.`,
  }),
  judge(judging) {
    const found = judging.findings.pool.data?.load ?? null;
    if (found === null)
      return open(
        judging.names.metrics.requests === null
          ? 'How much comes is not counted (`metrics.requests` is not configured).'
          : 'Too few figures are kept yet to say what is usual.',
      );
    const said = `${spellLoad(found)}.`;
    return { spike: supported, usual: ruledOut, more: open }[loadIs(found, judging.thresholds)](said);
  },
};

const failover: Cause<PoolData> = {
  id: '6.C4',
  title: 'Database is being serviced or fails over',
  outside: true,
  rule: ({ databaseRestartMinutes }) => ({
    supported: `It answers that it starts or stops, not all of its pods are ready, or it started or changed its role within ${databaseRestartMinutes} min.`,
    ruledOut:
      'It has run for longer, in the same role, with all pods ready; where a cloud runs it, its pods are not asked.',
  }),
  judge({ findings, names, now, thresholds }) {
    const { database, pods } = findings;
    const within = thresholds.databaseRestartMinutes * MINUTE;
    const seen = database.data;
    if (seen?.moving) return supported('It answers that it starts, stops or recovers.');
    if (seen?.roleChangedAt != null && now - seen.roleChangedAt <= within)
      return supported(`Another server took over in the last ${spell(now - seen.roleChangedAt + MINUTE)}.`);
    if (seen?.activity != null && seen.activity.upMs <= within)
      return supported(`It started ${spell(seen.activity.upMs)} ago.`);
    if (pods.data !== null && pods.data.ready < pods.data.total)
      return supported(`${pods.data.ready} of ${pods.data.total} pods of the database are ready.`);
    const ended = pods.data?.restartedAt ?? null;
    if (ended !== null && now - ended <= within)
      return supported(`A pod of the database ended ${spell(now - ended)} ago.`);
    if (seen?.activity == null)
      return open(`The database (R38) did not say when it started: ${database.line}`);
    if (pods.data === null && !names.postgres.managed)
      return open('The database’s pods (R40) could not be looked at.');
    return ruledOut(`It has run for ${spell(seen.activity.upMs)}, and all of it is ready.`);
  },
};

const small: Cause<PoolData> = {
  id: '6.C5',
  title: 'Pool is too small',
  outside: false,
  rule: ({ poolBrokenPercent, poolSoundPercent, smallPoolMinutes }) => ({
    supported: `Every pool is at ${poolBrokenPercent} % or more for ${smallPoolMinutes} min, at least half of the connections in use are at work, and 6.C2 and 6.C3 are ruled out.`,
    ruledOut: `A pod uses less than ${poolSoundPercent} % of its pool.`,
  }),
  judge(judging) {
    const { findings, now, thresholds } = judging;
    const pool = findings.pool.data;
    if (pool === null || pool.pools.length === 0) return open('No pod said how full its pool is.');
    const easy = pool.pools.find((one) => percentOf(one) < thresholds.poolSoundPercent);
    if (easy !== undefined) return ruledOut(`${easy.pod} uses ${easy.active} of ${easy.size} connections.`);
    if (pool.allFullSince === null) return open('Not every pool is nearly full.');
    const forMs = now - pool.allFullSince;
    const { smallPoolMinutes } = thresholds;
    if (forMs < smallPoolMinutes * MINUTE)
      return open(`All pools have been nearly full for ${spell(forMs)}; ${smallPoolMinutes} min would tell.`);
    const work = atWork(judging);
    if (work === null) return open('How many of the connections are at work was not seen.');
    if (work.active * 2 < work.used)
      return open(`Only ${work.active} of ${work.used} connections in use are at work.`);
    const other = [longQueries, traffic].find((cause) => cause.judge(judging).verdict !== 'ruled out');
    if (other !== undefined) return open(`It may be another cause: ${lower(other.title)} is not ruled out.`);
    return supported(
      `All pools have been nearly full for ${spell(forMs)} at usual load, and ${work.active} of ${work.used} connections are at work.`,
    );
  },
};

function lower(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}

/** 6.C1 to 6.C5. */
export const causes: readonly Cause<PoolData>[] = [leak, longQueries, traffic, failover, small];

export const { stands } = verdictsOf(causes);
