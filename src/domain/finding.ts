/**
 * `R1`…`R75` are the runbook's commands, `X1`…`X16` what it implies without a command. `R43-undo` takes a temporary change
 * back, `R51-skip` is R51's narrow form, `R51-stop` and `R51-start` are what both forms need before and after.
 */
export type StepName =
  | `R${number}`
  | `X${number}`
  | `R${number}-undo`
  | 'R51-skip'
  | 'R51-stop'
  | 'R51-start';

/** `unknown`: asked, no answer. `skipped`: not asked, and why; never healthy, never blocking. */
export type Verdict = 'healthy' | 'broken' | 'unknown' | 'skipped';

/** One answer to one question to one system. */
export interface Finding<T = unknown> {
  readonly step: StepName;
  readonly verdict: Verdict;
  /** One plain sentence: the fact, with number, unit and window. */
  readonly line: string;
  /** Foreign text (log lines, queries), masked, to be shown as data and never as markup. */
  readonly evidence: readonly string[];
  /** What causes and actions may read; absent where nothing could be seen. */
  readonly data: T | null;
  /** It was not asked because no such system is configured. */
  readonly absent?: true;
  /** What the last answer said, where this time there was none: the next look compares with it. */
  readonly last?: { readonly data: T; readonly at: number };
  /** Story time, epoch ms. */
  readonly at: number;
  /** How long the look took, ms of real time. */
  readonly tookMs: number;
}

/** What a check's `look` returns; the diagnosis adds the step, the time and how long it took. */
export type Seen<T> = Pick<Finding<T>, 'verdict' | 'line' | 'evidence' | 'data' | 'absent'>;

export function healthy<T>(line: string, data: T, evidence: readonly string[] = []): Seen<T> {
  return { verdict: 'healthy', line, data, evidence };
}

export function broken<T>(line: string, data: T, evidence: readonly string[] = []): Seen<T> {
  return { verdict: 'broken', line, data, evidence };
}

/** Asked, and no answer that counts; `data` holds the half that was seen, if any. */
export function unknown<T>(line: string, data: T | null = null, evidence: readonly string[] = []): Seen<T> {
  return { verdict: 'unknown', line, data, evidence };
}

export function skipped<T>(line: string): Seen<T> {
  return { verdict: 'skipped', line, data: null, evidence: [] };
}

export type CauseVerdict = 'supported' | 'ruled out' | 'open';

/** One of the runbook's likely causes, judged by the findings. */
export interface JudgedCause {
  /** `3.C2`: runbook, cause. */
  readonly id: string;
  readonly title: string;
  readonly verdict: CauseVerdict;
  /** One sentence: what in the findings says so, or what is missing to say. */
  readonly because: string;
  /** Outside our service (provider, broker, database): shown first when several are supported. */
  readonly outside: boolean;
  /**
   * What the look of that story time, epoch ms, said: the last one that supported it. `because` has it with its age, and with
   * what could not be looked at now.
   */
  readonly kept?: { readonly at: number; readonly because: string };
}

/** Tells what happened around the trouble and is no trouble, nor the absence of one: X1. */
export function isContext({ step }: Pick<Finding, 'step'>): boolean {
  return step === 'X1';
}

/** The worst verdict of a diagnosis: broken beats unknown beats healthy; skipped and context do not count. */
export function overall(all: readonly Finding[]): 'healthy' | 'broken' | 'unknown' {
  const findings = all.filter((finding) => !isContext(finding));
  if (findings.some((finding) => finding.verdict === 'broken')) return 'broken';
  if (findings.some((finding) => finding.verdict === 'unknown')) return 'unknown';
  return findings.some((finding) => finding.verdict === 'healthy') ? 'healthy' : 'unknown';
}
