import type { StepName } from '../../domain/finding.ts';
import type { ProofPlan } from '../../domain/run.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Action, Draft, Judging, Proving } from '../define-runbook.ts';
import { curl, type Names } from '../names.ts';
import type { Thresholds } from '../thresholds.ts';

const MINUTE = 60_000;
/** Targets that are asked about at once. */
const AT_ONCE = 10;

/** One target as it was read a moment ago. */
export interface Standing {
  readonly target: string;
  /** Whether what was asked is so; null: nobody could say. */
  readonly so: boolean | null;
  /** What it is instead, to go on *… is left alone: *. */
  readonly words: string;
}

/** What one press for all would cover. */
interface Found {
  /** Oldest first. */
  readonly ids: readonly string[];
  /** All that there are, also those that no list showed. */
  readonly total: number;
}

/** R20, R21, R27, R34, R67: one request for each of many targets, each proven by itself. */
export function batchOf<Data>(given: {
  readonly step: StepName;
  readonly title: string;
  readonly source: string;
  readonly notes: readonly string[];
  readonly rule: Action<Data>['rule'];
  /** `{id}` stands for the target. */
  readonly path: (names: Names) => string;
  /** *order*, *orders*. */
  readonly one: string;
  readonly many: string;
  /** One sentence around *3 orders*. */
  readonly says: (what: string) => string;
  /** What becomes of targets that no longer need it, one sentence. */
  readonly bound: string;
  /** Null: there is nothing to do it to. */
  readonly found: (judging: Judging<Data>) => Found | null;
  /** Of those, or beside them, the ones that get an offer of their own: alerts or people named them. */
  readonly alone: (judging: Judging<Data>, ids: readonly string[]) => readonly string[];
  /** Beyond the sentence of `says`, one sentence each. */
  readonly remarks?: (judging: Judging<Data>, targets: readonly string[]) => readonly string[];
  /** Why all of them are recommended; one beside all never is. */
  readonly when: (judging: Judging<Data>, targets: readonly string[]) => string | null;
  readonly notWhile: (judging: Judging<Data>, targets: readonly string[]) => string | null;
  /** Which of the run's targets still need it. Could not look is a no for the whole run. */
  readonly qualify: (proving: Proving) => Promise<{
    readonly standings: readonly Standing[];
    readonly noted?: Readonly<Record<string, string>>;
  }>;
  readonly apply: Action<Data>['apply'];
  readonly readBack: Action<Data>['readBack'];
  readonly plan: (thresholds: Thresholds) => ProofPlan;
  /** For which targets it has helped. */
  readonly finished: (proving: Proving) => Promise<readonly Standing[]>;
  /** The proof's line. @param minutes since the run ended */
  readonly line: (found: readonly Standing[], minutes: number, thresholds: Thresholds) => string;
  readonly owes?: Action<Data>['owes'];
  readonly afterProof?: boolean;
}): Action<Data> {
  const { step, one, many } = given;

  /** Without those that are asked already and not proven yet; all of them, where each is. */
  function all(judging: Judging<Data>): readonly string[] {
    const ids = given.found(judging)?.ids ?? [];
    const asked = underProof(judging, step);
    const left = ids.filter((id) => !asked.has(id));
    return left.length === 0 ? ids : left;
  }

  function draftOf(judging: Judging<Data>, targets: readonly string[], what: string): Draft {
    return {
      targets,
      parameters: {},
      preview: [given.says(what), ...(given.remarks?.(judging, targets) ?? [])],
      binding: { kind: 'subset', words: given.bound },
    };
  }

  return {
    step,
    title: given.title,
    parameters: [many],
    tier: 'safe',
    source: given.source,
    equivalent: (names, targets) =>
      curl(names, given.path(names).replace('{id}', targets[0] ?? `<${one}>`), '-X POST '),
    notes: given.notes,
    rule: given.rule,
    draft(judging) {
      const found = given.found(judging);
      if (found === null) return [];
      const ids = all(judging);
      const what =
        found.total > ids.length
          ? `${ids.length} of ${found.total} ${many}, the oldest first,`
          : `${ids.length} ${ids.length === 1 ? one : many}`;
      const single = given
        .alone(judging, ids)
        .filter((id) => ids.length !== 1 || ids[0] !== id)
        .slice(0, judging.thresholds.sampledOrders);
      return [
        ...(ids.length === 0 ? [] : [draftOf(judging, ids, what)]),
        ...single.map((id) => draftOf(judging, [id], `${id} alone`)),
      ];
    },
    when(judging, { targets }) {
      const ids = all(judging);
      const them = targets.length === ids.length && targets.every((target) => ids.includes(target));
      return them ? given.when(judging, targets) : null;
    },
    notWhile: (judging, { targets }) => given.notWhile(judging, targets),
    validate: () => ({}),
    async stillHolds(proving) {
      const { standings, noted } = await given.qualify(proving);
      const blind = standings.filter(({ so }) => so === null);
      if (blind.length > 0)
        return {
          changed: `the status of ${blind.length} of ${standings.length} ${many} could not be read first`,
        };
      return {
        targets: standings.filter(({ so }) => so).map(({ target }) => target),
        dropped: standings.filter(({ so }) => !so).map(({ target, words }) => ({ target, because: words })),
        ...(noted === undefined ? {} : { noted }),
      };
    },
    apply: given.apply,
    readBack: given.readBack,
    proof: {
      plan: given.plan,
      async sample(proving) {
        const found = await given.finished(proving);
        const moved = found.filter(({ so }) => so === true);
        return {
          moved: moved.map(({ target }) => target),
          unknown: found.filter(({ so }) => so === null).map(({ target }) => target),
          line: given.line(
            found,
            Math.round((proving.now - (proving.run.proof?.since ?? proving.now)) / MINUTE),
            proving.thresholds,
          ),
          value: moved.length,
          worse: false,
        };
      },
    },
    mitigates: false,
    owes: given.owes ?? [],
    ...(given.afterProof === undefined ? {} : { afterProof: given.afterProof }),
  };
}

/** Asked already, and nobody knows yet what came of it: pressing twice asks once. */
export function underProof(
  { incident }: Pick<Judging<unknown>, 'incident'>,
  ...steps: readonly StepName[]
): ReadonlySet<string> {
  const open = incident.runs.filter(
    ({ action, state, proof }) =>
      steps.includes(action) && (state !== 'ended' || (proof !== null && proof.verdict === null)),
  );
  return new Set(open.flatMap(({ targets }) => targets));
}

/** The same question about each, several at once; null where the system did not answer. */
export async function aboutEach<Target extends string, T>(
  targets: readonly Target[],
  ask: (target: Target) => Promise<T>,
): Promise<readonly { readonly target: Target; readonly said: T | null }[]> {
  const found: { target: Target; said: T | null }[] = [];
  for (let from = 0; from < targets.length; from += AT_ONCE) {
    const group = targets.slice(from, from + AT_ONCE);
    found.push(
      ...(await Promise.all(
        group.map(async (target) => ({ target, said: await ask(target).catch(nullIfSilent) })),
      )),
    );
  }
  return found;
}

function nullIfSilent(err: unknown): null {
  if (err instanceof SystemError) return null;
  throw err;
}
