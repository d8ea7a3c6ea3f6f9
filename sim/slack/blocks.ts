import * as z from 'zod';

/** Slack's limits of Block Kit, as far as a bot of buttons, text and forms meets them (reference: blocks, elements). */
const text = (most: number) => z.string().min(1).max(most);
const Plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(most), emoji: z.boolean().optional() });
const Mrkdwn = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: text(most), verbatim: z.boolean().optional() });
const AnyText = (most: number) => z.discriminatedUnion('type', [Plain(most), Mrkdwn(most)]);
const Id = text(255);

const Confirm = z.strictObject({
  title: Plain(100),
  text: AnyText(300),
  confirm: Plain(30),
  deny: Plain(30),
  style: z.enum(['primary', 'danger']).optional(),
});
const Button = z.strictObject({
  type: z.literal('button'),
  text: Plain(75),
  action_id: Id,
  value: text(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: Confirm.optional(),
  accessibility_label: text(75).optional(),
});
const Option = z.strictObject({ text: AnyText(75), value: text(150), description: AnyText(75).optional() });
const Overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: Id,
  options: z.array(Option).min(1).max(5),
  confirm: Confirm.optional(),
});
const Select = z.strictObject({
  type: z.literal('static_select'),
  action_id: Id,
  options: z.array(Option).min(1).max(100),
  initial_option: Option.optional(),
  placeholder: Plain(150).optional(),
  confirm: Confirm.optional(),
});
const Ticks = z.strictObject({
  type: z.literal('checkboxes'),
  action_id: Id,
  options: z.array(Option).min(1).max(10),
  initial_options: z.array(Option).optional(),
});
const Input = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: Id,
  multiline: z.boolean().optional(),
  initial_value: z.string().max(3000).optional(),
  min_length: z.number().int().min(0).max(3000).optional(),
  max_length: z.number().int().min(1).max(3000).optional(),
  placeholder: Plain(150).optional(),
});
const RichText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: Id.optional(),
  elements: z
    .array(
      z.looseObject({
        type: z.enum(['rich_text_section', 'rich_text_preformatted', 'rich_text_list', 'rich_text_quote']),
        elements: z.array(z.looseObject({ type: z.string() })),
      }),
    )
    .min(1),
});

const Block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), block_id: Id.optional(), text: Plain(150) }),
  z.strictObject({
    type: z.literal('section'),
    block_id: Id.optional(),
    text: AnyText(3000).optional(),
    fields: z.array(AnyText(2000)).min(1).max(10).optional(),
    accessory: z.discriminatedUnion('type', [Button, Overflow, Select]).optional(),
    expand: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('context'),
    block_id: Id.optional(),
    elements: z.array(AnyText(3000)).min(1).max(10),
  }),
  z.strictObject({ type: z.literal('divider'), block_id: Id.optional() }),
  z.strictObject({
    type: z.literal('actions'),
    block_id: Id.optional(),
    elements: z
      .array(z.discriminatedUnion('type', [Button, Overflow, Select]))
      .min(1)
      .max(25),
  }),
  z.strictObject({
    type: z.literal('input'),
    block_id: Id.optional(),
    label: Plain(2000),
    hint: Plain(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: z.discriminatedUnion('type', [Input, Select, Ticks]),
  }),
  RichText,
]);

const View = z.strictObject({
  type: z.literal('modal'),
  callback_id: Id.optional(),
  private_metadata: z.string().max(3000).optional(),
  external_id: Id.optional(),
  title: Plain(24),
  submit: Plain(24).optional(),
  close: Plain(24).optional(),
  notify_on_close: z.boolean().optional(),
  clear_on_close: z.boolean().optional(),
  blocks: z.array(z.unknown()).min(1).max(100),
});

/** Undocumented; seen between 12,000 and 13,200 characters over all text of a message's blocks. */
const CUMULATIVE = 12_000;

export interface Refusal {
  readonly error: 'invalid_blocks' | 'msg_blocks_too_long' | 'msg_too_long' | 'invalid_arguments';
  readonly messages: readonly string[];
}

/** What Slack would say of these blocks; null: it takes them. */
export function refuseBlocks(blocks: unknown, most = 50): Refusal | null {
  const read = z.array(z.unknown()).max(most).safeParse(blocks);
  if (!read.success)
    return {
      error: 'invalid_blocks',
      messages: [`no more than ${most} items allowed [json-pointer:/blocks]`],
    };
  const messages = read.data.flatMap((block, place) => {
    const one = Block.safeParse(block);
    return one.success
      ? twice(one.data, place)
      : one.error.issues.map(
          ({ path, message }) => `${message} [json-pointer:/blocks/${[place, ...path].join('/')}]`,
        );
  });
  const ids = read.data.flatMap((block) =>
    typeof block === 'object' && block !== null && 'block_id' in block ? [String(block.block_id)] : [],
  );
  if (new Set(ids).size < ids.length) messages.push('block_id is not unique [json-pointer:/blocks]');
  if (messages.length > 0) return { error: 'invalid_blocks', messages };
  if (lengthOf(read.data) > CUMULATIVE) return { error: 'msg_blocks_too_long', messages: [] };
  return null;
}

/** What Slack would say of a modal; null: it takes it. */
export function refuseView(view: unknown): Refusal | null {
  const read = View.safeParse(view);
  if (!read.success) return { error: 'invalid_arguments', messages: [z.prettifyError(read.error)] };
  if (JSON.stringify(view).length > 250_000)
    return { error: 'invalid_arguments', messages: ['the view is over 250 KB'] };
  const inputs = read.data.blocks.some(
    (block) => typeof block === 'object' && block !== null && 'type' in block && block.type === 'input',
  );
  if (inputs && read.data.submit === undefined)
    return { error: 'invalid_arguments', messages: ['missing required field: submit [json-pointer:/view]'] };
  return refuseBlocks(read.data.blocks, 100);
}

/** An action_id may stand once in its block. A section says something. */
function twice(block: z.infer<typeof Block>, place: number): string[] {
  if (block.type === 'section' && block.text === undefined && block.fields === undefined)
    return [`must have text or fields [json-pointer:/blocks/${place}]`];
  if (block.type !== 'actions') return [];
  const ids = block.elements.map(({ action_id }) => action_id);
  return new Set(ids).size < ids.length
    ? [`action_id is not unique [json-pointer:/blocks/${place}/elements]`]
    : [];
}

function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + lengthOf(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? inner.length : lengthOf(inner)),
    0,
  );
}
