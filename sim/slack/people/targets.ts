import type { Ephemeral, FormValues, Json, Message, OpenView } from '../state/types.ts';
import { wireMessage } from '../state/wire.ts';
import { blocksOf, wireView } from '../views.ts';
import { type Actor, seenChannel } from './actor.ts';
import { optionsOf, textOf } from './choices.ts';
import { elementsOf, elementsOfMessage, type Found, valuesOf } from './values.ts';

/**
 * What a person points at: a message, something only they see, or an open view. A message or ephemeral that is handed
 * over whole is used as it stood then, as on a screen that has not caught up; named by its id, as it stands now.
 */
export type Target =
  | {
      readonly channel: string;
      readonly ts: string;
      readonly blocks?: readonly Json[];
      readonly attachments?: readonly Json[];
    }
  | { readonly ephemeralId: string }
  | { readonly viewId: string }
  | Ephemeral
  | OpenView;

/** Which element: its words or action_id; as an object when several share one. */
export type Selector =
  | string
  | {
      readonly actionId?: string;
      readonly value?: string;
      readonly text?: string;
      readonly blockId?: string;
    };

/** A target as it stands now, with everything in it that can be used. */
export interface Surface {
  readonly elements: readonly Found[];
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly message: Message | null;
  readonly ephemeral: Ephemeral | null;
  readonly view: OpenView | null;
  /** Under this key the values of its inputs are kept, for this person. */
  readonly formKey: string;
}

const FORMS = new WeakMap<object, Map<string, FormValues>>();

/** What this person has chosen in the inputs of a message or an open view. */
export function valuesHere({ workspace, user }: Actor, surface: Surface): FormValues {
  if (surface.view !== null) return surface.view.values;
  const known = FORMS.get(workspace)?.get(`${user.id} ${surface.formKey}`) ?? {};
  return valuesOf(surface.elements, known);
}

export function setValue(actor: Actor, surface: Surface, { block, element }: Found, value: Json): FormValues {
  const blockId = String(block['block_id']);
  const before = valuesHere(actor, surface);
  const values = { ...before, [blockId]: { ...before[blockId], [String(element['action_id'])]: value } };
  if (surface.view !== null) actor.views.fill(surface.view, values);
  else {
    const forms = FORMS.get(actor.workspace) ?? new Map<string, FormValues>();
    FORMS.set(actor.workspace, forms.set(`${actor.user.id} ${surface.formKey}`, values));
  }
  return values;
}

/** @throws Error when this person sees nothing there */
export function surfaceOf(actor: Actor, target: Target): Surface {
  const { workspace, user, views } = actor;
  const none = { channel: null, threadTs: null, message: null, ephemeral: null, view: null };
  if ('viewId' in target || 'rootId' in target) {
    const view = views.find('viewId' in target ? target.viewId : target.id);
    if (view === null || view.user !== user.id) throw new Error(`${user.name} has no such view open.`);
    return { ...none, view, elements: elementsOf(blocksOf(view.view)), formKey: view.id };
  }
  const ephemeralId = 'ephemeralId' in target ? target.ephemeralId : 'id' in target ? target.id : null;
  if (ephemeralId !== null) {
    const ephemeral = workspace.ephemerals.find(({ id }) => id === ephemeralId);
    if (ephemeral === undefined || ephemeral.user !== user.id)
      throw new Error(`${user.name} does not see this.`);
    const { channel, thread_ts: threadTs } = ephemeral;
    return {
      ...none,
      ephemeral,
      channel,
      threadTs,
      elements: elementsOfMessage(ephemeral),
      formKey: ephemeral.id,
    };
  }
  if (!('ts' in target)) throw new Error('This is nothing to look at.');
  const channel = seenChannel(actor, target.channel);
  const message = workspace.message(channel.id, target.ts);
  if (message === null) throw new Error('This message is gone.');
  const elements = elementsOfMessage(shownThen(target) ?? message);
  const formKey = `${channel.id} ${message.ts}`;
  return { ...none, message, channel: channel.id, threadTs: message.thread_ts ?? null, elements, formKey };
}

function shownThen(target: Target): Pick<Message, 'blocks' | 'attachments'> | null {
  if ('blocks' in target && target.blocks !== undefined) return target;
  return 'attachments' in target && target.attachments !== undefined ? target : null;
}

/** @throws Error with everything that is there */
export function findElement({ elements }: Surface, selector: Selector): Found {
  const fits =
    typeof selector === 'string'
      ? byWords(elements, selector)
      : elements.filter((one) => matches(one, selector));
  const [first] = fits;
  if (first !== undefined) return first;
  const there = elements.map(({ element }) => wordsOf(element)).join(', ');
  throw new Error(`There is no ${JSON.stringify(selector)}; there are: ${there || 'none'}.`);
}

/** Exact words first, then the action_id, then how the words begin. */
function byWords(elements: readonly Found[], words: string): Found[] {
  return [
    ...elements.filter(({ element }) => wordsOf(element) === words),
    ...elements.filter(({ element }) => element['action_id'] === words),
    ...elements.filter(({ element }) => optionsOf(element).some((option) => textOf(option) === words)),
    ...elements.filter(({ element }) => wordsOf(element).startsWith(words)),
  ];
}

function matches(
  { element, block }: Found,
  { actionId, value, text, blockId }: Exclude<Selector, string>,
): boolean {
  if (actionId !== undefined && element['action_id'] !== actionId) return false;
  if (value !== undefined && element['value'] !== value) return false;
  if (blockId !== undefined && block['block_id'] !== blockId) return false;
  return text === undefined || wordsOf(element) === text;
}

/** What is written on an element, or in it while it is empty. */
export function wordsOf(element: Json): string {
  const placeholder = element['placeholder'];
  if (element['text'] !== undefined) return textOf(element);
  return placeholder === undefined ? String(element['action_id']) : textOf({ text: placeholder });
}

/** Where something happened, as the payload says it. */
export function containerOf({ workspace }: Actor, surface: Surface, found: Found): Json {
  const { message, ephemeral, view, channel } = surface;
  if (view !== null) return { container: { type: 'view', view_id: view.id }, view: wireView(view) };
  const attachment =
    found.attachmentId === null ? {} : { attachment_id: found.attachmentId, is_app_unfurl: false };
  const thread = surface.threadTs === null ? {} : { thread_ts: surface.threadTs };
  const shared = {
    channel: { id: channel, name: workspace.channel(channel ?? '')?.name || 'directmessage' },
    container: {
      type: found.attachmentId === null ? 'message' : 'message_attachment',
      message_ts: message?.ts ?? ephemeral?.ts,
      ...attachment,
      channel_id: channel,
      is_ephemeral: ephemeral !== null,
      ...thread,
    },
  };
  return message === null ? shared : { ...shared, message: wireMessage(workspace, message, false) };
}
