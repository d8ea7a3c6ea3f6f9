import { describe, expect, test } from 'vitest';
import { scenarios } from '../../sim/world/scenarios/catalogue.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { isContext, type StepName } from '../../src/domain/finding.ts';
import { carryOut, offersAfter, offersOf } from '../support/carry-out.ts';
import { CURES, type Cure, type Deed } from '../support/cures.ts';
import { type Judged, judgedWorld } from '../support/judged.ts';
import { lookUntilTold, saidOf, supportedIn } from '../support/verdict.ts';

/** An action is repeated for what it offers next, at most so often: the card shows a few of many. */
const MOST_TIMES = 20;
/** Minutes. */
const LOOKS_EVERY = 5;
const A_DAY = 24 * 60;

test('each scenario has its cure', () => {
  expect(Object.keys(CURES).sort()).toEqual(scenarios.map(({ id }) => id).sort());
});

describe.each(scenarios)('$id', (story) => {
  test('what cures another cause does not cure this one; its own cure does', async () => {
    const cure = cureOf(story);
    const judged = await judgedWorld([story]);
    try {
      const first = await lookUntilTold(judged, [story]);
      const others = scenarios.filter(
        ({ runbook, causes }) => runbook === story.runbook && causes.some((id) => !story.causes.includes(id)),
      );
      const mine = [...cure.deeds.flatMap((deed) => stepOf(deed) ?? []), ...(cure.also ?? [])];
      let tried = false;
      for (const other of others) tried = (await cureWrongly(judged, other, mine)) || tried;
      const before = tried ? await lookUntilTold(judged, [story]) : first;
      expect(supportedIn(before), saidOf(before)).toEqual(expect.arrayContaining([...story.causes]));

      for (const deed of cure.deeds) await act(judged, story, deed, 'as recommended');
      const after = await lookUntilTold(judged, []);
      if (cure.instead === undefined) expect(supportedIn(after), saidOf(after)).toEqual([]);
      else expect(await judged.pretend.world.read(cure.instead.holds)).toBe(true);
      const stays = (cure.stays ?? []).map(([step]) => step);
      const broken = after.findings.filter((finding) => finding.verdict === 'broken' && !isContext(finding));
      expect(
        broken.filter(({ step }) => !stays.includes(step)).map(({ step, line }) => `${step} ${line}`),
      ).toEqual([]);
    } finally {
      await judged.stop();
    }
  });
});

function cureOf({ id }: Scenario): Cure {
  const cure = CURES[id];
  if (cure === undefined) throw new Error(`${id} has no cure.`);
  return cure;
}

function stepOf(deed: Deed): StepName | null {
  if (deed === 'people' || typeof deed === 'number') return null;
  return typeof deed === 'string' ? deed : deed[0];
}

/**
 * What would cure another story of the runbook, as far as it is offered here, without what cures this one. Resolves with
 * whether there was anything.
 */
async function cureWrongly(judged: Judged, other: Scenario, mine: readonly StepName[]): Promise<boolean> {
  let tried = false;
  for (const deed of cureOf(other).deeds) {
    const step = stepOf(deed);
    if (deed === 'people' || (step !== null && !mine.includes(step)))
      tried = (await act(judged, other, deed, 'if offered')) || tried;
  }
  return tried;
}

/** Resolves with whether anything was done. */

async function act(
  judged: Judged,
  story: Scenario,
  deed: Deed,
  how: 'as recommended' | 'if offered',
): Promise<boolean> {
  if (typeof deed === 'number') {
    await wait(judged, deed);
    return true;
  }
  if (deed === 'people') {
    if (story.recover === undefined) throw new Error(`Nobody can recover ${story.id}.`);
    await judged.pretend.world.change((state, now) => story.recover?.(state, now));
    return true;
  }
  const [step, answers = {}, only] = typeof deed === 'string' ? [deed] : deed;
  const done = new Set<string>();
  for (let times = 0; times < MOST_TIMES; times += 1) {
    const look = await judged.look();
    const offers = offersOf(offersAfter(judged, look), step).filter(
      ({ targets, waits }) =>
        targets.length > 0 && waits === null && !targets.some((target) => done.has(target)),
    );
    if (times === 0 && how === 'as recommended' && only !== 'if any' && offers.length === 0)
      throw new Error(`${step} is not offered: ${JSON.stringify(offersOf(offersAfter(judged, look), step))}`);
    if (
      times === 0 &&
      how === 'as recommended' &&
      only === undefined &&
      offers.every(({ recommended }) => recommended === null)
    )
      throw new Error(`${step} is not recommended:\n${saidOf(look)}`);
    if (offers.length === 0) return done.size > 0;
    for (const offer of offers) {
      for (const target of offer.targets) done.add(target);
      const changed = await carryOut(judged, offer, answers);
      if (how === 'as recommended') expect(changed).toBeNull();
    }
    await judged.pass(1);
  }
  return true;
}

/** With a look every few minutes; a whole day passes at once. */
async function wait(judged: Judged, minutes: number): Promise<void> {
  if (minutes >= A_DAY) await judged.pretend.skipWorld(minutes);
  for (let left = minutes >= A_DAY ? LOOKS_EVERY : minutes; left > 0; left -= LOOKS_EVERY) {
    await judged.pass(Math.min(left, LOOKS_EVERY));
    await judged.look();
  }
}
