import { backSince } from '../../domain/duty.ts';
import type { StepName } from '../../domain/finding.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Run } from '../../domain/run.ts';
import type { Action, Judging } from '../define-runbook.ts';
import { targetOf } from '../names.ts';
import type { Adjustable } from './adjustable.ts';
import { isRolling } from './restart.ts';
import { followed, lookAgain, readingOf, readsAs, type Temporary } from './temporary-look.ts';

const MINUTE = 60_000;
const FOLLOW_MS = 10_000;

/** Sets back what the oldest run found, all later ones with it. */
export function undoOf<Data>(given: Temporary<Data>, step: StepName): Action<Data> {
  const { setting, workload } = given;
  return {
    step,
    title: `Set the ${setting.noun} back`,
    tier: 'disruptive',
    source: null,
    equivalent: (names, _targets, { to, container }) =>
      setting.command(names, workload(names), container ?? '', to ?? null),
    notes: [],
    rule: (thresholds) => ({
      when: `${given.rule(thresholds).back} Also where the change did not help.`,
      notWhile: [
        `The ${setting.noun} is what it was already.`,
        'A rollout of somebody else is under way, or the rollout is paused.',
        ...(setting.kind === 'replicas' ? ['An autoscaler decides the number of pods.'] : []),
      ],
    }),
    draft(judging) {
      const seen = given.seen(judging);
      const [oldest, ...later] = standing(judging.incident, given.step, step);
      if (seen === null || oldest === undefined) return [];
      const target = workload(judging.names);
      const { name } = target;
      const { settings } = seen;
      const to = oldest.parameters['before'] ?? '';
      const now = readingOf(given, seen, judging.names);
      const last = later.at(-1) ?? oldest;
      const set = setting.rawOf(Number(last.parameters['to']));
      const all = settings.replicas === 1 ? 'The one pod is' : `All ${settings.replicas} pods are`;
      return [
        {
          targets: [targetOf(target)],
          parameters: {
            generation: String(settings.generation),
            container: oldest.parameters['container'] ?? '',
            to,
            now: now.raw,
          },
          preview: [
            `The ${setting.noun} of ${name}: ${setting.words(now.raw)} → ${setting.words(to)}, as it was before.`,
            ...(now.raw === set
              ? []
              : [`Somebody has changed it since it was set to ${setting.words(set)}.`]),
            setting.replacesPods
              ? `${all} replaced for it, one after the other.`
              : 'Pods that are too many end; the others go on serving.',
          ],
          binding: {
            kind: 'exact',
            expected: String(settings.generation),
            words: 'Only while nobody else changes the deployment.',
          },
        },
      ];
    },
    when(judging, { parameters }) {
      const newest = standing(judging.incident, given.step, step).at(-1);
      const verdict = newest?.proof?.verdict ?? null;
      if (verdict === 'did not help') return 'it did not help';
      return verdict === 'made it worse'
        ? 'it made things worse'
        : given.over(judging, parameters['to'] ?? '');
    },
    notWhile(judging, { parameters }) {
      const seen = given.seen(judging);
      if (seen === null) return 'its settings could not be looked at';
      const newest = standing(judging.incident, given.step, step).at(-1);
      return waits(given, seen, judging, newest, parameters['to'] ?? '');
    },
    validate: () => ({}),
    async stillHolds(proving, run) {
      const seen = await lookAgain(given, proving);
      if (seen === null) return { changed: 'the deployment is gone' };
      const shown = Number(run.parameters['generation']);
      if (seen.settings.generation === shown && seen.state.generation === shown)
        return { targets: run.targets, dropped: [] };
      return {
        changed: `somebody changed the deployment meanwhile (generation ${shown} is ${seen.settings.generation} now)`,
      };
    },
    apply: async (_target, { generation, container, to }, { levers, names, signal }) =>
      await setting.set(
        levers.kubernetes,
        workload(names),
        names,
        { generation: Number(generation), container: container ?? '', raw: to ?? '' },
        signal,
      ),
    readBack: async (_target, parameters, proving) =>
      await readsAs(given, parameters, parameters['to'] ?? '', proving),
    proof: {
      plan: ({ rolloutMinutes }) => ({
        everyMs: FOLLOW_MS,
        withinMs: MINUTE,
        settleMs: rolloutMinutes * MINUTE,
        settleEveryMs: FOLLOW_MS,
        alike: 2,
        words: `The ${setting.noun} is what it was, and all pods are ready.`,
      }),
      async sample(proving) {
        const { parameters, targets } = proving.run;
        const to = parameters['to'] ?? '';
        const waiting = await followed(given, to, proving);
        if (waiting !== null) return waiting;
        const line = `The ${setting.noun} is ${setting.words(to)} again, and all pods are ready.`;
        return { moved: targets, unknown: [], line, value: null, worse: false };
      },
    },
    mitigates: false,
    owes: [],
  };
}

/** Runs of the change that nobody has taken back, here or by hand, oldest first. One whose outcome is unknown may stand. */
function standing({ runs, owed }: Incident, step: StepName, undo: StepName): readonly Run[] {
  const undone = runs.flatMap(({ action, outcome, beganAt }) =>
    action === undo && outcome === 'done' && beganAt !== null ? [beganAt] : [],
  );
  const since = Math.max(backSince(owed, undo, runs), ...undone);
  return runs
    .filter(
      ({ action, outcome, beganAt }) =>
        action === step && (outcome === 'done' || outcome === 'unknown') && (beganAt ?? since) > since,
    )
    .sort((one, other) => (one.beganAt ?? 0) - (other.beganAt ?? 0));
}

function waits<Data>(
  given: Temporary<Data>,
  { state, settings }: Adjustable,
  { names }: Judging<Data>,
  newest: Run | undefined,
  to: string,
): string | null {
  const { setting } = given;
  if (setting.read(settings, given.workload(names), names).raw === to)
    return `it reads ${setting.words(to)} already; tick it off in \`/oms owed\``;
  if (state.paused) return 'its rollout is paused, and nothing would begin';
  if (setting.kind === 'replicas' && settings.hpa !== 'none' && settings.hpa !== 'unknown')
    return `the HPA ${settings.hpa.name} decides the number of pods now`;
  // Our own rollout need not come to its end first: pods that cannot start are a reason to take it back.
  const ours = settings.generation === Number(newest?.parameters['generation']) + 1;
  return isRolling(state) && !ours ? 'another rollout is under way' : null;
}
