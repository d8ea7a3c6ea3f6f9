import type { InputBlock, ModalView, PlainTextOption, SectionBlock } from '@slack/types';
import * as z from 'zod';
import type { Field, Offer } from '../domain/offer.ts';
import { asksFirst } from './card-offers.ts';
import { plainText, section } from './kit.ts';
import { cut, said, type Words, words } from './words.ts';

export const FIELDS_CALLBACK = 'oms_fields';
export const CONFIRM_CALLBACK = 'oms_confirm';
/** A form whose answers are kept nowhere. */
export const QUESTION_CALLBACK = 'oms_question';

/** A message's shortcut, and the form that it opens. */
export const REPORT_CALLBACK = 'oms_report';

type Asking = Pick<
  Offer,
  'id' | 'title' | 'fields' | 'preview' | 'notes' | 'binding' | 'tier' | 'targets' | 'question'
>;

/** Of a long preview the end is cut, never what the runbook says of the action and what must still be true for it. */
function toRead({ preview, notes = [], binding }: Asking, ...before: readonly Words[]): SectionBlock[] {
  return [
    section([...before, ...preview.map((line) => words`${line}`)]),
    section([...notes, binding.words].map((line) => words`${line}`)),
  ];
}

/** So long a window's title may be, characters. */
const TITLE = 24;

/** The form of an offer. Its answers come back with the offer's id and nothing else that decides. */
function fieldsModal(offer: Asking): ModalView {
  return {
    type: 'modal',
    callback_id: offer.question ? QUESTION_CALLBACK : FIELDS_CALLBACK,
    private_metadata: offer.id,
    title: plainText(offer.title, TITLE),
    submit: plainText(
      offer.question ? 'Ask' : offer.tier === 'guarded' ? 'Ask for approval' : 'Yes, run it',
      24,
    ),
    close: plainText('Cancel', 24),
    // A name that is cut short above is written out here.
    blocks: [
      ...toRead(offer, ...(offer.title.length > TITLE ? [words`*${offer.title}*`] : [])),
      ...offer.fields.map(input),
    ],
  };
}

/**
 * What a line of the menu opens: the form, or the dialog that a button would have had, as a window of its own, because
 * a menu has one dialog for all its lines. Null: nothing is asked, it runs like a button.
 */
export function windowOf(offer: Asking): ModalView | null {
  if (offer.fields.length > 0) return fieldsModal(offer);
  if (!asksFirst(offer)) return null;
  return {
    type: 'modal',
    callback_id: CONFIRM_CALLBACK,
    private_metadata: offer.id,
    title: plainText(offer.title, 24),
    submit: plainText(offer.question ? 'Yes, ask' : 'Yes, run it', 24),
    close: plainText('Not now', 24),
    blocks: toRead(offer, words`*${offer.title}?*`),
  };
}

/**
 * The form of a complaint, with the words of the message that it is about.
 * @param key what makes it one complaint, however often it is sent
 */
export function reportModal(about: {
  readonly key: string;
  readonly text: string;
  readonly choices: NonNullable<Field['options']>;
  readonly chosen: string | undefined;
}): ModalView {
  const fields: readonly Field[] = [
    {
      name: 'runbook',
      label: 'What is it about?',
      kind: 'select',
      options: about.choices,
      ...(about.chosen === undefined ? {} : { initial: about.chosen }),
    },
    {
      name: 'text',
      label: 'What did you hear?',
      kind: 'long-text',
      maxLength: FORM.text,
      hint: 'It goes into the incident’s thread. No card numbers or addresses, please.',
      ...(about.text.trim() === '' ? {} : { initial: about.text }),
    },
  ];
  return {
    type: 'modal',
    callback_id: REPORT_CALLBACK,
    private_metadata: about.key,
    title: plainText('Report a problem', 24),
    submit: plainText('Report it', 24),
    close: plainText('Cancel', 24),
    blocks: fields.map(input),
  };
}

/** What came of a window's yes, in the same window. */
export function toldModal(title: string, because: string): ModalView {
  return {
    type: 'modal',
    title: plainText(title, 24),
    close: plainText('Close', 24),
    blocks: [section([said(because)])],
  };
}

/** Slack's own bounds of a form. */
const FORM = { label: 2_000, hint: 2_000, text: 3_000, options: 100, ticks: 10 } as const;

function input(field: Field): InputBlock {
  return {
    type: 'input',
    block_id: field.name,
    label: plainText(field.label, FORM.label),
    optional: field.optional ?? false,
    ...(field.hint === undefined ? {} : { hint: plainText(field.hint, FORM.hint) }),
    element: elementOf(field),
  };
}

function elementOf(field: Field): InputBlock['element'] {
  const options = (field.options ?? []).map(({ value, text }) => ({ text: plainText(text, 75), value }));
  const chosen: PlainTextOption | undefined = options.find(({ value }) => value === field.initial);
  if (field.kind === 'select') {
    return {
      type: 'static_select',
      action_id: 'answer',
      options: options.slice(0, FORM.options),
      ...(chosen === undefined ? {} : { initial_option: chosen }),
    };
  }
  if (field.kind === 'tick') {
    return {
      type: 'checkboxes',
      action_id: 'answer',
      options: options.slice(0, FORM.ticks),
      ...(chosen === undefined ? {} : { initial_options: [chosen] }),
    };
  }
  if (field.kind === 'number') {
    return {
      type: 'number_input',
      action_id: 'answer',
      is_decimal_allowed: false,
      ...(field.least === undefined ? {} : { min_value: String(field.least) }),
      ...(field.most === undefined ? {} : { max_value: String(field.most) }),
      ...(field.initial === undefined ? {} : { initial_value: field.initial }),
    };
  }
  if (field.kind === 'date') {
    return {
      type: 'datepicker',
      action_id: 'answer',
      ...(field.initial === undefined ? {} : { initial_date: field.initial }),
    };
  }
  const most = Math.min(field.maxLength ?? FORM.text, FORM.text);
  return {
    type: 'plain_text_input',
    action_id: 'answer',
    multiline: field.kind === 'long-text',
    ...(field.minLength === undefined ? {} : { min_length: field.minLength }),
    ...(field.maxLength === undefined ? {} : { max_length: most }),
    ...(field.initial === undefined ? {} : { initial_value: cut(field.initial, most) }),
  };
}

const Answer = z.looseObject({
  value: z.string().nullish(),
  selected_date: z.string().nullish(),
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
      const text =
        answer?.value ??
        answer?.selected_date ??
        answer?.selected_option?.value ??
        answer?.selected_options?.[0]?.value;
      return text == null || text === '' ? [] : [[field, text]];
    }),
  );
}
