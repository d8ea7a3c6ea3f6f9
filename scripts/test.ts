import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEMS } from '../test/systems/catalogue.ts';
import { locate } from '../test/systems/locate.ts';
import { closingLines, NOTES } from '../test/systems/notes.ts';
import { CHECK_COUNT, check } from './check.ts';
import { vitest } from './vitest.ts';

// `npm test`: the checks, then every test; closes with one line that a machine can read.
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

const notes = join(tmpdir(), `oms-systems-${process.pid}`);
const { passed, failed, interrupted } = await vitest(wanted, { command: [], env: { [NOTES]: notes } });
const systems = closingLines(notes);
rmSync(notes, { recursive: true, force: true });
if (interrupted) {
  console.log('\nInterrupted: not every test ran.');
  process.exit(130);
}
const checks = wanted.length > 0 ? 0 : CHECK_COUNT - failedChecks.length;
const allFailed = failed + failedChecks.length;
console.log(`\n${systems.join('\n')}\n${passed + checks} passed, ${allFailed} failed`);
process.exitCode = allFailed === 0 ? 0 : 1;
