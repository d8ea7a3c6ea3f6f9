import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import type { Look } from '../../src/pipeline/diagnose.ts';
import { type Judged, judgedWorld } from './judged.ts';

/** A look and the two after it, min: *down* is said twice, a trend three times. */
const LOOKS_AT = [0, 0.5, 1.5] as const;
/** Then a look every so often, until the story can be told, min. */
const LATER = 5;

/** Looks until somebody who watches from the beginning can tell these stories; resolves with the last look. */
export async function lookUntilTold(judged: Judged, stories: readonly Scenario[]): Promise<Look> {
  const told = Math.max(0, ...stories.map(({ toldAfterMinutes }) => toldAfterMinutes ?? 0));
  const later = Array.from({ length: Math.ceil(told / LATER) }, (_, place) => (place + 1) * LATER);
  let last: Look | null = null;
  let waited = 0;
  for (const at of [...LOOKS_AT, ...later]) {
    await judged.pass(at - waited);
    waited = at;
    last = await judged.look();
  }
  if (last === null) throw new Error('Nothing was looked at.');
  return last;
}

/**
 * What the bot makes of a world in which these stories run.
 * @param options.seed of the world
 * @param options.disturb done to the world before the looks
 */
export async function verdictOf(
  stories: readonly [Scenario, ...Scenario[]],
  options: { readonly seed?: number; readonly disturb?: (judged: Judged) => Promise<void> } = {},
): Promise<Look> {
  const judged = await judgedWorld(stories, options);
  try {
    await options.disturb?.(judged);
    return await lookUntilTold(judged, stories);
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
