import { isElement, isJson } from '../state/normalise.ts';
import type { FormValues, Json } from '../state/types.ts';

/** An element that a person can use, with the block that it stands in. */
export interface Found {
  readonly element: Json;
  readonly block: Json;
  /** Null: in the message itself; else the attachment's number. */
  readonly attachmentId: number | null;
}

/** Everything that can be used in these blocks, in reading order. */
export function elementsOf(blocks: readonly Json[], attachmentId: number | null = null): Found[] {
  return blocks.flatMap((block) => {
    const inside = [block['accessory'], block['element'], block['elements'], block['actions']].flatMap(
      listOf,
    );
    const cards = block['type'] === 'carousel' ? listOf(block['elements']) : [];
    const own = inside.filter(isElement).map((element) => ({ element, block, attachmentId }));
    return [...own, ...elementsOf([...cards, ...listOf(block['child_blocks'])], attachmentId)];
  });
}

/** The same for a whole message with its attachments. */
export function elementsOfMessage(message: {
  readonly blocks?: readonly Json[];
  readonly attachments?: readonly Json[];
}): Found[] {
  const attached = (message.attachments ?? []).flatMap((attachment) =>
    elementsOf(listOf(attachment['blocks']), Number(attachment['id'])),
  );
  return [...elementsOf(message.blocks ?? []), ...attached];
}

function listOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.filter(isJson);
  return isJson(value) ? [value] : [];
}

/** The field of Slack's value object in which an input keeps its value; absent: it keeps none (a button). */
const FIELDS: Readonly<
  Record<string, { readonly field: string; readonly initial: string; readonly empty: unknown }>
> = {
  plain_text_input: { field: 'value', initial: 'initial_value', empty: null },
  email_text_input: { field: 'value', initial: 'initial_value', empty: null },
  url_text_input: { field: 'value', initial: 'initial_value', empty: null },
  number_input: { field: 'value', initial: 'initial_value', empty: null },
  rich_text_input: { field: 'rich_text_value', initial: 'initial_value', empty: null },
  file_input: { field: 'files', initial: '', empty: [] },
  static_select: { field: 'selected_option', initial: 'initial_option', empty: null },
  external_select: { field: 'selected_option', initial: 'initial_option', empty: null },
  radio_buttons: { field: 'selected_option', initial: 'initial_option', empty: null },
  multi_static_select: { field: 'selected_options', initial: 'initial_options', empty: [] },
  multi_external_select: { field: 'selected_options', initial: 'initial_options', empty: [] },
  checkboxes: { field: 'selected_options', initial: 'initial_options', empty: [] },
  users_select: { field: 'selected_user', initial: 'initial_user', empty: null },
  multi_users_select: { field: 'selected_users', initial: 'initial_users', empty: [] },
  channels_select: { field: 'selected_channel', initial: 'initial_channel', empty: null },
  multi_channels_select: { field: 'selected_channels', initial: 'initial_channels', empty: [] },
  conversations_select: { field: 'selected_conversation', initial: 'initial_conversation', empty: null },
  multi_conversations_select: {
    field: 'selected_conversations',
    initial: 'initial_conversations',
    empty: [],
  },
  datepicker: { field: 'selected_date', initial: 'initial_date', empty: null },
  timepicker: { field: 'selected_time', initial: 'initial_time', empty: null },
  datetimepicker: { field: 'selected_date_time', initial: 'initial_date_time', empty: null },
};

export function fieldOf(element: Json): string | null {
  return FIELDS[String(element['type'])]?.field ?? null;
}

/** The values of all inputs: those known before where the input is still the same, else the initial ones. */
export function keptValues(blocks: readonly Json[], before: FormValues): FormValues {
  return valuesOf(elementsOf(blocks), before);
}

export function valuesOf(found: readonly Found[], before: FormValues): FormValues {
  const values: Record<string, Record<string, Json>> = {};
  for (const { element, block } of found) {
    const kind = FIELDS[String(element['type'])];
    if (kind === undefined) continue;
    const [blockId, actionId] = [String(block['block_id']), String(element['action_id'])];
    const known = before[blockId]?.[actionId];
    const fresh = { type: element['type'], [kind.field]: element[kind.initial] ?? kind.empty };
    values[blockId] = {
      ...values[blockId],
      [actionId]: known !== undefined && known['type'] === element['type'] ? known : fresh,
    };
  }
  return values;
}
