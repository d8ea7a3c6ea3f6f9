import type { InputBlock, ModalView } from '@slack/types';
import * as z from 'zod';
import type { Field, Offer } from '../domain/offer.ts';
import { plainText, quoted, section } from './kit.ts';

export const FIELDS_CALLBACK = 'oms_fields';

/** The form of an offer. Its answers come back with the offer's id and nothing else that decides. */
export function fieldsModal(offer: Pick<Offer, 'id' | 'title' | 'fields' | 'preview'>): ModalView {
  return {
    type: 'modal',
    callback_id: FIELDS_CALLBACK,
    private_metadata: offer.id,
    title: plainText(offer.title, 24),
    submit: plainText('Ask for approval', 24),
    close: plainText('Cancel', 24),
    blocks: [section(offer.preview.map(quoted)), ...offer.fields.map(input)],
  };
}

function input(field: Field): InputBlock {
  const base = {
    type: 'input' as const,
    block_id: field.name,
    label: plainText(field.label, 2_000),
    optional: field.optional ?? field.kind === 'tick',
  };
  const options = (field.options ?? []).map(({ value, text }) => ({ text: plainText(text, 75), value }));
  if (field.kind === 'select')
    return { ...base, element: { type: 'static_select', action_id: 'answer', options } };
  if (field.kind === 'tick')
    return { ...base, element: { type: 'checkboxes', action_id: 'answer', options } };
  return {
    ...base,
    element: {
      type: 'plain_text_input',
      action_id: 'answer',
      multiline: field.kind === 'long-text',
      ...(field.minLength === undefined ? {} : { min_length: field.minLength }),
      ...(field.maxLength === undefined ? {} : { max_length: field.maxLength }),
    },
  };
}

const Answer = z.looseObject({
  value: z.string().nullish(),
  selected_option: z.looseObject({ value: z.string() }).nullish(),
  selected_options: z.array(z.looseObject({ value: z.string() })).nullish(),
});

/** The answers of a submitted form by field name; an empty one is left out. */
export function answersOf(values: unknown): Readonly<Record<string, string>> {
  const read = z.record(z.string(), z.record(z.string(), Answer)).safeParse(values);
  if (!read.success) return {};
  return Object.fromEntries(
    Object.entries(read.data).flatMap(([field, elements]) => {
      const answer = elements['answer'];
      const text = answer?.value ?? answer?.selected_option?.value ?? answer?.selected_options?.[0]?.value;
      return text == null || text === '' ? [] : [[field, text]];
    }),
  );
}
