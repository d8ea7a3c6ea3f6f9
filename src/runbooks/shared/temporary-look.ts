import type { ProofSample } from '../../domain/run.ts';
import type { Workload } from '../../ports/kubernetes.ts';
import type { Action, Judging, Proving } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import type { Thresholds } from '../thresholds.ts';
import type { Adjustable } from './adjustable.ts';
import type { Most } from './room.ts';
import type { Reading, Setting } from './setting.ts';

/** One temporary change of the runbooks (R43, R44, R58, R59) with all that is its own. */
export interface Temporary<Data> {
  readonly step: `R${number}`;
  readonly source: string;
  readonly setting: Setting;
  readonly workload: (names: Names) => Workload;
  readonly notes: readonly string[];
  /** In words: when it is recommended, what it waits for beyond every temporary change, when it is taken back. */
  readonly rule: (thresholds: Thresholds) => {
    readonly when: string;
    readonly notWhile: readonly string[];
    readonly back: string;
  };
  /** The finding of `adjustable`. */
  readonly seen: (judging: Judging<Data>) => Adjustable | null;
  /** What the form opens with. */
  readonly opensWith: (thresholds: Thresholds) => number;
  /** What counts while the deployment does not say: the service's own default. Null: nobody knows, and it waits. */
  readonly unset?: (judging: Judging<Data>) => number | null;
  readonly when: (judging: Judging<Data>) => string | null;
  /** Beyond what holds for every temporary change. */
  readonly notWhile: (judging: Judging<Data>) => string | null;
  /** The most that fits beside others (`max_connections`); quotas are counted here. Null: nothing limits it. */
  readonly most?: (judging: Judging<Data>) => Most | null;
  /** Asked again just before the run: why this amount does not fit any more. */
  readonly fits?: (proving: Proving, to: number) => Promise<string | null>;
  /** Noted at the beginning, for the proof. */
  readonly note: (proving: Proving) => Promise<Readonly<Record<string, string>>>;
  /** Begins when the rollout is complete, for which `rolloutMinutes` are allowed unless its plan says otherwise. */
  readonly proof: Action<Data>['proof'];
  /**
   * Why it may be taken back now: the load is usual again, or the cause is over. Null: it is only possible.
   * @param back what it would be set to, as a reading's `raw`
   */
  readonly over: (judging: Judging<Data>, back: string) => string | null;
  readonly owes?: Action<Data>['owes'];
}

export function readingOf<Data>(given: Temporary<Data>, seen: Adjustable, names: Names): Reading {
  return given.setting.read(seen.settings, given.workload(names), names);
}

/** The deployment as it is now; null: it is gone. */
export async function lookAgain<Data>(
  { setting, workload }: Temporary<Data>,
  { probes, names, signal }: Pick<Proving, 'probes' | 'names' | 'signal'>,
): Promise<Adjustable | null> {
  const [state, settings] = await Promise.all([
    probes.kubernetes.deployment(workload(names), signal),
    probes.kubernetes.settings(workload(names), setting.variables(names), signal),
  ]);
  return state === null || settings === null ? null : { state, settings };
}

/** A generation that did not move says that nothing was done; one that moved elsewhere says nothing. */
export async function readsAs<Data>(
  given: Temporary<Data>,
  parameters: Readonly<Record<string, string>>,
  wanted: string,
  proving: Proving,
): Promise<'done' | 'not done' | 'unknown'> {
  const seen = await lookAgain(given, proving);
  if (seen === null) return 'unknown';
  if (readingOf(given, seen, proving.names).raw === wanted) return 'done';
  return seen.settings.generation === Number(parameters['generation']) ? 'not done' : 'unknown';
}

/** The rollout of a change, followed to its end; null: it is complete, and the deployment reads as wanted. */
export async function followed<Data>(
  given: Temporary<Data>,
  wanted: string,
  proving: Proving,
): Promise<Omit<ProofSample, 'at'> | null> {
  const { targets } = proving.run;
  const seen = await lookAgain(given, proving);
  const waiting = { moved: [], unknown: [], value: null, worse: false };
  if (seen === null) return { ...waiting, unknown: targets, line: 'The deployment is not there.' };
  const { state } = seen;
  const { raw } = readingOf(given, seen, proving.names);
  const { noun, words } = given.setting;
  if (raw !== wanted)
    return {
      ...waiting,
      // What it did until then is no longer to be seen.
      unknown: targets,
      line: `The ${noun} reads ${words(raw)}, not ${words(wanted)}: it was set again since.`,
      stuck: true,
    };
  if (state.rollout === 'under way') return { ...waiting, line: state.line, settling: true };
  if (state.rollout === 'stuck')
    return { ...waiting, line: state.line, worse: state.ready < state.replicas, stuck: true };
  return null;
}
