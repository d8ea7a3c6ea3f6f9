import type { Cause, Judging } from '../define-runbook.ts';
import { inTrouble } from '../shared/lag.ts';
import { standing, tooSoon } from '../shared/lag-memory.ts';
import { count } from '../shared/log-check.ts';
import { logsSay as classSays } from '../shared/log-classes.ts';
import { cutOff } from '../shared/path.ts';
import { open, ruledOut, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import type { KafkaData } from './checks.ts';
import { PUBLISH_CLASSES, type PublishClass } from './producer.ts';
import type { Poison } from './stuck.ts';

const SECOND = 1_000;

function logsSay(judging: Judging<KafkaData>, name: PublishClass): ReturnType<typeof classSays> {
  return classSays(judging.findings.logs.data, name, PUBLISH_CLASSES, judging);
}

function lines({ findings }: Judging<KafkaData>, name: PublishClass): number {
  return findings.logs.data?.classes[name].lines ?? 0;
}

const broker: Cause<KafkaData> = {
  id: '7.C1',
  title: 'A broker is away',
  outside: true,
  rule: () => ({
    supported: 'A pod of Kafka is not ready, or a partition has no leader and pods do not reach a broker.',
    ruledOut:
      'All pods of Kafka are ready; where somebody else runs it: every partition has its leader and is in sync.',
  }),
  judge({ findings, names }) {
    const { brokers, topic, path } = findings;
    if (brokers.verdict === 'broken' && brokers.data !== null)
      return supported(`${brokers.data.ready} of ${brokers.data.total} pods of Kafka are ready.`);
    const leaderless = topic.data?.offline.length ?? 0;
    if (leaderless > 0 && path.verdict === 'broken')
      return supported(
        `${count(leaderless, 'partition has', 'partitions have')} no leader, and pods do not reach a broker.`,
      );
    if (brokers.verdict === 'healthy') return ruledOut('All pods of Kafka are ready.');
    if (names.kafka.managed && topic.verdict === 'healthy')
      return ruledOut('Every partition has its leader and is in sync.');
    return open(
      names.kafka.managed
        ? 'Somebody else runs Kafka, and the partitions do not say it clearly.'
        : 'The pods of Kafka (R45) could not be looked at.',
    );
  },
};

const network: Cause<KafkaData> = {
  id: '7.C2',
  title: 'No network path to Kafka',
  outside: true,
  rule: ({ downSeconds }) => ({
    supported: `Pods have twice, ${downSeconds} s apart, not reached Kafka while the bot does; fewer than half of them: only on these nodes.`,
    ruledOut: 'Every pod reaches Kafka.',
  }),
  judge({ findings: { path, topic, lag }, thresholds }) {
    const seen = path.data;
    if (seen === null) return open('The path could not be tried from inside a pod (R48).');
    if (path.verdict === 'healthy') return ruledOut('Every pod reaches Kafka.');
    if (seen.shut.length === 0) return open('The path was tried without a clear answer.');
    if (topic.data === null && lag.data === null)
      return open('Neither the pods nor the bot reach Kafka, which may be Kafka itself.');
    const many = `${seen.shut.length} of ${seen.pods} pods`;
    switch (cutOff(path, thresholds)) {
      case 'all':
      case 'most':
        return supported(`${many} do not reach Kafka, said twice; the bot does.`);
      case 'some':
        return supported(`Only on these nodes: ${many} (${seen.shut.slice(0, 3).join(', ')}).`);
      default:
        return open(`${many} did not reach Kafka once; they are asked again.`);
    }
  },
};

const serialization: Cause<KafkaData> = {
  id: '7.C3',
  title: 'Events cannot be serialized or read',
  outside: false,
  broughtBy: ['rollout'],
  rule: ({ dominatesLines, dominatesShare }) => ({
    supported: `One partition of a group with live members stands still while others are read, a dead letter cannot be serialized, or such failures make up ${dominatesShare * 100} % of the log’s (${dominatesLines} lines at least).`,
    ruledOut:
      'No event fails to be serialized, and no partition stands still alone. Where all stand still, the group is stuck: that is no poison.',
  }),
  judge(judging) {
    const { findings, now } = judging;
    const poison = poisons(judging)[0];
    if (poison !== undefined)
      return supported(
        `${poison.group} has been stuck at one message for at least ${spell(now - poison.since)}, while other partitions were read: ${poison.topic}-${poison.partition}, offset ${poison.offset}.`,
      );
    const one = (findings.lag.data?.groups ?? []).find(
      (group) => (group.members ?? 0) > 0 && ['one', 'some'].includes(standing(group, now)),
    );
    if (one !== undefined)
      return supported(`A partition of ${one.group} stands still, and the others are read.`);
    const dead = findings.deadLetters.data?.serialization ?? 0;
    if (dead > 0) return supported(`${dead} of the dead letters cannot be serialized.`);
    const says = logsSay(judging, 'serialization');
    if (says === 'dominates')
      return supported(`${lines(judging, 'serialization')} events could not be serialized.`);
    const unsure = findings.stuck.data?.groups.find((group) => group.poison?.unsure === true);
    if (unsure !== undefined)
      return open(
        `The only partition of a topic stands still for ${unsure.group}: it may be the consumers as well.`,
      );
    if (findings.lag.data === null) return open('The consumer groups (R46) could not be looked at.');
    if (findings.deadLetters.verdict === 'unknown')
      return open('The dead letters (X13) could not be counted.');
    const late = findings.lag.data.groups.find(
      (group) => inTrouble(group, judging.thresholds.lagMessages, now) && tooSoon(group, now),
    );
    if (late !== undefined)
      return open(`Three looks tell whether a partition of ${late.group} stands still.`);
    if (says === 'quiet' && findings.lag.data.whole)
      return ruledOut('No event fails to be serialized, and no partition stands still alone.');
    return open(
      findings.logs.data === null
        ? 'The logs could not be read.'
        : 'The logs and the groups do not say it clearly.',
    );
  },
};

const partitions: Cause<KafkaData> = {
  id: '7.C4',
  title: 'Partitions in trouble',
  outside: true,
  rule: ({ outOfSyncSeconds }) => ({
    supported: `Partitions have had no leader or been out of sync in two looks ${outOfSyncSeconds} s apart, and no broker that is away explains it.`,
    ruledOut: 'All partitions are in sync.',
  }),
  judge(judging) {
    const { findings, now, thresholds } = judging;
    const seen = findings.topic.data;
    if (seen === null) return open('The partitions (R49) could not be looked at.');
    if (seen.troubleSince === null)
      return ruledOut(`All ${seen.partitions} partitions of ${seen.topic} are in sync.`);
    if (now - seen.troubleSince < thresholds.outOfSyncSeconds * SECOND)
      return open('Partitions are not in sync; they are asked again.');
    if (broker.judge(judging).verdict === 'supported')
      return open('A broker that is away leaves its partitions behind; they follow when it is back.');
    const parts = [
      [seen.offline.length, 'no leader'],
      [seen.underReplicated.length, 'replicas out of sync'],
    ] as const;
    const said = parts.flatMap(([many, what]) => (many === 0 ? [] : [`${many} with ${what}`]));
    return supported(
      `Of ${seen.partitions} partitions there have been ${said.join(', ')} for ${spell(now - seen.troubleSince)}.`,
    );
  },
};

const buffer: Cause<KafkaData> = {
  id: '7.C5',
  title: 'The producers’ buffer overflows',
  outside: false,
  rule: ({ bufferFreePercent }) => ({
    supported: `Less than ${bufferFreePercent} % of a producer’s buffer is free, or such failures dominate the log.`,
    ruledOut: 'Enough of the buffer is free, and no event found no room.',
  }),
  judge(judging) {
    const { producer } = judging.findings;
    const free = producer.data?.freePercent ?? null;
    if (free !== null && free < judging.thresholds.bufferFreePercent)
      return supported(`${Math.round(free)} % of a producer’s buffer is free.`);
    const says = logsSay(judging, 'buffer');
    if (says === 'dominates')
      return supported(`${lines(judging, 'buffer')} events found no room in the buffer.`);
    if (producer.data === null || free === null)
      return open('How much of the buffer is free could not be looked at (`metrics.bufferFree`).');
    const { answered, pods } = producer.data;
    if (answered < pods)
      return open(`Only ${answered} of ${pods} pods said how much of their buffer is free (X12).`);
    return says === 'quiet'
      ? ruledOut(`${Math.round(free)} % of the fullest buffer is free, and no event found no room.`)
      : open('The logs do not say it clearly.');
  },
};

/** 7.C1 to 7.C5. */
export const causes: readonly Cause<KafkaData>[] = [broker, network, serialization, partitions, buffer];

export const { stands, verdictOf } = verdictsOf(causes);

/** Messages that stop one partition while others are read. */
export function poisons({ findings }: Judging<KafkaData>): readonly (Poison & { readonly group: string })[] {
  return (findings.stuck.data?.groups ?? []).flatMap(({ group, poison }) =>
    poison === null || poison.unsure ? [] : [{ ...poison, group }],
  );
}
