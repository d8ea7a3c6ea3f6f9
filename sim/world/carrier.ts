import type { Cluster } from './cluster.ts';
import { type CompanyNames, called } from './names.ts';
import type { Pod } from './pods.ts';
import type { WorldState } from './state.ts';

const DAY = 86_400_000;
export const CARRIER_SECRET = 'shipping-carrier-credentials';
export const STAGED_SECRET = `${CARRIER_SECRET}-next`;
const FIRST_KEY = 'pretend-carrier-key-a51c';
const API_KEY = 'api-key';

/** What the carrier takes, and which keys our secret held when. */
export interface Carrier {
  /** Keys that it accepts, in clear. */
  readonly accepts: Set<string>;
  /** Oldest first. */
  readonly held: { readonly since: number; readonly key: string }[];
  /** Where it delivers, ISO 3166. */
  readonly countries: readonly string[];
}

/** The carrier, and the secret with our key in the cluster. */
export function createCarrier(cluster: Cluster, names: CompanyNames, startedAt: number): Carrier {
  cluster.secrets.set(CARRIER_SECRET, {
    name: called(names.secrets, CARRIER_SECRET),
    createdAt: startedAt - 200 * DAY,
    annotations: { [names.expiry.carrier]: new Date(startedAt + 165 * DAY).toISOString() },
    data: { [API_KEY]: encoded(FIRST_KEY) },
    writes: [{ manager: 'kubectl-create', at: startedAt - 200 * DAY, data: true }],
  });
  return { accepts: new Set([FIRST_KEY]), held: [], countries: ['US', 'CA', 'GB', 'DE'] };
}

/** Somebody who has the new key puts it beside the present one. */
export function stageKey(
  { cluster, names }: Pick<WorldState, 'cluster' | 'names'>,
  key: string,
  at: number,
): void {
  cluster.secrets.set(STAGED_SECRET, {
    name: called(names.secrets, STAGED_SECRET),
    createdAt: at,
    annotations: {},
    data: { [API_KEY]: encoded(key) },
    writes: [{ manager: 'kubectl-create', at, data: true }],
  });
}

/** The key that the pod read at its start; null: there was none. */
export function keyOfPod(carrier: Carrier, cluster: Cluster, pod: Pick<Pod, 'startedAt'>): string | null {
  noteKey(carrier, cluster);
  return carrier.held.findLast(({ since }) => since <= pod.startedAt)?.key ?? null;
}

/** Whoever changes the secret does it through the API, so a change is noticed when somebody looks. */
function noteKey({ held }: Carrier, { secrets }: Cluster): void {
  const secret = secrets.get(CARRIER_SECRET);
  const since = secret?.writes.findLast(({ data }) => data)?.at ?? 0;
  const key = Buffer.from(secret?.data[API_KEY] ?? '', 'base64').toString();
  if (held.at(-1)?.key !== key) held.push({ since, key });
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}
