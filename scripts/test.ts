import { CHECK_COUNT, check } from './check.ts';
import { vitest } from './vitest.ts';

// `npm test`: the checks, then every test; closes with one line that a machine can read.
const wanted = process.argv.slice(2);

console.log('oms-bot: checking format, types and unused code, then running every test on a real PostgreSQL.');
const failedChecks = wanted.length > 0 ? [] : check();

const { passed, failed, interrupted } = await vitest(wanted);
if (interrupted) {
  console.log('\nInterrupted: not every test ran.');
  process.exit(130);
}
const checks = wanted.length > 0 ? 0 : CHECK_COUNT - failedChecks.length;
const allFailed = failed + failedChecks.length;
console.log(`\n${passed + checks} passed, ${allFailed} failed`);
process.exitCode = allFailed === 0 ? 0 : 1;
