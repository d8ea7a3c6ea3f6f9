import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench, Figure, Limits } from './figure.ts';
import { alerts } from './figures/alerts.ts';
import { commands } from './figures/commands.ts';
import { deadlines } from './figures/deadlines.ts';
import { diagnosis } from './figures/diagnosis.ts';
import { kafka } from './figures/kafka.ts';
import { logs } from './figures/logs.ts';
import { memory } from './figures/memory.ts';
import { redis } from './figures/redis.ts';
import { start } from './figures/start.ts';
import { stuckList } from './figures/stuck-list.ts';
import { takeover } from './figures/takeover.ts';
import { typing } from './figures/typing.ts';
import { verdicts } from './figures/verdicts.ts';
import { asJson, asTable } from './report.ts';

// `npm run bench`: the figures that we publish, each beside a peer or a floor that was measured in the same run.
// `npm run bench -- <name> …` measures only those; `--seeds 3` and `--scenarios <id>,<id>` cut `verdicts` down; `--json` prints nothing but JSON on the standard output.
const BENCHES: readonly Bench[] = [
  commands,
  alerts,
  deadlines,
  takeover,
  redis,
  kafka,
  typing,
  stuckList,
  logs,
  memory,
  verdicts,
  diagnosis,
  start,
];

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    scenarios: { type: 'string' },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((wanted) => !BENCHES.some(({ name }) => name === wanted));
if (unknown.length > 0) {
  console.error(
    `There is no figure ${unknown.join(', ')}. There are: ${BENCHES.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}

const limits: Limits = {
  ...(values.seeds === undefined ? {} : { seeds: Number(values.seeds) }),
  ...(values.scenarios === undefined ? {} : { scenarios: values.scenarios.split(',') }),
};
if (limits.seeds !== undefined && !(Number.isInteger(limits.seeds) && limits.seeds > 0)) {
  console.error('--seeds takes a whole number above 0.');
  process.exit(1);
}

const before = load();
const figures: Figure[] = [];
for (const bench of BENCHES) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  const began = performance.now();
  const progress = (line: string) => console.error(`${bench.name}: ${line}`);
  figures.push(...(await bench.run(progress, limits)));
  progress(`${((performance.now() - began) / 1_000).toFixed(0)} s`);
}
const machine = {
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  load: [before, load()] as const,
};
if (!values.json) console.log(`\n${asTable(figures, machine)}\n`);
console.log(JSON.stringify(asJson(figures, machine), null, 2));

function load(): number {
  return loadavg()[0] ?? Number.NaN;
}
