import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SYSTEMS } from '../test/systems/catalogue.ts';
import { locate } from '../test/systems/locate.ts';
import { closingLines, NOTES } from '../test/systems/notes.ts';
import { CHECK_COUNT, check } from './check.ts';

// `npm test`: the checks, then every test; closes with one line that a machine can read.
const root = fileURLToPath(new URL('../', import.meta.url));
const wanted = process.argv.slice(2);

console.log('oms-bot: checking format, types and unused code, then running every test on real systems.');
// Fetched beforehand, so that no download disturbs a test; a few named files fetch what they need themselves.
const fetched = wanted.length > 0 ? [] : SYSTEMS.map(async (system) => await locate(system));
const failedChecks = wanted.length > 0 ? [] : check();
if (SYSTEMS.some((system) => system.here() === null) && fetched.length > 0)
  console.log(
    'oms-bot: fetching the real systems that this machine does not have, three minutes the first time.',
  );
await Promise.all(fetched);

const folder = mkdtempSync(join(tmpdir(), 'oms-test-'));
const report = join(folder, 'report.json');
const notes = join(folder, 'systems');
const child = spawn(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...wanted,
  ],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NO_COLOR: '1', [NOTES]: notes },
  },
);
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    interrupted = true;
    child.kill(signal);
  });

child.on('exit', (code) => {
  const { numPassedTests, numFailedTests } = readReport();
  const systems = closingLines(notes);
  rmSync(folder, { recursive: true, force: true });
  if (interrupted) {
    console.log('\nInterrupted: not every test ran.');
    process.exit(130);
  }
  const checks = wanted.length > 0 ? 0 : CHECK_COUNT - failedChecks.length;
  // A file that cannot even be loaded fails the run without a failed test.
  const failed = numFailedTests + failedChecks.length + (code !== 0 && numFailedTests === 0 ? 1 : 0);
  console.log(`\n${systems.join('\n')}\n${numPassedTests + checks} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
});

function readReport(): { numPassedTests: number; numFailedTests: number } {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 };
  }
}
