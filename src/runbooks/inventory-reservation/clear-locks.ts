import * as z from 'zod';
import type { Field } from '../../domain/offer.ts';
import type { ProofSample } from '../../domain/run.ts';
import type { LockSeen, LocksSeen } from '../../ports/redis.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Action, Draft, Judging, Proving } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { spell } from '../shared/spell.ts';
import { attemptsSince, noRate, notedAttempts, percent, readRate } from '../shared/success-rate.ts';
import { stands } from './causes.ts';
import { type InventoryData, RESERVATIONS_RATE } from './checks.ts';
import { type LocksFound, lockQuestion, redisShell } from './locks.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A command to type names so many locks. */
const TYPED = 10;
/** Minutes: a day, far beyond any lock's life. */
const MOST_MINUTES = 1_440;

/** What Redis runs: compared and deleted in one step, and no value leaves it. */
const DELETE_IF_STILL =
  "if redis.sha1hex(redis.call('GET',KEYS[1]) or '') == ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0";

const Holders = z.record(z.string(), z.string());

/** Whose lock each was when it was shown. */
function holdersOf(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Holders.parse(JSON.parse(parameters['holders'] ?? '{}'));
  } catch {
    return {};
  }
}

/** R14. Only those that were shown, each only while it is still the same lock. */
export const clearLocks: Action<InventoryData> = {
  step: 'R14',
  title: 'Clear stale locks',
  tier: 'disruptive',
  source:
    'kubectl exec -it redis-0 -- redis-cli --scan --pattern "lock:inventory:*" | \\\n  xargs -L 1 redis-cli DEL',
  instead:
    'The runbook’s command deletes every lock, live ones too; this one only those shown, each if nobody has taken it again.',
  parameters: ['age'],
  equivalent(names, targets, parameters) {
    const holders = holdersOf(parameters);
    const named = targets.filter((key) => holders[key] !== undefined).slice(0, TYPED);
    const pairs = named.flatMap((key) => [key, holders[key] ?? '']);
    return typed(names, pairs.length === 0 ? ['<lock>', '<holder>'] : pairs, targets.length - named.length);
  },
  notes: [
    'Live locks stay: they are what keeps two orders from taking the same piece.',
    'Only locks go, never a reservation; a failed one frees itself, and nothing is to be tidied up.',
  ],
  rule: ({ staleLockMinutes }) => ({
    when: `Locks are older than ${staleLockMinutes} min (2.C3).`,
    notWhile: [
      'No lock is older: all are live, and live ones keep two orders from taking the same piece.',
      'How old they are cannot be told.',
      'A replica answered instead of the master.',
    ],
  }),
  draft(judging) {
    const found = judging.findings.locks.data;
    return found === null || found.total === 0 ? [] : [draftOf(judging, found)];
  },
  when: (judging, { targets }) =>
    targets.length > 0 && stands(judging, '2.C3')
      ? `${targets.length === 1 ? 'a lock has' : 'locks have'} outlived ${targets.length === 1 ? 'its owner' : 'their owners'}`
      : null,
  notWhile({ findings }, { targets }) {
    const found = findings.locks.data;
    if (found === null) return 'the locks could not be looked at';
    if (found.replica) return 'a replica answered, and nothing can be deleted there';
    if (targets.length > 0) return null;
    if (found.stale > 0) return 'the keys of the old ones cannot be written in a line';
    if (found.untold > 0) return `the age of ${found.untold} of ${found.total} cannot be told`;
    return found.total === 1 ? 'the only one is live' : `all ${found.total} are live`;
  },
  validate({ minutes = '' }, { thresholds: { staleLockMinutes } }) {
    const wanted = Number(minutes);
    const fits = /^\d{1,4}$/.test(minutes) && wanted >= staleLockMinutes && wanted <= MOST_MINUTES;
    return fits
      ? {}
      : {
          minutes: `Write ${staleLockMinutes} to ${MOST_MINUTES} whole minutes: a younger lock may still be held.`,
        };
  },
  async stillHolds(proving, run) {
    const { probes, names, thresholds, signal } = proving;
    const now = await probes.redis.locks(lockQuestion(names), signal);
    if (now.replica) return { changed: 'a replica answers now, and nothing can be deleted there' };
    const holders = holdersOf(run.parameters);
    const oldest = Math.max(thresholds.staleLockMinutes, Number(run.parameters['minutes'] ?? 0)) * MINUTE;
    const judged = run.targets.map((target) => ({
      target,
      because: spared(now, target, holders[target], oldest),
    }));
    return {
      targets: judged.filter(({ because }) => because === null).map(({ target }) => target),
      dropped: judged.flatMap(({ target, because }) => (because === null ? [] : [{ target, because }])),
      noted: await notedRate(proving),
    };
  },
  async apply(target, parameters, { levers, signal }) {
    const holder = holdersOf(parameters)[target];
    if (holder === undefined)
      throw new SystemError('Redis', 'refused', 'Whose lock it was is not known; it was left alone.', {
        sent: 'no',
        mayRetry: false,
      });
    return await levers.redis.deleteLock(target, holder, signal);
  },
  async readBack(target, parameters, { probes, signal }) {
    const now = await probes.redis.holders([target], signal);
    return now[target] === holdersOf(parameters)[target] ? 'not done' : 'done';
  },
  proof: {
    plan: () => ({
      everyMs: 30 * SECOND,
      withinMs: 2 * MINUTE,
      alike: 2,
      unit: '%',
      words: 'None of these locks is left, and not fewer reservations succeed, within 2 min.',
    }),
    sample: stillThere,
  },
  mitigates: false,
  owes: [],
};

function draftOf(judging: Judging<InventoryData>, found: LocksFound): Draft {
  const { incident, thresholds } = judging;
  const targets = found.oldest.map(({ key }) => key);
  const holders = JSON.stringify(Object.fromEntries(found.oldest.map(({ key, holder }) => [key, holder])));
  // How many live ones there are changes from look to look; that takes no button away while the same locks would go.
  const standing = incident.offers.find(
    ({ action, parameters, requestedBy }) =>
      action === 'R14' && requestedBy === null && parameters['holders'] === holders,
  );
  return {
    targets,
    parameters: targets.length === 0 ? {} : { holders },
    preview: standing?.preview ?? previewOf(found, thresholds.staleLockMinutes),
    binding: { kind: 'subset', words: 'A lock that was taken again or renewed meanwhile stays.' },
    ...(targets.length === 0 ? {} : { fields: [ageField(thresholds.staleLockMinutes)] }),
  };
}

function previewOf({ oldest, stale, live, untold }: LocksFound, minutes: number): readonly string[] {
  if (oldest.length === 0) return [`No lock older than ${minutes} min can be deleted.`];
  const go =
    oldest.length < stale
      ? `${oldest.length} of ${stale} locks older than ${minutes} min go, the oldest first`
      : `${stale} ${stale === 1 ? `lock older than ${minutes} min goes` : `locks older than ${minutes} min go`}`;
  const unsure =
    untold === 0 ? '' : `; ${untold} whose age cannot be told ${untold === 1 ? 'stays' : 'stay'} too`;
  const stay =
    live === 0 ? 'No younger one is held' : `${live} younger ${live === 1 ? 'one stays' : 'ones stay'}`;
  return [`${go}.`, `${stay}${unsure}.`];
}

function ageField(least: number): Field {
  return {
    name: 'minutes',
    label: 'Only locks older than so many minutes',
    kind: 'number',
    least,
    most: MOST_MINUTES,
    initial: String(least),
    hint: `${least} or more: a younger one may still be held.`,
  };
}

/** Why this lock is left alone after all; null: it goes. */
function spared(
  { locks, total }: LocksSeen,
  key: string,
  holder: string | undefined,
  oldest: number,
): string | null {
  const lock: LockSeen | undefined = locks.find((one) => one.key === key);
  if (lock === undefined)
    return total > locks.length ? 'it could not be looked at again' : 'it is gone by now';
  if (lock.holder !== holder) return 'somebody has taken it again';
  if (lock.ageMs === null) return 'how old it is cannot be told any more';
  return lock.ageMs > oldest ? null : `it is only ${spell(lock.ageMs)} old`;
}

/** The rate before, which the proof compares with, and what was counted until then. */
async function notedRate(proving: Proving): Promise<Readonly<Record<string, string>>> {
  const read = await readRate(proving, RESERVATIONS_RATE).catch(() => null);
  return {
    ...(read === null || read.percent === null ? {} : { rate: String(read.percent) }),
    ...(await notedAttempts(proving, RESERVATIONS_RATE)),
  };
}

/** R12 and R15 once more: which of them are left, and whether fewer reservations succeed than before. */
async function stillThere(proving: Proving): Promise<Omit<ProofSample, 'at'>> {
  const { probes, run, signal } = proving;
  const [now, read] = await Promise.all([
    probes.redis.holders(run.targets, signal),
    readRate(proving, RESERVATIONS_RATE).catch(() => null),
  ]);
  const holders = holdersOf(run.parameters);
  const gone = run.targets.filter((key) => now[key] === undefined || now[key] !== holders[key]);
  const left = run.targets.length - gone.length;
  const said = left === 0 ? 'None of these locks is left' : `${left} of ${run.targets.length} are still held`;
  const before = run.parameters['rate'];
  if (read === null || read.percent === null || before === undefined) {
    const why =
      read === null
        ? 'The metrics could not be read.'
        : read.percent === null
          ? noRate(read, RESERVATIONS_RATE)
          : 'How many succeeded before the run is not known.';
    return { moved: [], unknown: gone, line: `${said}. ${why}`, value: null, worse: false };
  }
  const fewer = Math.round(read.percent) < Math.round(Number(before)) && enough(proving, read);
  return {
    moved: fewer ? [] : gone,
    unknown: [],
    line: `${said}; ${percent(read.percent)} of reservations succeed on the worst pod, ${percent(Number(before))} did.`,
    value: read.percent,
    worse: fewer,
  };
}

/** A fall counts from 20 attempts on (runbook-knowledge §0), where they are counted. */
function enough({ run, thresholds }: Proving, { attempts }: Awaited<ReturnType<typeof readRate>>): boolean {
  const since = attempts === null ? null : attemptsSince(run, attempts);
  return since === null || since >= thresholds.fewestAttempts;
}

/** One command for all of them; the words reach Redis as arguments, never as a script. */
function typed(names: Names, pairs: readonly string[], more: number): string {
  const list = `printf '%s %s\\n' ${pairs.map((word) => `'${word.replace(/'/g, `'\\''`)}'`).join(' ')}`;
  const each = `redis-cli eval "${DELETE_IF_STILL}" 1 "$key" "$holder" </dev/null`;
  const loop = redisShell(names, `while read -r key holder; do ${each}; done`, '-i ');
  return `${list} | ${loop}${more > 0 ? ` # and ${more} more` : ''}`;
}
