import { startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { roomInMemory } from '../../test/support/folder.ts';
import { nameServer, prepareServer } from '../../test/support/postgres.ts';

/** The server on which the worlds of `test/support/judged.ts` have their databases; it ends with `stack`. */
export async function serveWorlds(stack: AsyncDisposableStack): Promise<void> {
  const server = await startEmbeddedPostgres({ within: roomInMemory() });
  stack.defer(server.stop);
  nameServer({ postgresUrl: server.url, migrated: await prepareServer(server.url) });
}
