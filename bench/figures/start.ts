import type { Bench, Figure } from '../figure.ts';
import { median, rangeOf } from '../statistics.ts';
import { startProcess } from '../support/processes.ts';

const PEER = new URL('../peers/start.ts', import.meta.url);
const STARTS = 11;
const MOST_MS = 100;

/** How long a fresh process needs for `oms.yaml` and the catalogue of runbooks. */
export const start: Bench = {
  name: 'start',
  async run(progress) {
    const took = { read: [] as number[], all: [] as number[], vendors: [] as number[] };
    // The first of each reads the files from the disk.
    for (let count = 0; count <= STARTS; count += 1) {
      const vendors = await once('vendors');
      const ours = await once('ours');
      if (count === 0) continue;
      took.vendors.push(vendors['load'] ?? Number.NaN);
      took.read.push(ours['read'] ?? Number.NaN);
      took.all.push((ours['load'] ?? Number.NaN) + (ours['read'] ?? Number.NaN));
    }
    progress(`${STARTS} starts of each`);
    const figure = (name: string, how: string, ours: readonly number[]): Figure => ({
      name,
      how,
      unit: 'ms',
      ours: { name: 'oms-bot', value: median(ours) },
      beside: { name: 'zod and yaml alone', value: median(took.vendors) },
      goal: { on: 'value', most: MOST_MS },
      range: rangeOf(ours),
      samples: STARTS,
    });
    return [
      figure(
        'configuration at start, code loaded, median',
        'Environment and oms.example.yaml, read, checked and made into rules, in a process that has not done it before.',
        took.read,
      ),
      figure(
        'configuration and catalogue at start, with loading their code, median',
        'The same, and before it all files of the configuration and of the ten runbooks are loaded, as compiled at an earlier start.',
        took.all,
      ),
    ];
  },
};

async function once(what: 'ours' | 'vendors'): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  const child = startProcess(stack, PEER, {});
  await child.said(/ready/);
  return await child.ask({ start: what });
}
