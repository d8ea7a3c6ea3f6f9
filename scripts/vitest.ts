import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** A signal ended it: not every test ran. */
  readonly interrupted: boolean;
}

/**
 * Runs vitest with these arguments and passes signals on to it.
 * @param around what starts it instead, with the command line of vitest behind its own; it is killed at a signal
 */
export async function vitest(
  args: readonly string[],
  around: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> } = {
    command: [],
    env: {},
  },
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'oms-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const [file = '', ...rest] = [
    ...around.command,
    process.execPath,
    'node_modules/vitest/vitest.mjs',
    'run',
    ...reporters,
    ...args,
  ];
  const child = spawn(file, rest, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...around.env, NO_COLOR: '1' },
  });
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      interrupted = true;
      child.kill(around.command.length === 0 ? signal : 'SIGKILL');
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  const { numPassedTests, numFailedTests } = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  // A file that cannot even be loaded fails the run without a failed test.
  const unnamed = code !== 0 && numFailedTests === 0 ? 1 : 0;
  return { passed: numPassedTests, failed: numFailedTests + unnamed, interrupted };
}

function readReport(file: string): { numPassedTests: number; numFailedTests: number } {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 };
  }
}
