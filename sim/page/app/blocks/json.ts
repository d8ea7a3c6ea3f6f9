/** A block, an element, a text object as it came over the wire. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** The words of a text object or of plain text, as they are read and not as they are escaped. */
export function wordsOf(value: unknown): string {
  const text = isJson(value) ? value['text'] : value;
  return String(text ?? '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** One line of a menu, or a box to tick. */
export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly hint: string;
  /** The heading above it; empty without one. */
  readonly group: string;
  readonly url: string | null;
}

/** All lines of a menu, those in groups too. */
export function choicesOf(element: Json): readonly Choice[] {
  const own = listOf(element['options']).map((option) => choice(option, ''));
  const grouped = listOf(element['option_groups']).flatMap((group) =>
    listOf(group['options']).map((option) => choice(option, wordsOf(group['label']))),
  );
  return [...own, ...grouped];
}

function choice(option: Json, group: string): Choice {
  return {
    value: String(option['value']),
    text: wordsOf(option['text']),
    hint: wordsOf(option['description']),
    group,
    url: typeof option['url'] === 'string' ? option['url'] : null,
  };
}
