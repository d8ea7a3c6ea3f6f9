import { findScenario, scenarios } from '../../sim/world/scenarios/catalogue.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { judgedWorld } from '../../test/support/judged.ts';
import type { Bench, Figure } from '../figure.ts';
import { median, rangeOf } from '../statistics.ts';
import { serveWorlds } from '../support/judged.ts';

/** Each answer of the order service, of the API server and of the catalog takes so long, ms: an ordinary day, not the loopback. */
const ANSWERS_MS = 100;
const LOOKS = 15;
/** The first ones pay for connections and for code that is loaded at the first call. */
const WARM_UP = 2;
const MOST = 1.15;

/** The whole diagnosis of each runbook, all X-checks configured, against its slowest check. */
export const diagnosis: Bench = {
  name: 'diagnosis',
  async run(progress) {
    await using stack = new AsyncDisposableStack();
    await serveWorlds(stack);
    const figures: Figure[] = [];
    for (const { id, number, title } of CATALOGUE) {
      const story = scenarios.find(({ runbook }) => runbook === id);
      if (story === undefined) throw new Error(`Runbook ${number} has no scenario.`);
      const taken = await looksAt(story.id);
      const ratios = taken.map(({ whole, slowest }) => whole / slowest);
      const typical = taken[ratios.indexOf(median(ratios))];
      if (typical === undefined) throw new Error('Nothing was measured.');
      figures.push({
        name: `whole diagnosis ÷ its slowest check, runbook ${number}, ${title}, median`,
        how: `All ${typical.checks} checks and the impact, every X-check configured, of ${story.id}; order service, Kubernetes and catalog take ${ANSWERS_MS} ms for each answer.`,
        unit: 'ms',
        ours: { name: 'whole', value: typical.whole },
        beside: { name: 'slowest check', value: typical.slowest },
        goal: { on: 'ratio', most: MOST },
        range: rangeOf(ratios),
        samples: taken.length,
      });
      progress(`runbook ${number}`);
    }
    return figures;
  },
};

interface Taken {
  readonly whole: number;
  readonly slowest: number;
  readonly checks: number;
}

async function looksAt(id: string): Promise<readonly Taken[]> {
  const story = findScenario(id);
  if (story === null) throw new Error(`There is no scenario ${id}.`);
  const judged = await judgedWorld([story]);
  try {
    const { service, kubernetes, catalog } = judged.pretend;
    for (const { faults } of [service, kubernetes, catalog])
      faults.add({ fault: { mode: 'slow', ms: ANSWERS_MS } });
    const taken: Taken[] = [];
    for (let count = 0; count < WARM_UP + LOOKS; count += 1) {
      await judged.pass(1);
      const { tookMs, findings } = await judged.look();
      const slowest = Math.max(...findings.map((finding) => finding.tookMs));
      if (count >= WARM_UP) taken.push({ whole: tookMs, slowest, checks: findings.length });
    }
    return taken;
  } finally {
    await judged.stop();
  }
}
