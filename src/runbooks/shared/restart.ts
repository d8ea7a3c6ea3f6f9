import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { ProofSample, Run } from '../../domain/run.ts';
import type { DeploymentState, Workload } from '../../ports/kubernetes.ts';
import type { Action, Check, Judging, Proving } from '../define-runbook.ts';
import { type Names, targetOf } from '../names.ts';
import type { Thresholds } from '../thresholds.ts';
import { quotaStops } from './room.ts';

const MINUTE = 60_000;

/** Asked while a rollout is under way; also how a restart is followed to its end. */
const FOLLOW_MS = 10_000;

/** What a restart has to know first: whether the pods are ready and nobody else is replacing them. */
export function restartable(
  step: Check<DeploymentState>['step'],
  workload: (names: Names) => Workload,
): Check<DeploymentState> {
  return {
    step,
    title: 'Are the pods of the service ready?',
    system: 'Kubernetes',
    source: null,
    equivalent: (names) =>
      `kubectl -n ${workload(names).namespace} rollout status ${targetOf(workload(names))} --watch=false`,
    deadlineMs: 4_000,
    async look({ probes, names, signal }) {
      const { name, namespace, kind = 'Deployment' } = workload(names);
      const state = await probes.kubernetes.deployment(workload(names), signal);
      if (state === null)
        return unknown(`There is no ${kind} ${name} in ${namespace}; \`workloads\` in oms.yaml names it.`);
      // Scaled to nothing it has as many as it wants, and nobody serves.
      if (state.replicas === 0) return broken(`${name} is scaled to 0: it has no pod.`, state);
      const line = `${name}: ${state.ready} of ${state.replicas} pods are ready. ${state.rollout === 'complete' || state.ended === true ? 'No rollout is under way.' : state.line}`;
      return state.ready < state.replicas || state.rollout === 'stuck'
        ? broken(line, state)
        : healthy(line, state);
    },
  };
}

/** Pods that are killed one after the other are no rollout: what would cure them must not wait for them. */
export function isRolling({ rollout, ended }: Pick<DeploymentState, 'rollout' | 'ended'>): boolean {
  return rollout === 'under way' && ended !== true;
}

/** Why no restart now, whatever the runbook (runbook-knowledge §0); null: nothing speaks against it. */
export function restartWaits(
  state: DeploymentState,
  { thresholds }: Pick<Judging<unknown>, 'thresholds'>,
): string | null {
  if (state.paused) return 'its rollout is paused, and a restart would not begin';
  if (isRolling(state)) return 'another rollout is under way';
  if (state.rollout === 'stuck') return 'the last rollout is stuck, new pods cannot start';
  if (state.ready < thresholds.readyPodsForRestart)
    return `only ${state.ready} of ${state.replicas} pods are ready, a restart would leave nobody`;
  return null;
}

/** A role that may not read quotas hinders nothing (docs/decisions/0033); one that cannot be asked just now does. */
export const QUOTA_RULE =
  'A quota would let no new pod be made, and the rollout may not take one away first.';

async function quotaWaits({ probes, signal }: Proving, workload: Workload): Promise<string | null> {
  const settings = await probes.kubernetes.settings(workload, [], signal);
  return settings === null ? null : quotaStops(settings);
}

/** What is seen now is not what this run made: nobody can tell any more what it would have come to. */
export function replacedSince({ targets }: Run, line: string): Omit<ProofSample, 'at'> {
  return { moved: [], unknown: targets, line, value: null, worse: false, stuck: true };
}

/** What every restart waits for, in words (runbook-knowledge §0). */
function withShared(own: ReturnType<Action<unknown>['rule']>, { readyPodsForRestart }: Thresholds) {
  return {
    when: own.when,
    notWhile: [
      ...own.notWhile,
      'Another rollout is under way, paused or stuck, or a pod does not start: no image, no room on the nodes.',
      QUOTA_RULE,
      `Fewer than ${readyPodsForRestart} pods are ready.`,
    ],
  };
}

/** All that the restarts of the ten runbooks have in common: one deployment, bound to its generation, followed to its end. */
export function restartOf<Data>(given: {
  readonly step: Action<Data>['step'];
  readonly source: string;
  /** When it is recommended, and what it waits for beyond what every restart waits for; in words. */
  readonly rule: Action<Data>['rule'];
  readonly workload: (names: Names) => Workload;
  readonly state: (judging: Judging<Data>) => DeploymentState | null;
  readonly when: (judging: Judging<Data>) => string | null;
  /** Beyond what holds for every restart. */
  readonly notWhile: (judging: Judging<Data>) => string | null;
  /** Noted at the beginning, for the proof. */
  readonly note: (proving: Proving) => Promise<Readonly<Record<string, string>>>;
  readonly proof: Action<Data>['proof'];
}): Action<Data> {
  const { workload, proof } = given;
  return {
    step: given.step,
    title: 'Restart the service',
    tier: 'disruptive',
    source: given.source,
    equivalent: (names) =>
      `kubectl -n ${workload(names).namespace} rollout restart ${targetOf(workload(names))}`,
    notes: ['Pods are replaced one after the other; the others go on serving.'],
    rule: (thresholds) => withShared(given.rule(thresholds), thresholds),
    draft(judging) {
      const state = given.state(judging);
      if (state === null) return [];
      return [
        {
          targets: [targetOf(workload(judging.names))],
          parameters: { generation: String(state.generation) },
          preview: [
            `All ${state.replicas} pods are replaced one after the other, ${state.ready} are ready now.`,
            'Before → after: the same image and configuration, new processes that read the secrets anew.',
          ],
          binding: {
            kind: 'exact',
            expected: String(state.generation),
            words: 'Only while nobody else changes the deployment.',
          },
        },
      ];
    },
    when: (judging) => given.when(judging),
    notWhile(judging) {
      const state = given.state(judging);
      if (state === null) return 'its pods could not be looked at';
      return given.notWhile(judging) ?? restartWaits(state, judging);
    },
    validate: () => ({}),
    async stillHolds(proving, run) {
      const state = await proving.probes.kubernetes.deployment(workload(proving.names), proving.signal);
      if (state === null) return { changed: 'the deployment is gone' };
      const shown = Number(run.parameters['generation']);
      if (state.generation !== shown)
        return {
          changed: `somebody changed the deployment meanwhile (generation ${shown} is ${state.generation} now)`,
        };
      const waits = restartWaits(state, proving) ?? (await quotaWaits(proving, workload(proving.names)));
      if (waits !== null) return { changed: waits };
      const stamp = new Date(proving.now).toISOString();
      return { targets: run.targets, dropped: [], noted: { stamp, ...(await given.note(proving)) } };
    },
    apply: async (_target, { generation, stamp }, { levers, names, signal }) =>
      await levers.kubernetes.restart(workload(names), Number(generation), stamp ?? '', signal),
    async readBack(_target, { generation, stamp }, { probes, names, signal }) {
      const state = await probes.kubernetes.deployment(workload(names), signal);
      if (state === null) return 'unknown';
      if (state.restartedAt === stamp) return 'done';
      // Another restart, or a roll back, takes our stamp away: then a generation that moved says nothing.
      return state.generation === Number(generation) ? 'not done' : 'unknown';
    },
    proof: {
      ...proof,
      plan: (thresholds) => ({
        ...proof.plan(thresholds),
        settleMs: thresholds.rolloutMinutes * MINUTE,
        settleEveryMs: FOLLOW_MS,
      }),
      async sample(proving) {
        const state = await proving.probes.kubernetes.deployment(workload(proving.names), proving.signal);
        const waiting = { moved: [], unknown: [], value: null, worse: false };
        if (state === null)
          return { ...waiting, unknown: proving.run.targets, line: 'The deployment is not there.' };
        const { stamp } = proving.run.parameters;
        if (stamp !== undefined && state.restartedAt !== stamp)
          return replacedSince(
            proving.run,
            'All pods were replaced again since: what this restart did is gone.',
          );
        if (state.rollout === 'under way') return { ...waiting, line: state.line, settling: true };
        if (state.rollout === 'stuck')
          return { ...waiting, line: state.line, worse: state.ready < state.replicas, stuck: true };
        return await proof.sample(proving);
      },
    },
    mitigates: true,
    owes: [],
  };
}
