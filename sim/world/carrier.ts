import type { Cluster } from './cluster.ts';
import type { Pod } from './pods.ts';

const DAY = 86_400_000;
export const CARRIER = 'swiftpost';
export const CARRIER_SECRET = 'shipping-carrier-credentials';
export const STAGED_SECRET = `${CARRIER_SECRET}-next`;
/** The annotation of the secret that says when its key ends. */
export const EXPIRES = 'oms.example.com/expires-at';
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

/** The carrier, which takes the key that our secret holds. */
export function createCarrier(cluster: Cluster, startedAt: number): Carrier {
  const secret = cluster.secrets.get(CARRIER_SECRET);
  if (secret !== undefined) secret.annotations[EXPIRES] = new Date(startedAt + 165 * DAY).toISOString();
  return {
    accepts: new Set([decoded(secret?.data[API_KEY] ?? '')]),
    held: [],
    countries: ['US', 'CA', 'GB', 'DE'],
  };
}

/** Somebody who has the new key puts it beside the present one. */
export function stageKey(cluster: Cluster, key: string, at: number): void {
  cluster.secrets.set(STAGED_SECRET, {
    name: STAGED_SECRET,
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
  const key = decoded(secret?.data[API_KEY] ?? '');
  if (held.at(-1)?.key !== key) held.push({ since, key });
}

function decoded(value: string): string {
  return Buffer.from(value, 'base64').toString();
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}
