import { summed, trafficQuestion, trafficSamples } from '../runbooks/shared/traffic-samples.ts';
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

/** Every configured figure now: `metric <name>` is the sum over all pods, `pods <name>` how many there were. */
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
  const pages = pods.flatMap(({ value }) => (value === null ? [] : [value]));
  if (pages.length === 0 || pages.length < pods.length) return {};
  const figures = Object.fromEntries(
    names.flatMap((name) => {
      const values = pages.flatMap((page) => page[name] ?? []);
      if (values.length === 0) return [];
      const sum = values.reduce((total, value) => total + value, 0);
      return [
        [`metric ${name}`, sum],
        [`pods ${name}`, values.length],
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
  return all === null ? {} : trafficSamples(all);
}
