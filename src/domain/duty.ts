import type { PersonId, RunId } from './ids.ts';
import type { Run } from './run.ts';

/** What a run leaves for people to do. It outlives its incident and ends only by somebody's name. */
export interface Duty {
  readonly id: string;
  readonly what: string;
  /** A team's name, or the person who asked for the run. */
  readonly owner: string;
  /** What it is about: the run's targets that were, or may have been, changed. */
  readonly targets: readonly string[];
  readonly run: RunId;
  /** Story time, epoch ms. */
  readonly at: number;
  readonly done: { readonly by: PersonId; readonly at: number } | null;
}

/** How a runbook names somebody who is known only at the run. */
const ASKER = 'whoever asked';

/** The duties of one run, as its action declares them. */
export function dutiesOf(
  run: Run,
  owes: readonly { readonly what: string; readonly owner: string }[],
  targets: readonly string[],
  at: number,
  nextId: () => string,
): readonly Duty[] {
  if (targets.length === 0) return [];
  return owes.map(({ what, owner }) => ({
    id: nextId(),
    what,
    owner: owner === ASKER ? (run.requestedBy ?? run.by) : owner,
    targets,
    run: run.id,
    at,
    done: null,
  }));
}

export function openDuties(duties: readonly Duty[]): readonly Duty[] {
  return duties.filter(({ done }) => done === null);
}
