import pg from 'pg';
import type { DatabaseServer } from '../../sim/world/database-sessions.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { roomInMemory } from './folder.ts';
import type { FreshDatabase } from './postgres.ts';

export interface OrdersServer extends FreshDatabase {
  /** How the pretend order service reaches it, as a role of its own. */
  readonly database: DatabaseServer;
}

/** The orders database on a server of its own: its connections are counted, and nobody else's are among them. */
export async function startOrdersServer(): Promise<OrdersServer> {
  const server = await startEmbeddedPostgres({ within: roomInMemory() });
  const owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  await owner.query('create database orders');
  await owner.query(`create role order_service login password 'pretend'`);
  await owner.end();
  const url = new URL(server.url);
  url.pathname = '/orders';
  const service = new URL(url);
  service.username = 'order_service';
  service.password = 'pretend';
  return {
    url: url.href,
    drop: server.stop,
    database: {
      async connect(application) {
        const client = new pg.Client({ connectionString: service.href, application_name: application });
        client.on('error', () => undefined);
        await client.connect();
        return {
          query: async (text) => await client.query(text),
          end: async () => await client.end(),
          onEnd: (listener) => void client.once('end', listener),
        };
      },
    },
  };
}
