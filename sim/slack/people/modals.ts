import * as z from 'zod';
import { Refusal } from '../api/refusal.ts';
import { isJson } from '../state/normalise.ts';
import type { FormValues, Json, OpenView } from '../state/types.ts';
import { blocksOf, wireView } from '../views.ts';
import { type Actor, common, fail, interact, TROUBLE } from './actor.ts';
import { type Entry, textOf, valueFor } from './choices.ts';
import { elementsOf, type Found, fieldOf } from './values.ts';

/**
 * What happened on the screen after *submit*; what is open now is among the modals. Errors by block_id: `by` says
 * whether Slack refused before the app heard of it.
 */
export type Submitted =
  | 'closed'
  | 'updated'
  | 'pushed'
  | 'cleared'
  | 'failed'
  | { readonly errors: Readonly<Record<string, string>>; readonly by: 'slack' | 'app' };

const Answer = z.union([
  z.strictObject({}).transform(() => ({ response_action: 'close' as const })),
  z.strictObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string().min(1)) }),
  z.strictObject({ response_action: z.enum(['update', 'push']), view: z.unknown() }),
  z.strictObject({ response_action: z.literal('clear') }),
]);

/** Fills inputs of an open view: by label, block_id or action_id. Tells the app nothing. */
export function fill(actor: Actor, view: OpenView, entries: Readonly<Record<string, Entry>>): OpenView {
  let values: FormValues = view.values;
  for (const [name, entry] of Object.entries(entries)) {
    const { element, block } = inputNamed(view, name);
    const blockId = String(block['block_id']);
    values = {
      ...values,
      [blockId]: { ...values[blockId], [String(element['action_id'])]: valueFor(element, entry) },
    };
  }
  return actor.views.fill(view, values);
}

export async function submit(
  actor: Actor,
  entries: Readonly<Record<string, Entry>>,
  options: { readonly view?: OpenView; readonly again?: boolean } = {},
): Promise<Submitted> {
  const view = fill(actor, openView(actor, options.view), entries);
  if (view.view['submit'] === undefined) throw new Error('This view has nothing to submit.');
  const missing = incomplete(view);
  if (Object.keys(missing).length > 0) {
    actor.views.complain(view, missing);
    return { errors: missing, by: 'slack' };
  }
  const payload = {
    type: 'view_submission',
    ...common(actor),
    trigger_id: actor.triggers.give(actor.user.id, view.id),
    view: wireView(view),
    response_urls: responseUrls(actor, view),
  };
  const send = async () => await interact(actor, payload, { acceptsAnswer: true, channel: null });
  const [answer] = await Promise.all([send(), ...(options.again === true ? [send()] : [])]);
  if (!answer.ok) return 'failed';
  try {
    return follow(actor, view, answer.payload);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    actor.problem(`the answer to a submission: ${refusal.error} ${JSON.stringify(refusal.more)}`);
    fail(actor, null, refusal.error, TROUBLE);
    return 'failed';
  }
}

/** Does what the acknowledgement says. @throws Refusal when Slack would not */
function follow(actor: Actor, view: OpenView, payload: Json): Submitted {
  const { views, user } = actor;
  const read = Answer.safeParse(payload);
  if (!read.success) throw new Refusal('invalid_response_action', { because: z.prettifyError(read.error) });
  const answer = read.data;
  // The app may have changed it meanwhile.
  const now = views.find(view.id);
  if (answer.response_action === 'clear') {
    for (const open of views.stack(user.id).toReversed()) views.close(open);
    return 'cleared';
  }
  if (now === null) return 'closed';
  if (answer.response_action === 'close') {
    views.close(now);
    return 'closed';
  }
  if (answer.response_action === 'errors') {
    const blocks = blocksOf(now.view).filter(({ type }) => type === 'input');
    const strangers = Object.keys(answer.errors).filter(
      (id) => !blocks.some(({ block_id }) => block_id === id),
    );
    if (strangers.length > 0) throw new Refusal('invalid_errors', { unknown_block_ids: strangers });
    views.complain(now, answer.errors);
    return { errors: answer.errors, by: 'app' };
  }
  if (answer.response_action === 'update') {
    views.update(now, answer.view, null);
    return 'updated';
  }
  views.push(user.id, answer.view);
  return 'pushed';
}

/** Closes the view on top, or with `all` the whole stack, as the cross does. */
export async function close(
  actor: Actor,
  options: { readonly view?: OpenView; readonly all?: boolean } = {},
): Promise<void> {
  const { views, user } = actor;
  const view = openView(actor, options.view);
  const all = options.all === true || view.view['clear_on_close'] === true;
  const gone = all ? views.stack(user.id).toReversed() : [view];
  for (const one of gone) views.close(one);
  const told = gone.filter((one) => one.view['notify_on_close'] === true);
  await Promise.all(
    told.map(async (one) => {
      const payload = { type: 'view_closed', ...common(actor), view: wireView(one), is_cleared: all };
      await interact(actor, payload, { acceptsAnswer: false, channel: null });
    }),
  );
}

function openView({ views, user }: Actor, asked: OpenView | undefined): OpenView {
  const view = asked === undefined ? views.stack(user.id).at(-1) : views.find(asked.id);
  if (view == null || view.user !== user.id) throw new Error(`${user.name} has no such modal open.`);
  return view;
}

function inputNamed(view: OpenView, name: string): Found {
  const inputs = elementsOf(blocksOf(view.view)).filter(({ element }) => fieldOf(element) !== null);
  const found = inputs.find(({ block, element }) => {
    const label = isJson(block['label']) ? textOf({ text: block['label'] }) : null;
    return label === name || block['block_id'] === name || element['action_id'] === name;
  });
  if (found !== undefined) return found;
  throw new Error(
    `There is no input “${name}”; there are: ${inputs.map(({ block }) => labelOf(block)).join(', ') || 'none'}.`,
  );
}

function labelOf(block: Json): string {
  return isJson(block['label']) ? textOf({ text: block['label'] }) : String(block['block_id']);
}

/** What Slack's client refuses before the app hears of it, by block_id. */
function incomplete(view: OpenView): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const { element, block } of elementsOf(blocksOf(view.view))) {
    if (block['type'] !== 'input') continue;
    const blockId = String(block['block_id']);
    const value = view.values[blockId]?.[String(element['action_id'])]?.[fieldOf(element) ?? ''];
    const empty = value == null || value === '' || (Array.isArray(value) && value.length === 0);
    const said = empty ? emptySaid(block) : wrong(element, value);
    if (said !== null) errors[blockId] = said;
  }
  return errors;
}

function emptySaid(block: Json): string | null {
  return block['optional'] === true ? null : 'Please complete this required field.';
}

function wrong(element: Json, value: unknown): string | null {
  const { type, min_length: least, max_length: most, max_selected_items: items } = element;
  const length = typeof value === 'string' ? [...value].length : 0;
  if (type === 'plain_text_input' && typeof least === 'number' && length < least) {
    return `This field must have at least ${least} characters.`;
  }
  if (type === 'plain_text_input' && length > (typeof most === 'number' ? most : 3_000))
    return 'This is too long.';
  if (type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(String(value))) return 'Enter a valid email.';
  if (type === 'url_text_input' && !URL.canParse(String(value))) return 'Enter a valid URL.';
  if (type === 'number_input') return wrongNumber(element, String(value));
  if (typeof items === 'number' && Array.isArray(value) && value.length > items)
    return `Choose at most ${items}.`;
  return null;
}

function wrongNumber(element: Json, value: string): string | null {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) return 'Enter a number.';
  if (element['is_decimal_allowed'] === false && !Number.isInteger(number)) return 'Enter a whole number.';
  const { min_value: least, max_value: most } = element;
  if (least !== undefined && number < Number(least)) return `Enter ${String(least)} or more.`;
  return most !== undefined && number > Number(most) ? `Enter ${String(most)} or less.` : null;
}

function responseUrls({ responses, user }: Actor, view: OpenView): Json[] {
  return elementsOf(blocksOf(view.view)).flatMap(({ element, block }) => {
    if (element['response_url_enabled'] !== true) return [];
    const value = view.values[String(block['block_id'])]?.[String(element['action_id'])];
    const channel = value?.['selected_conversation'] ?? value?.['selected_channel'];
    if (typeof channel !== 'string') return [];
    const response_url = responses.give({ user: user.id, channel, original: null, threadTs: null });
    return [
      { block_id: block['block_id'], action_id: element['action_id'], channel_id: channel, response_url },
    ];
  });
}
