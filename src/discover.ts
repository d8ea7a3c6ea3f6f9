import { bucketItems, lockItems, saidBy, secretItems, USUAL } from './discover-beside.ts';
import { kafkaItems } from './discover-kafka.ts';
import { poolItems, sessionItems, statusItems, tableItems } from './discover-orders.ts';
import { type Surroundings, spaces, surroundings, workloadItems } from './discover-workloads.ts';
import type { Item } from './first-file.ts';
import type { FoundWorkload } from './ports/discovery.ts';
import type { OrdersDatabaseProbe, Probes } from './ports/probes.ts';

/** What was looked at, for the terminal and the head of the file. */
export interface Said {
  readonly system: string;
  /** One sentence: what is there, or why it could not be looked at. */
  readonly line: string;
  /** It could be looked at, and something is there. */
  readonly saw: boolean;
}

interface Seen {
  readonly items: readonly Item[];
  readonly line: string;
  readonly saw?: boolean;
}

/**
 * Looks for everything that `oms.yaml` names in the systems that can be asked. Changes nothing, and takes nothing that two
 * things could be.
 * @param probes with the names of the defaults
 * @param again the orders database, asked by the table and columns that were found
 */
export async function discover(
  probes: Probes,
  namespaces: readonly string[],
  again: (orders: readonly Item[]) => Promise<OrdersDatabaseProbe>,
): Promise<{ readonly items: readonly Item[]; readonly said: readonly Said[] }> {
  const said: Said[] = [];
  /** What cannot be looked at says why, there and above the key that it is about. */
  const about = async (system: string, key: string, ask: () => Promise<Seen>): Promise<Item> => {
    try {
      const { items, line, saw = true } = await ask();
      said.push({ system, line, saw });
      return { key, value: items };
    } catch (err) {
      const line = `not looked at. ${saidBy(err)}`;
      said.push({ system, line, saw: false });
      return { key, value: USUAL[key] ?? [], off: true, notes: [`${system}: ${line}`] };
    }
  };
  const cluster: { around: Surroundings | null; service: FoundWorkload | null } = {
    around: null,
    service: null,
  };
  const workloads = await about('Kubernetes', 'workloads', async () => {
    const around = await surroundings(probes.kubernetes, namespaces);
    const { items, service } = await workloadItems(around, probes.kubernetes);
    Object.assign(cluster, { around, service });
    return { items, line: lineOf(around), saw: around.all.length > 0 };
  });
  const { around, service } = cluster;
  const kafka = await about('Kafka', 'kafka', async () => await kafkaItems(probes.kafka, around, service));
  const orders = await about('The orders database', 'orders', async () => {
    const { items, line, whole } = await tableItems(probes.ordersDatabase);
    const statuses = whole ? await statusItems(await again(items)).catch(unread('statuses')) : [];
    return { items: [...items, ...statuses], line };
  });
  const sessions = said.at(-1)?.saw
    ? await sessionItems(probes.ordersDatabase, service).catch(unread('application'))
    : [];
  const redis = await about('Redis', 'redis', async () => await lockItems(probes));
  const bucket = await about('S3', 'exports', async () => await bucketItems(probes));
  const home = service?.namespace ?? namespaces[0] ?? '';
  return {
    said,
    items: [
      workloads,
      ...(around === null ? [] : await secretItems(probes, home)),
      kafka,
      orders,
      { key: 'database', value: [...sessions, ...poolItems(service)] },
      redis,
      bucket,
    ],
  };
}

function unread(key: string): (err: unknown) => readonly Item[] {
  return (err) => [{ key, notes: [`${key} not looked at. ${saidBy(err)}`] }];
}

function lineOf(around: Surroundings): string {
  const there =
    around.all.length === 0
      ? `${spaces(around)} has no Deployment and no StatefulSet that can be seen; --namespace names another.`
      : `${around.listed.join(', ')} in ${spaces(around)}.`;
  return [there, ...around.unread].join(' ');
}
