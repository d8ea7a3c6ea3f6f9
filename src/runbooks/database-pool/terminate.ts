import type { Run } from '../../domain/run.ts';
import type { SessionKey, SessionSeen } from '../../ports/orders-database.ts';
import type { Action, Draft, Judging, Proving } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { psql } from '../shared/psql.ts';
import type { Thresholds } from '../thresholds.ts';
import { stands } from './causes.ts';
import type { PoolData } from './checks.ts';
import { poolsBelow } from './pool.ts';
import { blocksLong, isOurs, troubles, whoseIs } from './sessions.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
/** The worst one, and a few others. */
const MOST = 3;
/** A session that was told to end has gone within this (runbook-knowledge R42; our default). */
const GONE_MS = 30 * SECOND;

/** R42: ends one session, if it still is the one that was shown and runs what it ran. */
export const endQuery: Action<PoolData> = {
  step: 'R42',
  title: 'End query',
  tier: 'disruptive',
  source: 'kubectl exec -it postgres-0 -- psql -U orders -c \\\n  "SELECT pg_terminate_backend(12345);"',
  instead:
    'A pid can belong to another session by the time that somebody types; this one ends only the session that was seen.',
  parameters: ['pid'],
  equivalent: (names, _targets, { pid = '<pid>', backendStart, queryStart }) =>
    psql(
      names,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ${pid} AND backend_start = '${backendStart ?? '<its backend_start>'}' AND query_start = '${queryStart ?? '<its query_start>'}';`,
    ),
  notes: [
    'Its transaction is lost; whoever asked for it gets an error.',
    'What the session had committed before stays.',
  ],
  rule: ({ longQuerySeconds }) => ({
    when: 'Long queries sit on connections (6.C2).',
    notWhile: [
      'That session is gone, or runs another query than the one shown.',
      'It belongs to another application, a superuser, a replica, the server or the bot itself.',
      'It is a vacuum that prevents the loss of data.',
      `Its query began less than ${longQuerySeconds} s ago.`,
    ],
  }),
  draft: ({ findings, names, thresholds }) =>
    (findings.sessions.data?.sessions ?? [])
      .filter((one) => troubles(one, names, thresholds))
      .slice(0, MOST)
      .map(draftOf),
  when(judging, draft) {
    const one = shownIn(judging, draft);
    if (one === null || !stands(judging, '6.C2')) return null;
    return blocksLong(one, judging.thresholds) ? 'others wait for it' : 'it sits on a connection';
  },
  notWhile(judging, draft) {
    const one = shownIn(judging, draft);
    if (one === null) return 'the session was not seen again';
    return untouchable(one, judging.names) ?? tooSoon(one, judging.thresholds);
  },
  validate: () => ({}),
  async stillHolds(proving, run) {
    const one = await proving.probes.ordersDatabase.session(keyOf(run.parameters), proving.signal);
    if (one === null) return { changed: `session ${run.parameters['pid']} no longer runs that query` };
    const because = untouchable(one, proving.names);
    return because === null ? { targets: run.targets, dropped: [] } : { changed: because };
  },
  apply: async (_target, parameters, { levers, signal }) =>
    await levers.ordersDatabase.terminate(keyOf(parameters), signal),
  // One that is still there may be about to go.
  readBack: async (_target, parameters, proving) =>
    (await sessionOf(proving, parameters)) === null ? 'done' : 'unknown',
  proof: {
    plan: ({ poolBrokenPercent }) => ({
      everyMs: 30 * SECOND,
      withinMs: 5 * MINUTE,
      alike: 3,
      unit: '%',
      words: `The session is gone, and every pod uses less than ${poolBrokenPercent} % of its pool within 5 min.`,
    }),
    async sample(proving) {
      const { run, now } = proving;
      const pid = run.parameters['pid'];
      if ((await sessionOf(proving, run.parameters)) !== null) {
        const stuck = now - ended(run, now) >= GONE_MS;
        const line = `Session ${pid} is still there.`;
        return { moved: [], unknown: [], line, value: null, worse: false, ...(stuck ? { stuck } : {}) };
      }
      const below = await poolsBelow(proving, ({ poolBrokenPercent }) => poolBrokenPercent);
      return { ...below, line: `Session ${pid} is gone. ${below.line}` };
    },
  },
  mitigates: false,
  owes: [],
};

/** Nothing in it changes while the session stands, so that the button stays good from look to look. */
function draftOf(one: SessionSeen): Draft {
  const { pid, backendStart, queryStart, blocks, user, query, missingGrant } = one;
  const held = blocks === 0 ? '' : ', and others wait for it';
  return {
    targets: [`session/${pid}`],
    parameters: { pid: String(pid), backendStart, queryStart },
    preview: [
      `Session ${pid} of ${whoseIs(one)} (user ${user}) began its query at ${clockTime(queryStart)} UTC${held}.`,
      `Its query: ${query}`,
    ],
    binding: {
      kind: 'exact',
      expected: `${pid} ${backendStart} ${queryStart}`,
      words: 'Only while that very session still runs that very query.',
    },
    ...(missingGrant === null
      ? {}
      : { lacks: `the bot’s role may not end sessions of others (${missingGrant})` }),
  };
}

function clockTime(exact: string): string {
  return exact.slice(11, 19);
}

function keyOf(parameters: Readonly<Record<string, string>>): SessionKey {
  return {
    pid: Number(parameters['pid']),
    backendStart: parameters['backendStart'] ?? '',
    queryStart: parameters['queryStart'] ?? '',
  };
}

async function sessionOf(
  { probes, signal }: Pick<Proving, 'probes' | 'signal'>,
  parameters: Readonly<Record<string, string>>,
): Promise<SessionSeen | null> {
  return await probes.ordersDatabase.session(keyOf(parameters), signal);
}

function shownIn({ findings }: Judging<PoolData>, { binding }: Draft): SessionSeen | null {
  const wanted = binding.kind === 'exact' ? binding.expected : '';
  return (
    findings.sessions.data?.sessions.find(
      ({ pid, backendStart, queryStart }) => `${pid} ${backendStart} ${queryStart}` === wanted,
    ) ?? null
  );
}

/** Sessions that nobody ends from here (runbook-knowledge R42). */
function untouchable(one: SessionSeen, names: Names): string | null {
  const { untouchable: why } = one;
  if (why !== null) return { ...WORDS, 'own session': 'it is the bot’s own session' }[why];
  return isOurs(one, names) ? null : `it belongs to another application (${whoseIs(one)}); ask its owners`;
}

const WORDS = {
  replication: 'it feeds a replica',
  superuser: 'it belongs to a superuser; ask the database’s owners',
  'anti-wraparound vacuum': 'it is a vacuum that prevents the loss of data',
  'server process': 'it belongs to the server itself',
} as const;

function tooSoon({ forMs }: SessionSeen, { longQuerySeconds }: Thresholds): string | null {
  return forMs > longQuerySeconds * SECOND ? null : `its query began less than ${longQuerySeconds} s ago`;
}

function ended({ endedAt, beganAt }: Run, now: number): number {
  return endedAt ?? beganAt ?? now;
}
