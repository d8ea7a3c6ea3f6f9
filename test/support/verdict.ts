import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import type { Look } from '../../src/pipeline/diagnose.ts';
import { type Company, type Judged, judgedWorld } from './judged.ts';

/** A look and the two after it, min: *down* is said twice, a trend three times. */
const LOOKS_AT = [0, 0.5, 1.5] as const;
/** Then a look every so often, until the story can be told, min; one silent look in between is remembered over. */
const LATER = 4;

/** Done to the world before each look, the first being 0. */
export type Disturb = (judged: Judged, round: number) => Promise<void>;

/** Looks until somebody who watches from the beginning can tell these stories; resolves with the last look. */
export async function lookUntilTold(
  judged: Judged,
  stories: readonly Scenario[],
  disturb: Disturb = async () => undefined,
): Promise<Look> {
  const told = Math.max(0, ...stories.map(({ toldAfterMinutes }) => toldAfterMinutes ?? 0));
  const later = Array.from({ length: Math.ceil(told / LATER) }, (_, place) =>
    Math.min((place + 1) * LATER, told),
  );
  let last: Look | null = null;
  let waited = 0;
  for (const [round, at] of [...LOOKS_AT, ...later].entries()) {
    await judged.pass(at - waited);
    await disturb(judged, round);
    waited = at;
    last = await judged.look();
  }
  if (last === null) throw new Error('Nothing was looked at.');
  return last;
}

/**
 * What the bot makes of a world in which these stories run.
 * @param options.seed of the world
 */
export async function verdictOf(
  stories: readonly [Scenario, ...Scenario[]],
  options: { readonly seed?: number; readonly company?: Company; readonly disturb?: Disturb } = {},
): Promise<Look> {
  const judged = await judgedWorld(stories, options);
  try {
    return await lookUntilTold(judged, stories, options.disturb);
  } finally {
    await judged.stop();
  }
}

export function supportedIn({ causes }: Pick<Look, 'causes'>): readonly string[] {
  return causes.flatMap(({ id, verdict }) => (verdict === 'supported' ? [id] : []));
}

/** What was said of each cause, a line each: why a test failed. */
export function saidOf({ causes }: Pick<Look, 'causes'>): string {
  return causes.map(({ id, verdict, because }) => `${id} ${verdict}: ${because}`).join('\n');
}
