import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/store/embedded.ts';

async function ask(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const found = await client.query(text);
  await client.end();
  return found.rows;
}

test('keeps what was written when it is started again in the same folder', async () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'oms-embedded-')), 'data');
  const first = await startEmbeddedPostgres({ dataDir });
  await ask(first.url, 'create table kept as select 42 as answer');
  await first.stop();
  const second = await startEmbeddedPostgres({ dataDir });
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await second.stop();
  for (const folder of [second.dataDir, join(dataDir, '..')])
    rmSync(folder, { recursive: true, force: true });
});

test('leaves no temporary folder behind when its owner is killed', async () => {
  const owner = spawn(
    process.execPath,
    [
      '--input-type=module-typescript',
      '-e',
      `import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, '../../src/store/embedded.ts'))};
       console.log((await startEmbeddedPostgres()).dataDir);
       setInterval(() => undefined, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const dataDir = await new Promise<string>((resolve) =>
    owner.stdout.once('data', (text) => resolve(String(text).trim())),
  );
  expect(existsSync(dataDir)).toBe(true);
  owner.kill('SIGKILL');
  await expect.poll(() => existsSync(dirname(dataDir)), { timeout: 10_000 }).toBe(false);
});

test('takes over the folder of an owner that was killed, with what was committed', async () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'oms-embedded-')), 'data');
  const owner = spawn(
    process.execPath,
    [
      '--input-type=module-typescript',
      '-e',
      `import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, '../../src/store/embedded.ts'))};
       const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
       console.log(server.url);
       setInterval(() => undefined, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await new Promise<string>((resolve) =>
    owner.stdout.once('data', (text) => resolve(String(text).trim())),
  );
  await ask(url, 'create table kept as select 42 as answer');
  owner.kill('SIGKILL');
  const second = await startEmbeddedPostgres({ dataDir });
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await second.stop();
  for (const folder of [second.dataDir, join(dataDir, '..')])
    rmSync(folder, { recursive: true, force: true });
});
