import type { Judging, Proving } from '../define-runbook.ts';
import { orderWorkload } from '../names.ts';
import { restartConsumers } from '../shared/consumers.ts';
import { someCutOff } from '../shared/path.ts';
import { restartOf } from '../shared/restart.ts';
import { stands, verdictOf } from './causes.ts';
import type { KafkaData } from './checks.ts';
import { readProducers } from './producer.ts';

const MINUTE = 60_000;

/** What is the cluster's is no restart's to cure. */
function outage(judging: Judging<KafkaData>): string | null {
  return stands(judging, '7.C1') || stands(judging, '7.C4')
    ? 'a restart cannot cure an outage outside'
    : null;
}

/** R50. Makes the producers' connections anew; what is in their buffers is lost with them. */
export const restartService = restartOf<KafkaData>({
  step: 'R50',
  source: 'kubectl rollout restart deployment/order-service',
  rule: ({ bufferFreePercent }) => ({
    when: `Only some pods do not reach Kafka (7.C2), or less than ${bufferFreePercent} % of a buffer is free while brokers and partitions are well (7.C5).`,
    notWhile: [
      'Brokers, partitions or the path of all pods are in trouble: unsent events in the buffers would be lost.',
      'Events cannot be serialized (7.C3): they would fail again.',
      'Nobody knows how the brokers are.',
    ],
  }),
  workload: orderWorkload,
  state: ({ findings }) => findings.service.data,
  when(judging) {
    const { path } = judging.findings;
    if (path.data !== null && someCutOff(path, judging.thresholds))
      return `${path.data.shut.length} of ${path.data.pods} pods ${path.data.shut.length === 1 ? 'does' : 'do'} not reach Kafka, the others do`;
    const alone = ['7.C1', '7.C4'].every((id) => verdictOf(judging, id) === 'ruled out');
    return stands(judging, '7.C5') && alone ? 'a producer’s buffer is full, and Kafka is well' : null;
  },
  notWhile(judging) {
    const { brokers, topic, path } = judging.findings;
    const nowhere = path.data !== null && path.data.pods > 0 && path.data.shut.length === path.data.pods;
    if (brokers.verdict === 'broken' || topic.verdict === 'broken' || nowhere)
      return 'unsent events in the buffers would be lost, and nothing gained';
    if (stands(judging, '7.C3')) return 'the same events would fail again';
    return (
      outage(judging) ??
      (seen(topic.verdict) || seen(brokers.verdict)
        ? null
        : 'the brokers come first, and nobody knows how they are')
    );
  },
  note: async () => ({}),
  proof: {
    plan: ({ rateProofMinutes, bufferFreePercent }) => ({
      everyMs: MINUTE,
      withinMs: rateProofMinutes * MINUTE,
      alike: 3,
      words: `For three minutes no event fails, and ${bufferFreePercent} % of the buffers are free, within ${rateProofMinutes} min of the rollout’s end.`,
    }),
    async sample(proving) {
      const { run, thresholds } = proving;
      const [fresh, producers] = await Promise.all([newFailures(proving), readProducers(proving)]);
      const dark = { moved: [], unknown: run.targets, value: null, worse: false };
      const free = producers.freePercent;
      if (free === null || producers.answered < producers.pods)
        return {
          ...dark,
          line: `${fresh.line} How much of the buffers is free is not known (\`metrics.bufferFree\`).`,
        };
      const line = `${fresh.line} ${Math.round(free)} % of the fullest buffer is free.`;
      if (fresh.count === null) return { ...dark, line };
      const good = fresh.count === 0 && free >= thresholds.bufferFreePercent;
      return { moved: good ? run.targets : [], unknown: [], line, value: null, worse: false };
    },
  },
});

/** X16. */
export const restartGroup = restartConsumers<KafkaData>({
  lag: ({ findings }) => findings.lag.data,
  consumers: ({ findings }) => findings.consumers.data,
  notWhile: outage,
});

/** R47 of the last minute; a proof that asks every minute misses none. */
export async function newFailures({
  probes,
  names,
  thresholds,
  signal,
}: Proving): Promise<{ readonly count: number | null; readonly line: string }> {
  const logs = await probes.kubernetes.logs(
    {
      workload: orderWorkload(names),
      containing: ['KAFKA_PUBLISH_FAILED'],
      windowMinutes: 1,
      bytesPerContainer: thresholds.logKilobytes * 1024,
    },
    signal,
  );
  const count = logs.reduce((sum, { matched }) => sum + matched, 0);
  if (count > 0)
    return { count, line: `${count} ${count === 1 ? 'event' : 'events'} failed in the last minute.` };
  const whole = logs.length > 0 && logs.every(({ truncated, problem }) => !truncated && problem === null);
  return whole
    ? { count, line: 'No event failed in the last minute.' }
    : { count: null, line: 'Whether events failed in the last minute could not be read.' };
}

function seen(verdict: string): boolean {
  return verdict === 'healthy' || verdict === 'broken';
}
