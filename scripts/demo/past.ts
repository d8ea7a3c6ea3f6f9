import { COUNTED_MS } from '../../sim/world/traffic.ts';
import type { Samples } from '../../src/ports/samples.ts';

const GAP_MS = 3 * 60_000;
const TRIES = 3;
const BY_ROUTE = /^(?:requests |failures )/;

/**
 * What the bot would have kept of the requests, had it been in this company for as long as they were counted: they came at the
 * usual pace, so each counter rose evenly.
 * @param requests the metric that counts them (`metrics.requests`)
 * @param ask for those of now; on a busy machine the first call is late, for it loads what speaks to Kubernetes
 */
export async function keepPast(
  samples: Samples,
  ask: () => Promise<Readonly<Record<string, number>>>,
  now: number,
  requests: string | undefined,
): Promise<void> {
  let counters: readonly (readonly [string, number])[] = [];
  for (let tries = 0; tries < TRIES && counters.length === 0; tries += 1)
    counters = Object.entries(await ask()).filter(
      ([name]) => name === `metric ${requests}` || BY_ROUTE.test(name),
    );
  for (let ago = GAP_MS; ago < COUNTED_MS; ago += GAP_MS) {
    const share = 1 - ago / COUNTED_MS;
    await samples.add(now - ago, Object.fromEntries(counters.map(([name, value]) => [name, value * share])));
  }
}
