import { ASKER } from '../../domain/duty.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Run } from '../../domain/run.ts';
import type { Action, Judging } from '../define-runbook.ts';
import { type Names, targetOf } from '../names.ts';
import { consumersOf, typedFor, unnamed } from '../shared/consumers.ts';
import { isRolling } from '../shared/restart.ts';
import type { KafkaData } from './checks.ts';
import { groupNow, standingRuns } from './offsets.ts';
import type { StuckGroup } from './stuck.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function scaled(names: Names, group: string | undefined, replicas: string): string {
  return typedFor(
    names,
    group,
    (consumers) => `kubectl -n ${consumers.namespace} scale ${targetOf(consumers)} --replicas=${replicas}`,
  );
}

/** What sets offsets, and needs a group without members for it. */
const SETTERS: ReadonlySet<string> = new Set(['R51', 'R51-skip', 'R51-undo']);

/** Both forms of R51 and its undo set offsets only of a group that nobody reads for. */
export const stopConsumers: Action<KafkaData> = {
  step: 'R51-stop',
  title: 'Stop the consumers',
  tier: 'disruptive',
  source: null,
  equivalent: (names, _targets, { group }) => scaled(names, group, '0'),
  notes: ['Offsets can be set only while a group has no member.'],
  parameters: ['group'],
  rule: () => ({
    when: 'One message that stops the group could be skipped, which only a group without members allows.',
    notWhile: ['Its rollout is paused or under way.'],
  }),
  draft(judging) {
    const { names } = judging;
    return candidates(judging).flatMap(({ group }) => {
      const workload = consumersOf(names, group);
      const state = judging.findings.consumers.data?.byGroup[group] ?? null;
      if (workload === null || state === null || state.replicas === 0) return [];
      const others = Object.keys(names.kafka.consumers).filter(
        (other) => other !== group && consumersOf(names, other)?.name === workload.name,
      );
      const too = others.length === 0 ? [] : [`It also runs ${others.join(', ')}.`];
      return [
        {
          targets: [targetOf(workload)],
          parameters: { group, generation: String(state.generation), before: String(state.replicas) },
          preview: [
            `Pods of ${workload.name}: ${state.replicas} → 0. Nobody reads for ${group} until they are started again.`,
            ...too,
            'It is for now: starting them again stays owed until it is done.',
          ],
          binding: {
            kind: 'exact',
            expected: String(state.generation),
            words: 'Only while nobody else changes the deployment.',
          },
        } as const,
      ];
    });
  },
  when({ findings, names }, { parameters }) {
    const found = findings.stuck.data?.groups.find(({ group }) => group === parameters['group']);
    const skippable = found?.poison != null && !found.poison.unsure && names.kafka.parkedTopic !== null;
    return skippable ? 'without them the one message that stops the group can be skipped' : null;
  },
  notWhile({ findings }, { parameters }) {
    const state = findings.consumers.data?.byGroup[parameters['group'] ?? ''];
    if (state?.paused === true) return 'its rollout is paused';
    return state != null && isRolling(state) ? 'another rollout is under way' : null;
  },
  validate: () => ({}),
  async stillHolds({ probes, names, signal }, run) {
    const workload = consumersOf(names, run.parameters['group'] ?? '');
    const state = workload === null ? null : await probes.kubernetes.deployment(workload, signal);
    if (state === null) return { changed: 'the deployment is gone' };
    const shown = Number(run.parameters['generation']);
    if (state.generation !== shown)
      return {
        changed: `somebody changed the deployment meanwhile (generation ${shown} is ${state.generation} now)`,
      };
    return { targets: run.targets, dropped: [] };
  },
  apply: async (_target, { group, generation }, { levers, names, signal }) =>
    await levers.kubernetes.scale(
      consumersOf(names, group ?? '') ?? unnamed(''),
      Number(generation),
      0,
      signal,
    ),
  readBack: async (_target, { group, generation }, proving) =>
    await replicasRead(proving, group ?? '', Number(generation), 0),
  proof: {
    plan: ({ groupEmptyMinutes }) => ({
      everyMs: 10 * SECOND,
      withinMs: groupEmptyMinutes * MINUTE,
      alike: 2,
      words: `The group has no member within ${groupEmptyMinutes} min.`,
    }),
    async sample(proving) {
      const { run } = proving;
      const group = run.parameters['group'] ?? '';
      const now = await groupNow(proving, group);
      const said = { value: null, worse: false };
      if (now?.members == null)
        return {
          ...said,
          moved: [],
          unknown: run.targets,
          line: `Kafka does not say who reads for ${group}.`,
        };
      const empty = now.members === 0;
      const line = empty ? `${group} has no member.` : `${group} still has ${now.members} members.`;
      return { ...said, moved: empty ? run.targets : [], unknown: [], line };
    },
  },
  mitigates: false,
  owes: [{ what: 'Start the consumers of {group} again.', owner: ASKER, undo: 'R51-start' }],
};

/** The undo of `stopConsumers`: as many pods as there were. */
export const startConsumers: Action<KafkaData> = {
  ...stopConsumers,
  step: 'R51-start',
  title: 'Start the consumers again',
  equivalent: (names, _targets, { group, before }) => scaled(names, group, before ?? '<replicas>'),
  notes: [],
  rule: () => ({
    when: 'The offsets are set and nobody reads, or the group did not become empty.',
    notWhile: ['It has pods already.', 'Offsets of the group are being set.'],
  }),
  draft: (judging) =>
    stoppedGroups(judging).flatMap(({ group, run }) => {
      const workload = consumersOf(judging.names, group);
      const state = judging.findings.consumers.data?.byGroup[group] ?? null;
      if (workload === null || state === null) return [];
      const before = run.parameters['before'] ?? '';
      return [
        {
          targets: [targetOf(workload)],
          parameters: { group, generation: String(state.generation), before },
          preview: [
            `Pods of ${workload.name}: ${state.replicas} → ${before}, as before. They read for ${group} again.`,
          ],
          binding: {
            kind: 'exact',
            expected: String(state.generation),
            words: 'Only while nobody else changes the deployment.',
          },
        } as const,
      ];
    }),
  when(judging, { parameters }) {
    const stop = stoppedGroups(judging).find(({ group }) => group === parameters['group'])?.run;
    if (stop === undefined) return null;
    if (stop.proof?.verdict === 'did not help')
      return 'the group did not become empty, so no offset can be set';
    const set = settersSince(judging, stop).some(({ outcome }) => outcome === 'done');
    return set ? 'the offsets are set, and nobody reads' : null;
  },
  notWhile(judging, { parameters }) {
    const group = parameters['group'] ?? '';
    const state = judging.findings.consumers.data?.byGroup[group] ?? null;
    if (state === null) return 'its pods could not be looked at';
    if (state.replicas > 0)
      return `it has ${state.replicas} ${state.replicas === 1 ? 'pod' : 'pods'} already; tick it off in \`/oms owed\``;
    const stop = stoppedGroups(judging).find((one) => one.group === group)?.run;
    const under = stop !== undefined && settersSince(judging, stop).some(({ state: at }) => at !== 'ended');
    return under ? 'offsets of the group are being set' : null;
  },
  apply: async (_target, { group, generation, before }, { levers, names, signal }) =>
    await levers.kubernetes.scale(
      consumersOf(names, group ?? '') ?? unnamed(''),
      Number(generation),
      Number(before),
      signal,
    ),
  readBack: async (_target, { group, generation, before }, proving) =>
    await replicasRead(proving, group ?? '', Number(generation), Number(before)),
  proof: {
    plan: () => ({
      everyMs: 15 * SECOND,
      withinMs: 5 * MINUTE,
      alike: 2,
      words: 'The pods are ready, and the group has members, within 5 min.',
    }),
    async sample(proving) {
      const { probes, names, run, signal } = proving;
      const { group = '', before } = run.parameters;
      const workload = consumersOf(names, group);
      const [state, now] = await Promise.all([
        workload === null ? null : probes.kubernetes.deployment(workload, signal),
        groupNow(proving, group),
      ]);
      const said = { value: null, worse: false };
      if (state === null || now?.members == null)
        return { ...said, moved: [], unknown: run.targets, line: `Nobody says who reads for ${group}.` };
      const back = state.ready >= Number(before) && now.members > 0;
      const line = `${state.ready} of ${before} pods are ready, ${group} has ${now.members} members.`;
      return { ...said, moved: back ? run.targets : [], unknown: [], line };
    },
  },
  owes: [],
};

/** Groups whose consumers we have stopped and nobody has started since, with the run that did it. */
function stoppedGroups({ incident }: Judging<KafkaData>) {
  const groups = new Set(
    incident.runs
      .filter(({ action }) => action === 'R51-stop')
      .flatMap(({ parameters }) => parameters['group'] ?? []),
  );
  return [...groups].flatMap((group) => {
    const run = stopOf(incident, group);
    return run === undefined ? [] : [{ group, run }];
  });
}

function stopOf(incident: Pick<Incident, 'runs' | 'owed'>, group: string): Run | undefined {
  const same = (run: Run) => run.parameters['group'] === group;
  return standingRuns(incident, { step: 'R51-stop', undo: 'R51-start', same }).at(-1);
}

/** Whether we have stopped the consumers of this group, and nobody has started them since. */
export function isStopped(incident: Pick<Incident, 'runs' | 'owed'>, group: string): boolean {
  return stopOf(incident, group) !== undefined;
}

function settersSince({ incident }: Judging<KafkaData>, stop: Run): readonly Run[] {
  return incident.runs.filter(
    ({ action, approvedAt, parameters }) =>
      SETTERS.has(action) &&
      approvedAt >= stop.approvedAt &&
      parameters['group'] === stop.parameters['group'],
  );
}

/** What stands still, or was reset and might be taken back. */
function candidates({ findings, incident }: Judging<KafkaData>): readonly StuckGroup[] {
  return (findings.stuck.data?.groups ?? []).filter(({ group, kind, members, poison, all }) => {
    if (kind !== 'classic' || (members ?? 0) === 0) return false;
    const same = (run: Run) => run.parameters['group'] === group;
    const reset = standingRuns(incident, { step: 'R51', undo: 'R51-undo', same });
    return poison !== null || all || reset.length > 0;
  });
}

async function replicasRead(
  { probes, names, signal }: Parameters<Action<KafkaData>['readBack']>[2],
  group: string,
  generation: number,
  wanted: number,
): ReturnType<Action<KafkaData>['readBack']> {
  const workload = consumersOf(names, group);
  const state = workload === null ? null : await probes.kubernetes.deployment(workload, signal);
  if (state === null) return 'unknown';
  if (state.generation === generation) return 'not done';
  return state.replicas === wanted ? 'done' : 'unknown';
}
