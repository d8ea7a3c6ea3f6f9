import { podSet, setOf } from '../runbooks/shared/pod-set.ts';
import { SERIES, summed, trafficQuestion, trafficSamples } from '../runbooks/shared/traffic-samples.ts';
import type { Parts } from './parts.ts';
import { timeLimit } from './time-limit.ts';

const MINUTE = 60_000;
/** All pods together get so long, ms. */
const ASK_MS = 4_000;

/**
 * Keeps what every configured figure of the order service was, once a minute, whatever happens: a diagnosis can then say how it
 * was an hour ago and last week at this hour. One replica takes each minute. Per name the sum over all pods, and how many there
 * were; a round in which a pod was silent is left out, for its sum would read as a fall.
 */
export function createSampler(parts: Parts): () => Promise<boolean> {
  let last = -1;
  return async () => {
    const now = await parts.journal.now();
    const minute = Math.floor(now / MINUTE);
    if (minute === last) return false;
    last = minute;
    const ours = await parts.journal.transact(
      'sample minute',
      async (tx) => await tx.claimSlot(`samples ${minute}`),
    );
    if (ours) await parts.samples.add(now, await sampleFigures(parts));
    return false;
  };
}

/** Every configured figure now: `metric <name>` is the sum over all pods, `pods <name>` how many there were, and which ones. */
export async function sampleFigures(
  parts: Pick<Parts, 'rules' | 'clock' | 'probes'>,
): Promise<Readonly<Record<string, number>>> {
  const names = Object.values(parts.rules.names.metrics).filter((name) => name !== null);
  using limit = timeLimit(parts.clock, ASK_MS);
  // A service that does not answer leaves a gap, which is what it is.
  const [pods, requests] = await Promise.all([
    parts.probes.orderService.metrics(names, limit.signal).catch(() => []),
    sampleTraffic(parts, limit.signal),
  ]);
  const pages = pods.flatMap(({ pod, value }) => (value === null ? [] : [{ pod, value }]));
  if (pages.length === 0 || pages.length < pods.length) return {};
  const figures = Object.fromEntries(
    names.flatMap((name) => {
      const having = pages.filter(({ value }) => value[name] !== undefined);
      if (having.length === 0) return [];
      const sum = having.reduce((total, { value }) => total + (value[name] ?? 0), 0);
      const series = `metric ${name}`;
      return [
        [series, sum],
        [`pods ${name}`, having.length],
        [setOf(series), podSet(having.map(({ pod }) => pod))],
      ];
    }),
  );
  return { ...figures, ...requests };
}

/** Requests by route and how long they took (X5); nothing while a pod is silent, or where no counter is configured. */
async function sampleTraffic(
  { rules, probes }: Pick<Parts, 'rules' | 'probes'>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const question = trafficQuestion(rules.names);
  if (question === null) return {};
  const answers = await probes.orderService.traffic(question, signal).catch(() => []);
  const all = answers.every(({ value }) => value !== null) ? summed(answers) : null;
  if (all === null) return {};
  return { ...trafficSamples(all), [setOf(SERIES.all)]: podSet(answers.map(({ pod }) => pod)) };
}
