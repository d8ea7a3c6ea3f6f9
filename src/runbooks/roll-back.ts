import type { Finding } from '../domain/finding.ts';
import type { RunbookId } from '../domain/severity.ts';
import type { Rollout } from '../ports/changes.ts';
import type { DeploymentState } from '../ports/kubernetes.ts';
import { restartService as restartForPool } from './database-pool/restart.ts';
import type { Action, AnyAction, Cause, Judging } from './define-runbook.ts';
import { restartService as restartForKafka } from './kafka-lag/restart.ts';
import { restartPods } from './memory/actions.ts';
import { orderWorkload, targetOf } from './names.ts';
import { restartService as restartForPayments } from './payment-failures/actions.ts';
import { replacedSince, restartWaits } from './shared/restart.ts';
import { spell } from './shared/spell.ts';
import type { Change, Changes } from './shared/what-changed.ts';
import { restartService as restartForLabels } from './shipping-labels/restart.ts';

const MINUTE = 60_000;

/** The restart of each runbook that can roll back: what proves that its trouble is over proves it here as well. */
const RESTARTS = {
  'payment-failures': restartForPayments,
  'shipping-labels': restartForLabels,
  'database-pool': restartForPool,
  'kafka-lag': restartForKafka,
  memory: restartPods,
} as const satisfies Partial<Record<RunbookId, unknown>>;

/**
 * X2: the order service goes back to the version before the suspect change. The same action in every runbook that has it;
 * only what its proof asks differs, so the offer carries the runbook. Off unless `actions.rollback` is on.
 */
export function rollBackOf<Data>(given: {
  readonly runbook: keyof typeof RESTARTS;
  readonly causes: readonly Cause<Data>[];
  readonly state: (judging: Judging<Data>) => DeploymentState | null;
  /** What of the runbook's own causes has to stand for it to be recommended; absent: nothing more than the change. */
  readonly fits?: { readonly words: string; readonly holds: (judging: Judging<Data>) => boolean };
}): Action<Data> {
  return {
    step: 'X2',
    title: 'Roll back the service',
    tier: 'disruptive',
    source: null,
    equivalent: (names, _targets, { revision = '<revision>' }) => {
      const workload = orderWorkload(names);
      return `kubectl -n ${workload.namespace} rollout undo ${targetOf(workload)} --to-revision=${revision}`;
    },
    notes: ['It buys time: the fix ships with the next version.'],
    rule: ({ suspectWithinMinutes }) => ({
      when: `The suspect change is a rollout of the service, at most ${suspectWithinMinutes} min before the first symptom, and no cause outside is supported${given.fits === undefined ? '' : `; ${given.fits.words}`}.`,
      notWhile: [
        'The version before is not kept any more.',
        'The version is marked as one-way (`actions.oneWayMark`).',
        'The change came after the first symptom.',
        'A cause outside is supported.',
        'The rollout is paused or under way, or too few pods are ready and no rollout is stuck.',
      ],
    }),
    draft(judging) {
      const { names } = judging;
      const state = given.state(judging);
      const change = names.rollBack.on ? candidate(judging) : null;
      const to = change?.rollout.before;
      if (state === null || change === null || orderWorkload(names).kind === 'StatefulSet') return [];
      const later = laterThan(judging, change);
      return [
        {
          targets: [targetOf(orderWorkload(names))],
          parameters: {
            runbook: given.runbook,
            generation: String(state.generation),
            replicaSet: to?.replicaSet ?? '',
            revision: String(to?.revision ?? ''),
          },
          preview: [
            `Before → after: revision ${change.rollout.revision} → ${to?.revision ?? 'unknown'}, which takes back: ${change.line}.`,
            ...(later.length === 0
              ? []
              : [`It also takes back what came later: ${later.map(({ line }) => line).join('; ')}.`]),
            `All ${state.replicas} pods are replaced one after the other, ${state.ready} are ready now.`,
          ],
          binding: {
            kind: 'exact',
            expected: String(state.generation),
            words: 'Only while nobody else changes the deployment.',
          },
        },
      ];
    },
    when(judging) {
      const change = candidate(judging);
      const { suspect, symptomAt } = judging.changes.data ?? { suspect: null, symptomAt: 0 };
      if (change === null || suspect?.rollout == null || outside(given.causes, judging)) return null;
      if (suspect.at !== change.at || given.fits?.holds(judging) === false) return null;
      return `the trouble began ${spell(symptomAt - change.at)} after ${change.line}`;
    },
    notWhile(judging) {
      const { names, changes } = judging;
      const change = candidate(judging);
      const state = given.state(judging);
      if (change === null) return 'what changed could not be looked at';
      if (state === null) return 'its pods could not be looked at';
      if (change.rollout.before === null) return 'the version before is not kept any more';
      const oneWay = [change, ...laterThan(judging, change)].find(({ rollout }) =>
        rollout.marks.includes(names.rollBack.oneWayMark),
      );
      if (oneWay !== undefined)
        return `revision ${oneWay.rollout.revision} is marked as one-way (${names.rollBack.oneWayMark})`;
      if (change.at > (changes.data?.symptomAt ?? 0))
        return 'the change came after the first symptom, it cannot be the cause';
      if (outside(given.causes, judging)) return 'a roll back cannot cure an outage outside';
      // A version that cannot start is what a roll back is for.
      return state.rollout === 'stuck' && !state.paused ? null : restartWaits(state, judging);
    },
    validate: () => ({}),
    async stillHolds(proving, run) {
      const { probes, names, signal } = proving;
      const workload = orderWorkload(names);
      const { replicaSet = '', generation } = run.parameters;
      const [state, revision] = await Promise.all([
        probes.kubernetes.deployment(workload, signal),
        probes.kubernetes.revision(workload, replicaSet, signal),
      ]);
      if (revision === null) return { changed: 'the version before is not kept any more' };
      if (revision.inUse) return { changed: 'that version runs already' };
      if (state?.rollout !== 'stuck') return await restartIn(run.parameters).stillHolds(proving, run);
      return String(state.generation) === generation
        ? { targets: run.targets, dropped: [] }
        : { changed: 'somebody changed the deployment meanwhile' };
    },
    apply: async (_target, { generation, replicaSet = '' }, { levers, names, signal }) =>
      await levers.kubernetes.rollBack(orderWorkload(names), Number(generation), replicaSet, signal),
    async readBack(_target, { generation, replicaSet = '' }, { probes, names, signal }) {
      const workload = orderWorkload(names);
      const [revision, state] = await Promise.all([
        probes.kubernetes.revision(workload, replicaSet, signal),
        probes.kubernetes.deployment(workload, signal),
      ]);
      if (revision?.inUse === true) return 'done';
      return revision !== null && String(state?.generation) === generation ? 'not done' : 'unknown';
    },
    proof: {
      plan: ({ rolloutMinutes, rateProofMinutes }) => ({
        settleMs: rolloutMinutes * MINUTE,
        settleEveryMs: 10_000,
        everyMs: MINUTE,
        withinMs: rateProofMinutes * MINUTE,
        alike: 3,
        words: `What the runbook’s restart is proven by holds for three minutes, within ${rateProofMinutes} min of the rollout’s end.`,
      }),
      async sample(proving) {
        const { probes, names, run, signal } = proving;
        const { stamp: _none, ...parameters } = run.parameters;
        const { proof } = restartIn(parameters);
        const to = await probes.kubernetes.revision(
          orderWorkload(names),
          parameters['replicaSet'] ?? '',
          signal,
        );
        return to?.inUse === false
          ? replacedSince(run, 'Another version runs by now: what the roll back did is gone.')
          : await proof.sample({ ...proving, run: { ...run, parameters } });
      },
    },
    mitigates: true,
    owes: [{ what: 'Ship the fix, then roll forward.', owner: 'orders' }],
  };
}

/** @throws Error for an offer of another version */
function restartIn({ runbook = '' }: Readonly<Record<string, string>>): AnyAction {
  const found = Object.entries(RESTARTS).find(([id]) => id === runbook);
  if (found === undefined) throw new Error(`There is no roll back for ${runbook} in this version.`);
  // Its binding and its proof read the run alone, never a runbook's findings.
  return found[1] as AnyAction;
}

type Rolled = Change & { readonly rollout: Rollout };

/** What would be taken back: the suspect rollout, else the newest one that changed more than the pods' age. */
function candidate({
  changes,
  names,
}: {
  readonly changes: Finding<Changes>;
  readonly names: Judging<unknown>['names'];
}): Rolled | null {
  const { data } = changes;
  const ours = (data?.changes ?? []).flatMap((change): Rolled[] => {
    const { rollout, workload } = change;
    if (rollout === null || workload !== orderWorkload(names).name || rollout.revision === 1) return [];
    return rollout.back || onlyRestarts(rollout) ? [] : [{ ...change, rollout }];
  });
  // Once it was rolled back it runs no more, and rolling back again would bring back what was taken away.
  const standing = ours.filter((one) => !laterThan({ changes }, one).some(({ rollout }) => rollout.back));
  return standing.find(({ at }) => at === data?.suspect?.at) ?? standing[0] ?? null;
}

/** Rollouts of the same workload since then, newest first. */
function laterThan({ changes }: Pick<Judging<unknown>, 'changes'>, than: Rolled): readonly Rolled[] {
  return (changes.data?.changes ?? []).flatMap((change): Rolled[] =>
    change.rollout !== null &&
    change.workload === than.workload &&
    change.rollout.revision > than.rollout.revision
      ? [{ ...change, rollout: change.rollout }]
      : [],
  );
}

function onlyRestarts({ difference }: Rollout): boolean {
  if (difference === null) return false;
  const { images, env, limits, annotations, other } = difference;
  const all = [images, env.added, env.removed, env.changed, limits, annotations, other];
  return all.every((list) => list.length === 0);
}

function outside<Data>(causes: readonly Cause<Data>[], judging: Judging<Data>): boolean {
  return causes.some((cause) => cause.outside && cause.judge(judging).verdict === 'supported');
}
