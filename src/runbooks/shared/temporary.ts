import { ASKER } from '../../domain/duty.ts';
import type { StepName } from '../../domain/finding.ts';
import type { Action, Draft, Judging } from '../define-runbook.ts';
import { targetOf } from '../names.ts';
import type { Thresholds } from '../thresholds.ts';
import type { Adjustable } from './adjustable.ts';
import { restartWaits } from './restart.ts';
import { type Most, mostByQuota, tighter } from './room.ts';
import type { Setting } from './setting.ts';
import { followed, lookAgain, readingOf, readsAs, type Temporary } from './temporary-look.ts';
import { undoOf } from './temporary-undo.ts';

const MINUTE = 60_000;
const FOLLOW_MS = 10_000;

/** The change and its undo; both belong among the runbook's actions. */
export function temporaryOf<Data>(given: Temporary<Data>): readonly [Action<Data>, Action<Data>] {
  const { setting, workload, proof } = given;
  const undo: StepName = `${given.step}-undo`;
  const change: Action<Data> = {
    step: given.step,
    title: `Raise the ${setting.noun}`,
    tier: 'disruptive',
    parameters: [setting.noun],
    source: given.source,
    equivalent: (names, _targets, { to, container }) =>
      setting.command(
        names,
        workload(names),
        container ?? '',
        to === undefined ? null : setting.rawOf(Number(to)),
      ),
    notes: given.notes,
    rule: (thresholds) => {
      const { when, notWhile } = given.rule(thresholds);
      return { when, notWhile: [...notWhile, ...sharedWaits(setting, thresholds)] };
    },
    draft(judging) {
      const seen = given.seen(judging);
      return seen === null ? [] : [draftOf(given, seen, judging)];
    },
    when: (judging) => given.when(judging),
    notWhile(judging) {
      const seen = given.seen(judging);
      if (seen === null) return 'its settings could not be looked at';
      return (
        given.notWhile(judging) ??
        waits(given, seen, judging) ??
        raisedElsewhere(given, judging) ??
        noRoom(given, seen, judging)
      );
    },
    validate: ({ to }, { shown }) => {
      const wrong = wrongAmount(setting, to ?? '', shown);
      return wrong === null ? {} : { to: wrong };
    },
    async stillHolds(proving, run) {
      const seen = await lookAgain(given, proving);
      if (seen === null) return { changed: 'the deployment is gone' };
      const shown = Number(run.parameters['generation']);
      if (seen.settings.generation !== shown || seen.state.generation !== shown)
        return {
          changed: `somebody changed the deployment meanwhile (generation ${shown} is ${seen.settings.generation} now)`,
        };
      const now = readingOf(given, seen, proving.names);
      const to = Number(run.parameters['to']);
      const quota = mostByQuota(setting, seen.settings, now);
      const changed =
        waits(given, seen, proving) ??
        (quota !== null && to > quota.amount ? quota.because : null) ??
        (await given.fits?.(proving, to)) ??
        null;
      if (changed !== null) return { changed };
      const noted = await given.note(proving);
      return { targets: run.targets, dropped: [], noted: { ...noted, before: now.raw } };
    },
    apply: async (_target, parameters, { levers, names, signal }) =>
      await setting.set(
        levers.kubernetes,
        workload(names),
        names,
        {
          generation: Number(parameters['generation']),
          container: parameters['container'] ?? '',
          raw: setting.rawOf(Number(parameters['to'])),
        },
        signal,
      ),
    readBack: async (_target, parameters, proving) =>
      await readsAs(given, parameters, setting.rawOf(Number(parameters['to'])), proving),
    proof: {
      ...proof,
      plan: (thresholds) => ({
        settleMs: thresholds.rolloutMinutes * MINUTE,
        settleEveryMs: FOLLOW_MS,
        ...proof.plan(thresholds),
      }),
      async sample(proving) {
        const wanted = setting.rawOf(Number(proving.run.parameters['to']));
        return (await followed(given, wanted, proving)) ?? (await proof.sample(proving));
      },
    },
    mitigates: true,
    owes: [{ what: owedBack(setting), owner: ASKER, undo }, ...(given.owes ?? [])],
  };
  return [change, undoOf(given, undo)];
}

function draftOf<Data>(given: Temporary<Data>, seen: Adjustable, judging: Judging<Data>): Draft {
  const { setting, workload } = given;
  const target = workload(judging.names);
  const { name } = target;
  const { settings } = seen;
  const now = readingOf(given, seen, judging.names);
  const present = now.amount ?? given.unset?.(judging) ?? null;
  const most = mostOf(given, seen, judging);
  const opens = given.opensWith(judging.thresholds);
  const least = Math.floor(present ?? 0) + 1;
  const fitsIn = opens >= least && (most === null || opens <= most.amount);
  const stands = setting.words(now.raw);
  const counts = now.amount === null && present !== null ? `${stands}, which means ${present}` : stands;
  const all = settings.replicas === 1 ? 'The one pod is' : `All ${settings.replicas} pods are`;
  return {
    targets: [targetOf(target)],
    parameters: {
      generation: String(settings.generation),
      container: now.container,
      ...(present === null ? {} : { present: String(present) }),
      ...(most === null ? {} : { most: String(most.amount), because: most.because }),
    },
    preview: [
      `The ${setting.noun} of ${name}: ${counts} → what you fill in.`,
      setting.replacesPods
        ? `${all} replaced for it, one after the other, and again when it is set back.`
        : 'Pods are added; none is replaced.',
      `It is for now: setting it back to ${stands} stays owed until it is done.`,
      ...(most === null
        ? []
        : [`At most ${most.amount} ${most.amount === 1 ? 'fits' : 'fit'}: ${most.because}.`]),
      ...warnings(setting, settings),
    ],
    binding: {
      kind: 'exact',
      expected: String(settings.generation),
      words: 'Only while nobody else changes the deployment.',
    },
    fields: [
      {
        name: 'to',
        label: setting.label,
        kind: 'number',
        hint: `Now ${counts}.`,
        least,
        ...(most === null ? {} : { most: most.amount }),
        ...(fitsIn ? { initial: String(opens) } : {}),
      },
    ],
  };
}

function warnings(setting: Setting, { gitOps, quotas, hpa }: Adjustable['settings']): readonly string[] {
  return [
    ...(gitOps === null
      ? []
      : [`${gitOps} manages this deployment and may set it back; change it in its repository too.`]),
    ...(quotas === 'unknown' && setting.kind !== 'variable'
      ? ['Whether a quota leaves room could not be looked at.']
      : []),
    ...(hpa === 'unknown' && setting.kind === 'replicas'
      ? ['Whether an autoscaler sets the number of pods could not be looked at.']
      : []),
  ];
}

function mostOf<Data>(given: Temporary<Data>, seen: Adjustable, judging: Judging<Data>): Most | null {
  const quota = mostByQuota(given.setting, seen.settings, readingOf(given, seen, judging.names));
  return tighter(quota, given.most?.(judging) ?? null);
}

/** `waits` and `noRoom` in words. */
function sharedWaits(setting: Setting, { readyPodsForRestart }: Thresholds): readonly string[] {
  return [
    'Another rollout is under way, paused or stuck, or a pod does not start: no image, no room on the nodes.',
    ...(setting.replacesPods ? [`Fewer than ${readyPodsForRestart} pods are ready.`] : []),
    ...(setting.kind === 'replicas'
      ? ['An autoscaler decides the number of pods: it would set it back.']
      : []),
    `A quota leaves no room, or the ${setting.noun} is as large already.`,
    'It was raised in another incident and is not set back yet.',
  ];
}

/** Why no temporary change now, whatever the runbook (runbook-knowledge §0); null: nothing speaks against it. */
function waits<Data>(
  given: Temporary<Data>,
  seen: Adjustable,
  judging: Pick<Judging<Data>, 'names' | 'thresholds'>,
): string | null {
  const { hpa } = seen.settings;
  const { setting } = given;
  const enough = setting.replacesPods
    ? judging.thresholds
    : { ...judging.thresholds, readyPodsForRestart: 0 };
  return (
    restartWaits(seen.state, { thresholds: enough }) ??
    (setting.kind === 'replicas' && hpa !== 'none' && hpa !== 'unknown'
      ? `the HPA ${hpa.name} will set it back, raise its minimum (${hpa.min} now)`
      : readingOf(given, seen, judging.names).problem)
  );
}

function owedBack({ noun }: Setting): string {
  return `Set the ${noun} back to what it was.`;
}

/** What it is now is not what it was: the way back of a second raise would end at the first. */
function raisedElsewhere<Data>(
  { setting, workload }: Temporary<Data>,
  { owed, incident, names }: Judging<Data>,
): string | null {
  const target = targetOf(workload(names));
  const other = owed.some(
    ({ id, what, targets, done }) =>
      done === null &&
      what === owedBack(setting) &&
      targets.includes(target) &&
      !incident.owed.some((own) => own.id === id),
  );
  return other ? 'it was raised in another incident and is not set back yet (`/oms owed`)' : null;
}

function noRoom<Data>(given: Temporary<Data>, seen: Adjustable, judging: Judging<Data>): string | null {
  const now = readingOf(given, seen, judging.names);
  const present = now.amount ?? given.unset?.(judging) ?? null;
  if (present === null) return `nobody knows what the ${given.setting.noun} is now`;
  const most = mostOf(given, seen, judging);
  return most !== null && most.amount <= present ? `there is no room: ${most.because}` : null;
}

/** What is wrong with an amount, with the present one named; null: nothing is. */
function wrongAmount(setting: Setting, text: string, shown: Readonly<Record<string, string>>): string | null {
  if (!/^\d{1,9}$/.test(text.trim())) return 'Write a whole number.';
  const to = Number(text);
  const present = Number(shown['present']);
  if (to === present) return `The ${setting.noun} is ${present} already.`;
  if (to < present) return `The ${setting.noun} is ${present} already, ${to} would shrink it.`;
  const most = Number(shown['most'] ?? Number.POSITIVE_INFINITY);
  return to > most ? `At most ${most} ${most === 1 ? 'fits' : 'fit'}: ${shown['because'] ?? ''}.` : null;
}
