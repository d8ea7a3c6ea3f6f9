import { validateOptions } from '../blocks/options.ts';
import { isJson } from '../state/normalise.ts';
import type { Json } from '../state/types.ts';
import { type Actor, common, errorName, interact, TROUBLE } from './actor.ts';
import { type Entry, optionOf, optionsOf, textOf, valueFor } from './choices.ts';
import {
  containerOf,
  findElement,
  type Selector,
  type Surface,
  setValue,
  surfaceOf,
  type Target,
  valuesHere,
  wordsOf,
} from './targets.ts';
import { type Found, fieldOf } from './values.ts';

export interface ClickOptions {
  /** The answer to the dialog that asks first. Needed where there is one, refused where there is none. */
  readonly confirm?: boolean;
  /** What is chosen in a menu, a list of boxes, a date … */
  readonly option?: Entry;
  /** The very same delivery arrives twice. */
  readonly again?: boolean;
}

export interface ClickResult {
  /** `filled`: an input that tells the app nothing before it is submitted. */
  readonly shown: 'sent' | 'declined' | 'filled' | 'failed';
  readonly failure: string | null;
}

/** Presses a button, chooses in a menu. Resolves when the app has acknowledged or Slack shows that it has not. */
export async function click(
  actor: Actor,
  target: Target,
  selector: Selector,
  options: ClickOptions = {},
): Promise<ClickResult> {
  const surface = surfaceOf(actor, target);
  const found = findElement(surface, selector);
  const { element, block } = found;
  const chosen = choose(
    element,
    selector,
    options.option,
    await suggestionsFor(actor, surface, found, options.option),
  );
  const asks = element['confirm'] !== undefined;
  if (asks && options.confirm === undefined)
    throw new Error(`“${wordsOf(element)}” asks first; say yes or no.`);
  if (!asks && options.confirm !== undefined) throw new Error(`“${wordsOf(element)}” does not ask first.`);
  if (options.confirm === false) return { shown: 'declined', failure: null };
  if (fieldOf(element) !== null) setValue(actor, surface, found, chosen);
  if (block['type'] === 'input' && block['dispatch_action'] !== true)
    return { shown: 'filled', failure: null };
  const now = surfaceOf(actor, target);
  const payload = {
    type: 'block_actions',
    ...common(actor),
    ...containerOf(actor, now, found),
    trigger_id: actor.triggers.give(actor.user.id, surface.view?.id ?? null),
    ...(surface.view === null
      ? { state: { values: valuesHere(actor, now) }, response_url: responseUrl(actor, surface) }
      : {}),
    actions: [action(actor, found, chosen)],
  };
  const send = async () => await interact(actor, payload, { acceptsAnswer: false, channel: surface.channel });
  const [answer] = await Promise.all([send(), ...(options.again === true ? [send()] : [])]);
  return answer.ok ? { shown: 'sent', failure: null } : { shown: 'failed', failure: TROUBLE };
}

function choose(
  element: Json,
  selector: Selector,
  given: Entry | undefined,
  suggested: readonly Json[],
): Json {
  const field = fieldOf(element);
  // An overflow menu may be named by the line in it.
  const entry = given ?? (typeof selector === 'string' && hasLine(element, selector) ? selector : undefined);
  if (element['type'] === 'overflow') {
    if (entry === undefined) throw new Error('Say which line of the menu.');
    return { type: 'overflow', selected_option: optionOf(element, String(entry)) };
  }
  if (field === null) return {};
  if (entry === undefined) throw new Error(`Say what is chosen in “${wordsOf(element)}”.`);
  return valueFor(element, entry, suggested);
}

function hasLine(element: Json, words: string): boolean {
  return optionsOf(element).some((option) => textOf(option) === words);
}

function action(actor: Actor, { element, block }: Found, chosen: Json): Json {
  const shared = {
    type: element['type'],
    action_id: element['action_id'],
    block_id: block['block_id'],
    action_ts: actor.workspace.nextTs(),
  };
  if (fieldOf(element) !== null || element['type'] === 'overflow') {
    const placeholder = element['placeholder'];
    return { ...shared, ...(placeholder === undefined ? {} : { placeholder }), ...chosen };
  }
  const kept = ['text', 'value', 'style', 'url'].filter((name) => element[name] !== undefined);
  return { ...shared, ...Object.fromEntries(kept.map((name) => [name, element[name]])) };
}

function responseUrl({ responses, user }: Actor, { channel, message, ephemeral, threadTs }: Surface): string {
  const ts = message?.ts ?? ephemeral?.ts ?? '';
  return responses.give({
    user: user.id,
    channel: channel ?? '',
    original: { ts, ephemeralId: ephemeral?.id ?? null },
    threadTs: threadTs === ts ? null : threadTs,
  });
}

async function suggestionsFor(
  actor: Actor,
  surface: Surface,
  found: Found,
  entry: Entry | undefined,
): Promise<Json[]> {
  if (!String(found.element['type']).endsWith('external_select') || entry === undefined) return [];
  return await suggest(actor, surface, found, String(Array.isArray(entry) ? (entry[0] ?? '') : entry));
}

/** Types into a menu whose lines the app gives. */
export async function suggest(actor: Actor, surface: Surface, found: Found, query: string): Promise<Json[]> {
  const { element, block } = found;
  const payload = {
    type: 'block_suggestion',
    ...common(actor),
    ...containerOf(actor, surface, found),
    action_id: element['action_id'],
    block_id: block['block_id'],
    value: query,
  };
  const answer = await interact(actor, payload, { acceptsAnswer: true, channel: surface.channel });
  if (!answer.ok) throw new Error(`The menu stayed empty: ${errorName(answer)}.`);
  const said = validateOptions(answer.payload);
  if (said.length > 0) {
    actor.problem(`the lines of “${wordsOf(element)}”: ${said.join('; ')}`);
    return [];
  }
  return optionsOf(answer.payload).filter(isJson);
}
