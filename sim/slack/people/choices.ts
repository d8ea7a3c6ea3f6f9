import { isJson } from '../state/normalise.ts';
import type { Json } from '../state/types.ts';
import { unescaped } from '../state/words.ts';
import { fieldOf } from './values.ts';

/** What a person enters: words, a choice by its text or value, several of them, or a time in epoch seconds. */
export type Entry = string | number | readonly string[];

/** The value object that Slack makes of an entry. @throws Error when the element does not offer that */
export function valueFor(element: Json, entry: Entry, suggested: readonly Json[] = []): Json {
  const type = String(element['type']);
  const field = fieldOf(element);
  if (field === null) throw new Error(`A ${type} keeps no value.`);
  if (field === 'selected_option')
    return { type, [field]: optionOf(element, single(entry, type), suggested) };
  if (field === 'selected_options') {
    return { type, [field]: several(entry).map((one) => optionOf(element, one, suggested)) };
  }
  if (Array.isArray(entry) || type.startsWith('multi_')) return { type, [field]: several(entry) };
  if (type === 'datepicker')
    return { type, [field]: matching(single(entry, type), /^\d{4}-\d{2}-\d{2}$/, 'YYYY-MM-DD') };
  if (type === 'timepicker')
    return { type, [field]: matching(single(entry, type), /^\d{2}:\d{2}$/, 'HH:mm') };
  if (type === 'datetimepicker') return { type, [field]: Number(entry) };
  if (type === 'rich_text_input') {
    const section = { type: 'rich_text_section', elements: [{ type: 'text', text: String(entry) }] };
    return { type, [field]: { type: 'rich_text', elements: [section] } };
  }
  const text = single(entry, type);
  return { type, [field]: text === '' ? null : text };
}

export function optionOf(element: Json, wanted: string, suggested: readonly Json[] = []): Json {
  const offered = [...optionsOf(element), ...suggested];
  const found =
    offered.find((option) => option['value'] === wanted) ??
    offered.find((option) => textOf(option) === wanted);
  if (found !== undefined) return found;
  throw new Error(`There is no choice “${wanted}”; there are: ${offered.map(textOf).join(', ') || 'none'}.`);
}

/** All options of a menu, those in groups too. */
export function optionsOf(element: Json): Json[] {
  const groups = Array.isArray(element['option_groups']) ? element['option_groups'].filter(isJson) : [];
  return [element, ...groups].flatMap(({ options }) =>
    Array.isArray(options) ? options.filter(isJson) : [],
  );
}

/** The words on a button, an option, a label: as they are read, not as they are escaped. */
export function textOf(part: Json): string {
  const text = isJson(part['text']) ? part['text']['text'] : part['text'];
  return unescaped(String(text ?? ''));
}

function single(entry: Entry, type: string): string {
  if (typeof entry === 'object') throw new Error(`A ${type} takes one value.`);
  return String(entry);
}

function several(entry: Entry): readonly string[] {
  return typeof entry === 'object' ? entry : [String(entry)].filter((one) => one !== '');
}

function matching(text: string, pattern: RegExp, shape: string): string | null {
  if (text === '') return null;
  if (!pattern.test(text)) throw new Error(`“${text}” is not ${shape}.`);
  return text;
}
