import { broken, healthy, skipped, unknown } from '../../domain/finding.ts';
import type { ProofSample } from '../../domain/run.ts';
import type { DeploymentState, Workload } from '../../ports/kubernetes.ts';
import { AbsentSystem } from '../../ports/system-error.ts';
import type { Action, Check, Judging, Proving } from '../define-runbook.ts';
import { type Names, targetOf, workloadOf } from '../names.ts';
import type { LagSeen } from './lag.ts';
import { inTrouble, messages, partOnly, readGroup } from './lag.ts';
import { type GroupSeen, standing } from './lag-memory.ts';
import { QUOTA_RULE, restartOf } from './restart.ts';

const MINUTE = 60_000;
const SECOND = 1_000;
const REBALANCES: ReadonlySet<string> = new Set(['PreparingRebalance', 'CompletingRebalance']);

/** The deployments that run consumer groups, by group; null: there is none of that name. */
export interface ConsumersSeen {
  readonly byGroup: Readonly<Record<string, DeploymentState | null>>;
}

/** The deployment that runs a group; null: `kafka.consumers` does not name it. */
export function consumersOf(names: Names, group: string): Workload | null {
  const found = Object.hasOwn(names.kafka.consumers, group) ? names.kafka.consumers[group] : undefined;
  return found === undefined ? null : workloadOf(found);
}

/** Stands for the deployment of a group that has none configured. */
export function unnamed(name: string): Workload {
  return { namespace: '<namespace>', name, selector: '' };
}

/** What is typed to change who runs a group; without one, a line for each that is configured. */
export function typedFor(
  names: Names,
  group: string | undefined,
  command: (consumers: Workload) => string,
): string {
  const one = group === undefined ? null : consumersOf(names, group);
  if (one !== null) return command(one);
  const all = Object.keys(names.kafka.consumers).flatMap((each) => {
    const found = group === undefined ? consumersOf(names, each) : null;
    return found === null ? [] : [`${command(found)}  # runs ${each}`];
  });
  return all.join('\n') || command(unnamed('<deployment>'));
}

/** What a restart or a stop of consumers has to know first. @param wanted the groups to ask about, as far as they are configured */
export function consumersCheck(wanted: (names: Names) => readonly string[]): Check<ConsumersSeen> {
  return {
    step: 'X16',
    title: 'Are the consumers’ pods ready?',
    system: 'Kubernetes',
    source: null,
    equivalent: (names) =>
      workloads(names, wanted(names))
        .map((each) => `kubectl -n ${each.namespace} get ${targetOf(each)}`)
        .join('\n') || 'kubectl -n <namespace> get <deployment>',
    deadlineMs: 4_000,
    async look({ probes, names, signal }) {
      const groups = wanted(names).filter((group) => consumersOf(names, group) !== null);
      if (groups.length === 0)
        return skipped('No deployment of a consumer group is configured (`kafka.consumers`).');
      const asked = await Promise.allSettled(
        groups.map(async (group) => {
          const workload = consumersOf(names, group);
          return workload === null ? null : await probes.kubernetes.deployment(workload, signal);
        }),
      );
      const failed = asked.find((one) => one.status === 'rejected');
      if (failed !== undefined && (failed.reason instanceof AbsentSystem || asked.every(isRejected)))
        throw failed.reason;
      const states = groups.flatMap((group, place) => {
        const answer = asked[place];
        return answer?.status === 'fulfilled' ? [{ group, state: answer.value }] : [];
      });
      const seen: ConsumersSeen = {
        byGroup: Object.fromEntries(states.map(({ group, state }) => [group, state])),
      };
      const evidence = states.map(
        ({ group, state }) =>
          `${group}  ${state === null ? 'no such deployment' : `${state.ready} of ${state.replicas} pods ready`}`,
      );
      const bad = states.find(({ state }) => notWell(state));
      if (bad !== undefined) return broken(trouble(names, bad.group, bad.state), seen, evidence);
      if (failed !== undefined)
        return unknown(
          `${groups.length - states.length} of ${groups.length} deployments of consumers could not be looked at.`,
          seen,
          evidence,
        );
      const many = states.length === 1 ? '1 consumer group' : `${states.length} consumer groups`;
      return healthy(`The pods of ${many} are ready.`, seen, evidence);
    },
  };
}

/** X16: restarts what runs a group. The same in every runbook that has it; only *when* differs. */
export function restartConsumers<Data>(given: {
  readonly lag: (judging: Judging<Data>) => LagSeen | null;
  readonly consumers: (judging: Judging<Data>) => ConsumersSeen | null;
  /** Why it has to wait, beyond what holds for every group. */
  readonly notWhile: (judging: Judging<Data>) => string | null;
}): Action<Data> {
  const groupsOf = (judging: Judging<Data>) =>
    (given.lag(judging)?.groups ?? []).filter((group) =>
      inTrouble(group, judging.thresholds.lagMessages, judging.now),
    );
  const seenAs = (judging: Judging<Data>, { parameters }: { parameters: Readonly<Record<string, string>> }) =>
    groupsOf(judging).find(({ group }) => group === parameters['group']);
  // All that there is to wait for: what holds for other restarts does not for these, which serve nobody.
  const rule: Action<Data>['rule'] = ({ rebalanceMinutes }) => ({
    when: `A group stands still on all partitions under its members, or has been rebalancing for over ${rebalanceMinutes} min.`,
    notWhile: [
      'Its lag falls: it catches up by itself.',
      'Only one partition stands still: the same message would be read again.',
      'Its deployment is not configured, is scaled to 0, or is being rolled out.',
      QUOTA_RULE,
      'An outage outside is supported: a restart cannot cure it.',
    ],
  });
  const one = (group: string) =>
    restartOf<Data>({
      step: 'X16',
      source: '',
      rule,
      // A group without a deployment is drafted below and never gets here.
      workload: (names) => consumersOf(names, group) ?? unnamed(group),
      state: (judging) => given.consumers(judging)?.byGroup[group] ?? null,
      when: () => null,
      notWhile: given.notWhile,
      note: async (proving) => await notedLag(proving, group),
      proof: {
        plan: () => ({
          everyMs: 30 * SECOND,
          withinMs: 5 * MINUTE,
          alike: 3,
          words: `The lag of ${group} falls three times in a row within 5 min of the rollout’s end.`,
        }),
        sample: async (proving) => await lagFalls(proving, group),
      },
    });
  const groupIn = (parameters: Readonly<Record<string, string>>) => parameters['group'] ?? '';
  return {
    ...one(''),
    title: 'Restart the consumers',
    source: null,
    equivalent: (names, _targets, parameters) => {
      return typedFor(
        names,
        parameters['group'],
        (consumers) => `kubectl -n ${consumers.namespace} rollout restart ${targetOf(consumers)}`,
      );
    },
    notes: ['Its pods go on where the group stopped.'],
    rule,
    draft: (judging) =>
      groupsOf(judging).flatMap(({ group }) => {
        const workload = consumersOf(judging.names, group);
        if (workload === null)
          return [
            {
              targets: [`group/${group}`],
              parameters: { group },
              preview: [`The pods that run ${group} are replaced one after the other.`],
              binding: { kind: 'none', words: '' } as const,
            },
          ];
        return one(group)
          .draft(judging)
          .map((draft) => ({
            ...draft,
            parameters: { ...draft.parameters, group },
            preview: [`This is what runs ${group}.`, ...draft.preview],
          }));
      }),
    when(judging, draft) {
      const group = seenAs(judging, draft);
      if (group === undefined) return null;
      const { rebalanceMinutes } = judging.thresholds;
      if (rebalances(group, judging))
        return `the group has been rebalancing for over ${rebalanceMinutes} min`;
      const how = standing(group, judging.now);
      return how === 'all' || how === 'only' ? 'nothing of the group moves' : null;
    },
    notWhile(judging, draft) {
      const group = seenAs(judging, draft);
      if (group === undefined) return 'the group catches up by itself';
      if (consumersOf(judging.names, group.group) === null)
        return `the deployment of ${group.group} is not configured (\`kafka.consumers\`)`;
      if (standing(group, judging.now) === 'one')
        return 'only one partition stands still, and they would read the same message again';
      if (given.consumers(judging)?.byGroup[group.group]?.replicas === 0)
        return 'it is scaled to 0, there is nothing to restart';
      return one(group.group).notWhile(aloneToo(judging), draft);
    },
    async stillHolds(proving, run) {
      const group = groupIn(run.parameters);
      if (consumersOf(proving.names, group) === null)
        return { changed: `the deployment of ${group} is not configured any more` };
      return await one(group).stillHolds(aloneToo(proving), run);
    },
    apply: async (target, parameters, acting) =>
      await one(groupIn(parameters)).apply(target, parameters, acting),
    readBack: async (target, parameters, proving) =>
      await one(groupIn(parameters)).readBack(target, parameters, proving),
    proof: {
      plan: (thresholds) => ({
        ...one('').proof.plan(thresholds),
        words: 'The lag falls three times in a row within 5 min of the rollout’s end.',
      }),
      sample: async (proving) => await one(groupIn(proving.run.parameters)).proof.sample(proving),
    },
  };
}

/** Lower than at the sample before, or all read: what R46 calls falling. */
export async function lagFalls(proving: Proving, group: string): Promise<Omit<ProofSample, 'at'>> {
  const { run, thresholds } = proving;
  const { now, problem } = await readGroup(proving, group);
  if (now !== null && problem !== null) return partOnly(proving, problem);
  const lag = now?.lag ?? null;
  if (lag === null)
    return {
      moved: [],
      unknown: run.targets,
      line: `Kafka does not tell of ${group}.`,
      value: null,
      worse: false,
    };
  const before = run.proof?.samples.at(-1)?.value ?? Number(run.parameters['lag'] ?? Number.NaN);
  const falls = lag < thresholds.lagMessages || lag < before;
  const earlier = Number.isFinite(before) ? `, ${before} before` : '';
  const line = `${group} is ${messages(lag)} behind${earlier}.`;
  return { moved: falls ? run.targets : [], unknown: [], line, value: lag, worse: false };
}

async function notedLag(proving: Proving, group: string): Promise<Readonly<Record<string, string>>> {
  const read = await readGroup(proving, group).catch(() => null);
  return read?.now == null || read.problem !== null ? {} : { lag: String(read.now.lag) };
}

function rebalances(
  { state, inState }: GroupSeen,
  { now, thresholds }: Pick<Judging<unknown>, 'now' | 'thresholds'>,
): boolean {
  return REBALANCES.has(state) && now - inState.since > thresholds.rebalanceMinutes * MINUTE;
}

/** Consumers serve nobody: one pod alone may be restarted (runbook-knowledge §0). */
function aloneToo<Given extends Pick<Judging<unknown>, 'thresholds'>>(given: Given): Given {
  return { ...given, thresholds: { ...given.thresholds, readyPodsForRestart: 0 } };
}

function notWell(state: DeploymentState | null): boolean {
  return state === null || state.replicas === 0 || state.ready < state.replicas || state.rollout === 'stuck';
}

function trouble(names: Names, group: string, state: DeploymentState | null): string {
  const { name, kind = 'Deployment' } = consumersOf(names, group) ?? unnamed(group);
  if (state === null) return `There is no ${kind} ${name} for ${group}; \`kafka.consumers\` names it.`;
  if (state.replicas === 0) return `${name} is scaled to 0: nobody reads for ${group}.`;
  return `${name}: ${state.ready} of ${state.replicas} pods are ready to read for ${group}.`;
}

function workloads(names: Names, groups: readonly string[]): readonly Workload[] {
  return groups.flatMap((group) => consumersOf(names, group) ?? []);
}

function isRejected(one: PromiseSettledResult<unknown>): boolean {
  return one.status === 'rejected';
}
