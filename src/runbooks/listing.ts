import type { StepName } from '../domain/finding.ts';
import type { Tier } from '../domain/offer.ts';
import type { AnyAction, AnyRunbook } from './define-runbook.ts';
import type { Names } from './names.ts';
import {
  DEFAULT_THRESHOLDS,
  THRESHOLD_NAMES,
  THRESHOLDS,
  type Threshold,
  type Thresholds,
} from './thresholds.ts';

/** One step of a runbook, as `oms runbooks --json` prints it. */
export interface ListedStep {
  readonly step: StepName;
  readonly kind: 'check' | 'check, on request' | 'monitor' | 'action' | 'undo';
  /** Of actions; null for all else. */
  readonly tier: Tier | null;
  readonly title: string;
  /** What it must be told, and finds in the alert, in the diagnosis or by a form. */
  readonly parameters: readonly string[];
  /** The runbook's own command; null: it implies this step without one. */
  readonly source: string | null;
  readonly equivalent: string;
  /** Why the two differ in more than names; null: they do not. */
  readonly instead: string | null;
  readonly system: string;
  /** Of actions: what shows that it helped, and within what; null for all else. */
  readonly proof: ListedProof | null;
}

interface ListedProof {
  readonly words: string;
  readonly everySeconds: number;
  readonly withinMinutes: number;
  /** So many samples in a row have to say it. */
  readonly samples: number;
  /** Whose the deadline is. */
  readonly origin: Threshold['origin'];
}

/** How the systems of the source's commands are told apart; all others are the cluster's. */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/psql/, 'The orders database'],
  [/kafka-(console|consumer|topics)/, 'Kafka'],
  [/redis-cli/, 'Redis'],
  [/\baws s3\b/, 'S3'],
  [/localhost:8080/, 'The order service'],
];

function systemOf(source: string | null): string {
  return SYSTEMS.find(([pattern]) => pattern.test(source ?? ''))?.[1] ?? 'Kubernetes';
}

/** Every step of a runbook in the source's order, what it implies without a command last. */
export function stepsIn(
  runbook: AnyRunbook,
  names: Names,
  thresholds: Thresholds = DEFAULT_THRESHOLDS,
): readonly ListedStep[] {
  const checks = Object.values(runbook.checks)
    // What another runbook's step, or an action before it runs, looks at here bears that step's name and is none of its own.
    .filter(({ step, source }) => source !== null || step.startsWith('X'))
    .map(
      (check): ListedStep => ({
        step: check.step,
        kind: 'check',
        tier: null,
        title: check.title,
        parameters: check.parameters ?? [],
        source: check.source,
        equivalent: check.equivalent(names),
        instead: check.instead ?? null,
        system: check.system,
        proof: null,
      }),
    );
  const questions = (runbook.questions ?? []).map(
    (question): ListedStep => ({
      step: question.step,
      kind: 'check, on request',
      tier: null,
      title: question.title,
      parameters: question.parameters ?? [],
      source: question.source,
      equivalent: question.equivalent(names),
      instead: question.instead ?? null,
      system: question.system,
      proof: null,
    }),
  );
  const actions = runbook.actions.map(
    (action): ListedStep => ({
      step: action.step,
      kind: action.step.endsWith('-undo') ? 'undo' : 'action',
      tier: action.tier,
      title: action.title,
      parameters: action.parameters ?? [],
      source: action.source,
      equivalent: action.equivalent(names, [], {}),
      instead: action.instead ?? null,
      system: systemOf(action.source),
      proof: proofOf(action, thresholds),
    }),
  );
  const watches = runbook.actions.flatMap(({ proof }) => proof.watch ?? []);
  const monitors = [...new Map(watches.map((watch) => [watch.step, watch])).values()].map(
    (watch): ListedStep => ({
      step: watch.step,
      kind: 'monitor',
      tier: null,
      title: watch.title,
      parameters: [],
      source: watch.source,
      equivalent: watch.equivalent(names),
      instead: null,
      system: systemOf(watch.source),
      proof: null,
    }),
  );
  return [...checks, ...questions, ...actions, ...monitors].sort(
    (left, right) => placeOf(left.step) - placeOf(right.step),
  );
}

/** The runbook's numbers moved by one: a deadline that moves along is the runbook's. */
function proofOf({ proof }: AnyAction, thresholds: Thresholds): ListedProof {
  const { words, everyMs, withinMs, alike } = proof.plan(thresholds);
  const moved = THRESHOLD_NAMES.map(
    (name) => [name, thresholds[name] + (THRESHOLDS[name].origin === 'runbook' ? 1 : 0)] as const,
  );
  const other = proof.plan(Object.fromEntries(moved) as Thresholds);
  return {
    words,
    everySeconds: everyMs / 1_000,
    withinMinutes: withinMs / 60_000,
    samples: alike,
    origin: other.withinMs === withinMs ? 'our default' : 'runbook',
  };
}

/** R43, R43-undo, R44 …, then X1 …. */
function placeOf(step: StepName): number {
  const number = Number(/\d+/.exec(step)?.[0] ?? 0);
  return (step.startsWith('X') ? 1_000 : 0) + number + (step.includes('-') ? 0.5 : 0);
}
