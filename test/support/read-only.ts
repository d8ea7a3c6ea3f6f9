import type pg from 'pg';
import { pretendKafka } from '../../sim/kafka/kafka.ts';
import type { AccessRule } from '../../sim/kubernetes/access.ts';
import type { World } from '../../sim/world/world.ts';
import { SystemError } from '../../src/ports/system-error.ts';
import { readingRole } from './postgres.ts';

/** Of everything, also of what lies below it: logs, the pods' own pages. */
export const READ_ONLY: readonly AccessRule[] = [
  { verb: 'get', subresource: '*' },
  { verb: 'list' },
  { verb: 'watch' },
];

/** A role that may read the orders and who is connected, and nothing else. */
export async function ordersReader(owner: pg.Pool, url: string) {
  const role = await readingRole(url);
  const { rows } = await owner.query<{ table: string }>(
    `select format('%I.%I', schemaname, tablename) as table from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  for (const { table } of rows) await owner.query(`grant select on ${table} to ${role.name}`);
  await owner.query(`grant pg_read_all_stats to ${role.name}`);
  return {
    name: role.name,
    url: role.url,
    // The server of its own goes with the story.
    drop: async () => await role.drop().catch(() => undefined),
  };
}

/** As a broker whose ACLs let the bot describe and read: it refuses before anything is written. */
export function readOnlyKafka(world: World): ReturnType<typeof pretendKafka> {
  const { probe } = pretendKafka(world);
  const no = async (what: string): Promise<never> => {
    const words = `Kafka: ${what} may not be used by the bot’s account.`;
    throw new SystemError('Kafka', 'forbidden', words, { sent: 'no', mayRetry: false });
  };
  return {
    probe,
    lever: { setOffsets: async (group) => await no(group), park: async (_from, to) => await no(to) },
  };
}
