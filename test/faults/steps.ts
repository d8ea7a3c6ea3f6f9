import { payments, stuckOrders } from './stories.ts';
import { people } from './story-people.ts';

const NAMED = new Set([...stuckOrders.steps, ...payments.steps, ...people.steps]);

/** Steps at which no story kills, each with why that could lose and double nothing. */
const EXEMPT: readonly (readonly [RegExp, string])[] = [
  [/^look /, 'a question; R16, impact and rights are asked in its place'],
  [/^read back /, 'a question; R7 is asked in its place'],
  [/^commit read /, 'it reads'],
  [/^commit (page told|not reached|database is back)$/, 'words alone, said once by their key'],
  [/^commit run progress$/, 'a count for the card, which the end of the run counts anew'],
  [/^commit unsent items$/, 'whoever clears up does it again; nothing was sent for them'],
];

/** Whether a walk came by a step that is in no story and has no reason not to be. */
export function nobodyNames(step: string): boolean {
  return !NAMED.has(step) && !EXEMPT.some(([steps]) => steps.test(step));
}
