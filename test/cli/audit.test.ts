import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/store/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oms-audit-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `oms audit verify` in a folder of its own. */
async function verify(env: Record<string, string> = {}): Promise<{ code: unknown; said: string }> {
  const child = spawn(process.execPath, [resolve('src/cli/main.ts'), 'audit', 'verify'], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const [code] = await once(child, 'close');
  return { code, said };
}

describe('oms audit verify', { timeout: 60_000 }, () => {
  test('says that there is no journal yet, and makes no database to say so', async () => {
    const { code, said } = await verify();
    expect(said).toMatch(/^There is no journal yet: [^\n]+\n$/);
    expect(code).toBe(2);
    expect(existsSync(join(folder, '.oms'))).toBe(false);
  });

  test('says in one line that a database does not answer', async () => {
    const { code, said } = await verify({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(said).toMatch(/^The journal could not be read: [^\n]*ECONNREFUSED[^\n]*\n$/);
    expect(code).toBe(2);
  });

  describe('with an embedded database', () => {
    let server: EmbeddedPostgres | null = null;
    let dataDir = '';
    const start = async () => await startEmbeddedPostgres({ dataDir: join(folder, '.oms/postgres') });
    afterAll(async () => {
      await server?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });

    test('says that no bot has started on it', async () => {
      server = await start();
      dataDir = server.dataDir;
      const { code, said } = await verify({ DATABASE_URL: server.url });
      expect(said).toMatch(/^There is no journal in this database: [^\n]+\n$/);
      expect(code).toBe(2);
    });

    test('looks at it beside the bot that runs it', async () => {
      await migrate(server?.url ?? '');
      expect(await verify()).toMatchObject({
        code: 0,
        said: expect.stringContaining('The journal is whole: 0 rows'),
      });
    });

    test('starts it, looks and ends it where no bot runs', async () => {
      await server?.stop();
      server = null;
      expect(await verify()).toMatchObject({ code: 0 });
      expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false);
    });
  });
});
