import type { StepName } from './finding.ts';
import { botFrom, type PersonId, type RunId } from './ids.ts';
import type { ByHandId, Tick } from './incident.ts';
import type { Run } from './run.ts';
import type { TeamId } from './severity.ts';

/** What a run, or a step by hand, leaves for people to do. It outlives its incident and ends only by somebody's name. */
export interface Duty {
  readonly id: string;
  readonly what: string;
  /** A team's name, or the person who asked for the run or ticked off the step. */
  readonly owner: string;
  /** What it is about: the run's targets that were, or may have been, changed; empty after a step by hand. */
  readonly targets: readonly string[];
  /** Null: it comes from a step by hand. */
  readonly run: RunId | null;
  /** The step by hand that left it. */
  readonly step?: ByHandId;
  /** The action that takes the change back, where that is what is owed: then the incident does not end without it. */
  readonly undo: StepName | null;
  /** Whom the bot tells about it itself, and what. */
  readonly tell?: Telling;
  /** How often somebody was reminded of it. */
  readonly reminded?: number;
  /** Story time, epoch ms. */
  readonly at: number;
  readonly done: { readonly by: PersonId; readonly at: number } | null;
}

/** Teams that may have a channel in which the bot posts what is owed (`channels.<team>`). */
export type DutyTeam = TeamId | 'warehouse' | 'customerService';
export const DUTY_TEAMS: readonly DutyTeam[] = [
  'warehouse',
  'customerService',
  'orders',
  'payments',
  'catalog',
  'platform',
];

/** The team of the consumer group that the run was about (`kafka.consumers`). */
export const GROUP_OWNER = 'owner of the group';

/** What the bot says to a team, in a duty of somebody else to tell them. */
export interface Telling {
  readonly to: DutyTeam | typeof GROUP_OWNER;
  /** `{targets}` stands for what it is about, `{count}` for the run's parameter of that name. */
  readonly says: string;
}

/** How a runbook names whoever asked for the run, or ticked off the step: known only then. */
export const ASKER = 'whoever asked';

/** Who something is for, in a runbook's words: a team, owners of something, or a person who is known only then. */
export type Owner =
  | 'orders'
  | 'payments'
  | 'catalog'
  | 'platform'
  | 'warehouse'
  | 'customer service'
  | 'on-call'
  | 'database owners'
  | 'fraud model owners'
  | 'owners of the groups behind'
  | typeof ASKER;

/** What an action or a step by hand leaves to do, as its runbook says it. */
export interface Owed {
  /** `{count}` stands for the run's parameter of that name. */
  readonly what: string;
  readonly owner: Owner;
  readonly undo?: StepName;
  readonly tell?: Telling;
}

/** Something that is owed and was done by the system itself. */
export interface FoundDone {
  /** The duty's own words. */
  readonly what: string;
  /** The check that saw it, or what else was read. */
  readonly from: StepName | 'the return’s notes';
}

interface DutyDone {
  readonly type: 'duty done';
  readonly duty: string;
  readonly by: PersonId;
  readonly at: number;
}

/** The duties of one run, as its action declares them. */
export function dutiesOf(
  run: Run,
  owes: readonly Owed[],
  targets: readonly string[],
  at: number,
  nextId: () => string,
): readonly Duty[] {
  if (targets.length === 0) return [];
  const filled = (words: string) =>
    words.replace(/\{(\w+)\}/g, (whole, name: string) =>
      name === 'targets' ? targets.join(', ') : (run.parameters[name] ?? whole),
    );
  return owes.map(({ what, owner, undo, tell }) => ({
    id: nextId(),
    what: filled(what),
    ...(tell === undefined ? {} : { tell: { to: tell.to, says: filled(tell.says) } }),
    owner: owner === ASKER ? (run.requestedBy ?? run.by) : owner,
    targets,
    undo: undo ?? null,
    run: run.id,
    at,
    done: null,
  }));
}

/** What a step by hand leaves to do, once for each incident however often it is ticked off. */
export function dutiesOfTick(
  { owed }: { readonly owed: readonly Duty[] },
  tick: Tick,
  owes: readonly Owed[],
  nextId: () => string,
): readonly Duty[] {
  if (owed.some(({ step }) => step === tick.step)) return [];
  return owes.map(({ what, owner }) => ({
    id: nextId(),
    what,
    owner: owner === ASKER ? tick.by : owner,
    targets: [],
    undo: null,
    run: null,
    step: tick.step,
    at: tick.at,
    done: null,
  }));
}

/** Duties of this run that a check has found done already: the bot ticks them off, and says from what. */
export function foundDone(
  { owed }: { readonly owed: readonly Duty[] },
  run: RunId,
  found: readonly FoundDone[],
  at: number,
): readonly DutyDone[] {
  return openDuties(owed).flatMap((duty) => {
    const seen = found.find(({ what }) => duty.run === run && duty.what === what);
    return seen === undefined
      ? []
      : [{ type: 'duty done' as const, duty: duty.id, by: botFrom(seen.from), at }];
  });
}

/** The run took a temporary change back: whoever approved it has ticked the duty off. */
export function takenBack(
  { owed }: { readonly owed: readonly Duty[] },
  run: Pick<Run, 'action' | 'by' | 'targets'>,
  at: number,
): readonly DutyDone[] {
  return openUndos(owed)
    .filter(({ undo, targets }) => undo === run.action && targets.some((one) => run.targets.includes(one)))
    .map(({ id }) => ({ type: 'duty done' as const, duty: id, by: run.by, at }));
}

export function openDuties(duties: readonly Duty[]): readonly Duty[] {
  return duties.filter(({ done }) => done === null);
}

/** Temporary changes that nobody has taken back. */
export function openUndos(duties: readonly Duty[]): readonly Duty[] {
  return openDuties(duties).filter(({ undo }) => undo !== null);
}

/**
 * Since when nothing that these runs left is to be taken back any more, epoch ms; -Infinity: it always was, or nothing was left.
 * Two changes on top of each other are over together: with one of them ticked off, what was before both is still owed.
 */
export function backSince(owed: readonly Duty[], undo: StepName, runs: readonly Pick<Run, 'id'>[]): number {
  const left = owed.filter((duty) => duty.undo === undo && runs.some(({ id }) => id === duty.run));
  const ends = left.flatMap(({ done }) =>
    done !== null && left.every((other) => other.at > done.at || other.done !== null) ? [done.at] : [],
  );
  return Math.max(Number.NEGATIVE_INFINITY, ...ends);
}

/** A runbook's words for a team whose channel may be configured. */
const TEAM_OF: Readonly<Record<string, DutyTeam>> = {
  orders: 'orders',
  payments: 'payments',
  catalog: 'catalog',
  platform: 'platform',
  warehouse: 'warehouse',
  'customer service': 'customerService',
};

/**
 * In whose channel a duty is posted, where one is configured; null: it is one person's, or nobody's known here.
 * @param groupOwner the team of the run's consumer group; null: it has none, or nobody knows
 */
export function teamOf({ tell, owner }: Duty, groupOwner: DutyTeam | null): DutyTeam | null {
  return tell?.to === GROUP_OWNER ? groupOwner : (tell?.to ?? TEAM_OF[owner] ?? null);
}

const MINUTE = 60_000;
/** Somebody is reminded of a temporary change so long after it, then once a day (runbook-knowledge §0, our default). */
const REMIND_AFTER_MS = [30 * MINUTE, 120 * MINUTE] as const;
const REMIND_EVERY_MS = 1_440 * MINUTE;

/** When somebody is reminded next that a change waits to be taken back, epoch ms; null: never. */
export function reminderAt({ at, undo, done, reminded = 0 }: Duty): number | null {
  if (undo === null || done !== null) return null;
  const last = REMIND_AFTER_MS.length - 1;
  const days = Math.max(0, reminded - last) * REMIND_EVERY_MS;
  return at + (REMIND_AFTER_MS[Math.min(reminded, last)] ?? 0) + days;
}
