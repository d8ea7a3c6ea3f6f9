import pg from 'pg';
import { ordersDatabaseProbe } from '../../src/adapters/postgres/probe.ts';
import { ORDERS_DATABASE } from '../../src/adapters/postgres/schema.ts';
import { policyFor } from '../../src/adapters/resilience.ts';
import { freshDatabase, readingRole } from '../support/postgres.ts';
import { ordersDatabaseContract } from './orders-database.ts';

ordersDatabaseContract('a real PostgreSQL, as a role that may only read', async () => {
  const database = await freshDatabase();
  const role = await readingRole(database.url);
  const owner = new pg.Pool({ connectionString: database.url, max: 1 });
  const reader = new pg.Pool({ connectionString: role.url, max: 2 });
  reader.on('error', () => undefined);
  return {
    probe: ordersDatabaseProbe(reader, policyFor(ORDERS_DATABASE, { backoffMs: [] }), {
      table: 'orders',
      columns: {
        id: 'id',
        status: 'status',
        errorCode: 'error_code',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      beforeProcessing: ['waiting', 'basket'],
    }),
    sql: async (text, values = []) => (await owner.query(text, [...values])).rows,
    async stop() {
      await Promise.all([owner.end(), reader.end()]);
      await database.drop();
      await role.drop();
    },
  };
});
