import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

const CHECKS: readonly { readonly name: string; readonly file: string; readonly args: readonly string[] }[] =
  [
    {
      name: 'format and lint',
      file: 'node_modules/@biomejs/biome/bin/biome',
      args: ['check', '--error-on-warnings'],
    },
    { name: 'types', file: 'node_modules/typescript/bin/tsc', args: ['--noEmit', '-p', '.'] },
    {
      name: 'types of the page',
      file: 'node_modules/typescript/bin/tsc',
      args: ['--noEmit', '-p', 'sim/page/app'],
    },
    { name: 'unused code', file: 'node_modules/knip/bin/knip.js', args: [] },
  ];

/** Runs every check, shows what a failing one said, and returns the names of those that failed. */
export function check(): readonly string[] {
  return CHECKS.filter(({ name, file, args }) => {
    const result = spawnSync(process.execPath, [file, ...args], { cwd: root, encoding: 'utf8' });
    const passed = result.status === 0;
    console.log(`${passed ? 'passed' : 'FAILED'}  ${name}`);
    if (!passed) console.log(`${result.stdout}${result.stderr}`);
    return !passed;
  }).map(({ name }) => name);
}

export const CHECK_COUNT = CHECKS.length;

if (import.meta.filename === process.argv[1]) process.exitCode = check().length === 0 ? 0 : 1;
