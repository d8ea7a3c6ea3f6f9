import type { Duty } from '../domain/duty.ts';
import type { Finding, JudgedCause, Seen } from '../domain/finding.ts';
import { skipped, unknown } from '../domain/finding.ts';
import type { Impact } from '../domain/impact.ts';
import type { Diagnosis, Incident } from '../domain/incident.ts';
import { masked } from '../domain/secrets.ts';
import type { RunbookId } from '../domain/severity.ts';
import { AbsentSystem, SystemError } from '../ports/system-error.ts';
import { runbookById } from '../runbooks/catalogue.ts';
import type { AnyFindings, AnyRunbook, Asking, Check, Judging } from '../runbooks/define-runbook.ts';
import { lacking, rightFor } from '../runbooks/rights.ts';
import type { Changes } from '../runbooks/shared/what-changed.ts';
import { judgeCauses } from './judge.ts';
import type { Parts } from './parts.ts';
import { timeLimit } from './time-limit.ts';

/** One whole look: all checks at once, each with its own deadline, and what they say of the causes. */
export interface Look {
  readonly findings: readonly Finding[];
  readonly byName: AnyFindings;
  readonly causes: readonly JudgedCause[];
  readonly advice: Diagnosis['advice'];
  readonly byHand: Diagnosis['byHand'];
  readonly impact: Impact;
  readonly atOnce: string | null;
  readonly harmless: string | null;
  readonly tookMs: number;
  readonly open: readonly RunbookId[];
  readonly owed: readonly Duty[];
  /** Targets that the cluster does not let the bot change, each with the right that is missing, in words. */
  readonly denied: ReadonlyMap<string, string>;
}

/** So long a look waits to hear what the bot may change, ms. */
const RIGHTS_MS = 1_000;

/** A check whose deadline has passed may still say by whom it was kept waiting, ms. */
const LAST_WORDS_MS = 50;

/** What a question said last is what its next answer is compared with, for so long, ms, while it meets silence; ours. */
const REMEMBERED_MS = 10 * 60_000;

/** What a look stands on: no lever, no journal. */
export type Looking = Pick<Parts, 'probes' | 'samples' | 'rules' | 'clock' | 'step' | 'log'>;

/** Asks every check of the incident's runbook and its impact. One dead system never hides the other answers. */
export async function diagnose(
  parts: Looking,
  incident: Incident,
  now: number,
  more: {
    readonly told?: (finding: Finding) => void;
    readonly open?: readonly RunbookId[];
    readonly owed?: readonly Duty[];
  } = {},
): Promise<Look> {
  const runbook = runbookById(incident.runbook);
  const began = parts.clock.now();
  const names = Object.keys(runbook.checks);
  const asking: Omit<Asking, 'signal'> = {
    probes: parts.probes,
    ids: incident.ids,
    thresholds: parts.rules.thresholds,
    names: parts.rules.names,
    now,
    previous: previousOf(runbook, incident, now),
    incident,
    // Without what was before a check can still say what is.
    history: async (name, from) => await parts.samples.since(name, from).catch(() => []),
    histories: async (named, from, to) => await parts.samples.between(named, from, to).catch(() => ({})),
  };
  using whole = timeLimit(parts.clock, parts.rules.timing.diagnosisMs);
  const asked = names.map(async (name) => {
    const check = must(runbook.checks[name]);
    const finding = remembering(await ask(parts, check, asking, whole.signal), asking.previous?.[name]);
    more.told?.(finding);
    return finding;
  });
  const found = async (name: string) => await must(asked[names.indexOf(name)]);
  const [findings, impact] = await Promise.all([
    Promise.all(asked),
    measure(parts, runbook, { ...asking, signal: whole.signal }, found),
  ]);
  const { thresholds, names: named } = parts.rules;
  const byName = Object.fromEntries(names.map((name, place) => [name, must(findings[place])]));
  const changes = changesIn(byName);
  const judging = {
    findings: byName,
    changes,
    now,
    thresholds,
    names: named,
    // What is said beside the impact speaks of this one, not of the look before.
    incident: { ...incident, impact },
    open: more.open ?? [],
    owed: more.owed ?? [],
  };
  const causes = judgeCauses(runbook, judging);
  const denied = await deniedTargets(parts, runbook, judging, whole.signal);
  return {
    findings,
    byName,
    causes,
    advice: (runbook.advice ?? []).flatMap(({ id, say }) => {
      const line = say(judging);
      return line === null ? [] : [{ id, line }];
    }),
    byHand: (runbook.byHand ?? []).flatMap(({ id, when }) => {
      const because = when(judging);
      return because === null ? [] : [{ id, because }];
    }),
    impact,
    atOnce: runbook.atOnce(judging),
    harmless: runbook.harmless?.(judging) ?? null,
    tookMs: parts.clock.now() - began,
    open: more.open ?? [],
    owed: more.owed ?? [],
    denied,
  };
}

/** A button that cannot work is not shown as one, so the cluster is asked first; where it does not say, the run will. */
async function deniedTargets(
  parts: Looking,
  runbook: AnyRunbook,
  judging: Judging<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const drafts = runbook.actions.flatMap((action) => action.draft(judging));
  const targets = [...new Set(drafts.flatMap((draft) => draft.targets))];
  const needed = targets.flatMap((target) => {
    const right = rightFor(judging.names, target);
    return right === null ? [] : [{ target, right }];
  });
  if (needed.length === 0) return new Map();
  using own = timeLimit(parts.clock, RIGHTS_MS);
  const soon = AbortSignal.any([signal, own.signal]);
  const lacks = async ({ target, right }: (typeof needed)[number]) => {
    // One answer that is missing takes none of the others away.
    const may = await parts.probes.kubernetes.may(right.right, soon).catch(() => true);
    return may ? [] : [[target, lacking(right)] as const];
  };
  const all = parts
    .step('look rights', async () => await Promise.all(needed.map(async (one) => await lacks(one))))
    .catch(() => []);
  const answers = await Promise.race([all, aborted(soon, [])]);
  return new Map(answers.flat());
}

/** What X1 saw, whose data the causes and actions of every runbook read. */
export function changesIn(byName: AnyFindings): Finding<Changes> {
  // Every runbook has it: `defineRunbook` gives it the check of that shape.
  return must(byName['changes']) as Finding<Changes>;
}

async function ask(
  parts: Looking,
  check: Check<unknown>,
  asking: Omit<Asking, 'signal'>,
  whole: AbortSignal,
): Promise<Finding> {
  const began = parts.clock.now();
  using own = timeLimit(parts.clock, check.deadlineMs);
  const signal = AbortSignal.any([whole, own.signal]);
  const late = (system: string) => unknown(`${system} did not answer within ${seconds(check.deadlineMs)} s.`);
  const answered = parts
    .step(`look ${check.step}`, async () => await check.look({ ...asking, signal }))
    // A check may ask several systems: whoever was waited for says so itself.
    .catch((err) =>
      own.signal.aborted && err instanceof SystemError && err.fault === 'too slow'
        ? late(err.system)
        : couldNotLook(parts, check, err),
    );
  const seen = await Promise.race([
    answered,
    aborted(whole, late(check.system)),
    aborted(own.signal, late(check.system)).then(async (last) => {
      await parts.clock.sleep(LAST_WORDS_MS, whole);
      return last;
    }),
  ]);
  return {
    ...seen,
    // Before it is kept: the journal holds no card number, address or token that a log line brought.
    line: masked(seen.line),
    evidence: seen.evidence.map(masked),
    step: check.step,
    at: asking.now,
    tookMs: parts.clock.now() - began,
  };
}

/** “Could not look” is an answer: with the system, what was wrong, and never as healthy. */
function couldNotLook(parts: Looking, check: Check<unknown>, err: unknown): Seen<unknown> {
  if (err instanceof AbsentSystem) return { ...skipped(err.message), absent: true };
  if (err instanceof SystemError) return unknown(err.message);
  parts.log.error(
    { step: check.step, err: err instanceof Error ? err.message : 'unknown' },
    'a check failed by itself',
  );
  return unknown(`${check.title} could not be asked: an error of our own.`);
}

async function measure(
  parts: Looking,
  runbook: AnyRunbook,
  asking: Asking,
  found: (name: string) => Promise<Finding>,
): Promise<Impact> {
  const { now, signal } = asking;
  try {
    const late: Impact = { known: false, because: 'The orders database did not answer in time.', at: now };
    const counts = await Promise.race([
      parts.step('look impact', async () => await runbook.impact.measure(asking, found)),
      aborted(signal, late),
    ]);
    if ('known' in counts) return counts;
    const { affected, total, windowMinutes, source, at, missing } = counts;
    if (total < parts.rules.thresholds.impactFewestOrders) {
      const because = `${affected} of ${total} orders: too few to say.`;
      return { known: false, because, at: now };
    }
    const { means } = runbook.impact;
    const more = missing === undefined ? {} : { missing };
    return { known: true, affected, total, windowMinutes, source, means, ...more, at };
  } catch (err) {
    const because =
      err instanceof AbsentSystem || err instanceof SystemError
        ? err.message
        : 'The impact could not be asked.';
    return { known: false, because, at: now };
  }
}

/** The look before, to compare with; where a question met silence, its last answer. */
function previousOf(runbook: AnyRunbook, incident: Incident, now: number): AnyFindings | null {
  if (incident.diagnosis === null) return null;
  const { findings } = incident.diagnosis;
  const entries = Object.entries(runbook.checks).flatMap(([name, { step }]) => {
    const finding = findings.find((other) => other.step === step);
    if (finding === undefined) return [];
    const fresh = finding.last !== undefined && now - finding.last.at <= REMEMBERED_MS;
    return [[name, fresh ? { ...finding, ...finding.last } : finding] as const];
  });
  return Object.fromEntries(entries);
}

/** *Said twice* does not begin anew because one question in between met silence. */
function remembering(finding: Finding, before: Finding | undefined): Finding {
  const { verdict, data } = finding;
  if (verdict !== 'unknown' || data !== null || before === undefined || before.data === null) return finding;
  return { ...finding, last: { data: before.data, at: before.at } };
}

async function aborted<T>(signal: AbortSignal, answer: T): Promise<T> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return answer;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('A name of the runbook has no value.');
  return value;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 1);
}
