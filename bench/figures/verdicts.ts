import { scenarios } from '../../sim/world/scenarios/catalogue.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { CATALOGUE, runbookById } from '../../src/runbooks/catalogue.ts';
import { supportedIn, verdictOf } from '../../test/support/verdict.ts';
import type { Bench, Figure, Limits } from '../figure.ts';
import { rangeOf } from '../statistics.ts';
import { serveWorlds } from '../support/judged.ts';
import { noise } from '../support/noise.ts';
import { type Judgement, judgementOf, type Row, tableOf } from '../verdict-table.ts';

const SEEDS = 20;
/** Worlds side by side: most of the time each waits for an answer that is late. */
const AT_ONCE = 3;
const WRONG_MOST = 5;

/** What the bot says of the causes of every scenario in a noisy world, and of the same in a quiet one. */
export const verdicts: Bench = {
  name: 'verdicts',
  async run(progress, limits) {
    await using stack = new AsyncDisposableStack();
    await serveWorlds(stack);
    const stories = storiesOf(limits);
    const seeds = Array.from({ length: limits.seeds ?? SEEDS }, (_, place) => place + 1);
    const quiet: Row[] = [];
    const noisy: Row[] = [];
    for (const [place, story] of stories.entries()) {
      const { number, title } = runbookById(story.runbook);
      const row = (seed: number, judged: Judgement): Row => ({ runbook: `${number} ${title}`, seed, judged });
      for (let from = 0; from < seeds.length; from += AT_ONCE) {
        const some = seeds.slice(from, from + AT_ONCE);
        const rows = await Promise.all(some.map(async (seed) => row(seed, await judge(story, seed, true))));
        noisy.push(...rows);
        for (const { seed, judged } of rows)
          if (judged.missed.length > 0 || judged.wrong.length > 0)
            progress(`${story.id}, seed ${seed}: ${judged.words}`);
      }
      quiet.push(row(1, await judge(story, 1, false)));
      progress(`${place + 1} of ${stories.length} scenarios`);
    }
    const onlyWrong = (rows: readonly Row[]) => rows.filter(({ judged }) => judged.onlyWrong).length;
    const bySeed = seeds.map((seed) => noisy.filter((row) => row.seed === seed));
    const samples = noisy.length;
    const shared = { samples, goal: { on: 'value', most: WRONG_MOST } } as const;
    const notRight: Figure = {
      name: 'causes not told right, noisy world',
      how: `${stories.length} scenarios × ${seeds.length} seeds; beside it the same scenarios once each in a quiet world.`,
      unit: '%',
      ours: { name: 'noisy', value: missedPercent(noisy) },
      beside: { name: 'quiet', value: missedPercent(quiet) },
      range: rangeOf(bySeed.map(missedPercent)),
      details: tableOf(noisy),
      ...shared,
    };
    return [
      notRight,
      {
        name: 'diagnoses whose only supported cause is wrong, noisy world',
        how: 'Something is supported, and nothing of it was started.',
        unit: 'of all',
        ours: { name: 'noisy', value: onlyWrong(noisy) },
        beside: { name: 'quiet', value: onlyWrong(quiet) },
        range: rangeOf(bySeed.map(onlyWrong)),
        samples,
        goal: { on: 'value', most: 0 },
      },
    ];
  },
};

async function judge(story: Scenario, seed: number, noisy: boolean): Promise<Judgement> {
  const look = await verdictOf([story], noisy ? { seed, disturb: noise(seed, story.id) } : { seed });
  const causes = look.causes.map(({ id, verdict, because }) => ({ id, verdict, because }));
  return judgementOf(story.causes, supportedIn(look), causes);
}

/** Of the causes that were started, and of the stories without one, that nothing is supported. */
function missedPercent(rows: readonly Row[]): number {
  const all = rows.reduce((sum, { judged }) => sum + judged.all, 0);
  const right = rows.reduce((sum, { judged }) => sum + judged.right, 0);
  return ((all - right) / all) * 100;
}

/** @throws Error for a scenario that is not there */
function storiesOf({ scenarios: wanted }: Limits): readonly Scenario[] {
  const inOrder = CATALOGUE.flatMap(({ id: of }) => scenarios.filter(({ runbook }) => runbook === of));
  if (wanted === undefined) return inOrder;
  const unknown = wanted.filter((id) => !scenarios.some((one) => one.id === id));
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}.`);
  return inOrder.filter(({ id }) => wanted.includes(id));
}
