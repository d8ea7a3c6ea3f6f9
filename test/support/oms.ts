import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** `oms` as a process of its own, in a folder where `oms.yaml` holds the text. */
export async function oms(
  args: readonly string[],
  yaml = '',
  env: Record<string, string> = {},
): Promise<{ readonly code: unknown; readonly said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'oms-cli-'));
  try {
    writeFileSync(join(folder, 'oms.yaml'), yaml);
    const child = spawn(process.execPath, [resolve('src/cli/main.ts'), ...args], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', ...env },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    const [code] = await once(child, 'close');
    return { code, said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
