import { type Document, isScalar, visit, type YAMLError } from 'yaml';

/** One mistake in a file, at a place in its text. */
export interface Spot {
  readonly at: number;
  readonly because: string;
}

/** What is no YAML, in words of whoever wrote it; one sentence for each place. */
export function brokenAt(text: string, errors: readonly YAMLError[]): readonly Spot[] {
  const lines = new Set<string>();
  return errors.flatMap(({ code, message, pos: [at] }) => {
    const because = sentenceOf(code, message, text.slice(at));
    // One slip in the indentation is several errors to a parser.
    const key = `${text.slice(0, at).split('\n').length} ${because}`;
    if (lines.has(key)) return [];
    lines.add(key);
    return [{ at, because }];
  });
}

const INDENTED =
  'this line or the next is not indented like its neighbours, or a text with “: ” in it is not in quotes';

function sentenceOf(code: YAMLError['code'], message: string, rest: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return `${/^["']?([^"':\r\n]*)/.exec(rest)?.[1]} stands there twice; one of them has to go`;
    case 'MULTIPLE_DOCS':
      return 'a second document begins with this ---; one file is one';
    case 'TAB_AS_INDENT':
      return 'a tab stands at the beginning of this line; YAML is indented by spaces';
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return INDENTED;
    case 'MISSING_CHAR':
      return message.startsWith('Missing closing')
        ? 'a quote that is opened here or above is not closed'
        : message;
    case 'BAD_SCALAR_START':
      return `a text that begins with ${rest[0]} goes in quotes`;
    default:
      return message;
  }
}

/** Spaces that are none to YAML, as they are pasted from a page or a chat, where a plain one has to stand. */
const ODD = /^[ -]*([\w.-]+:)?[\u00a0\u2000-\u200b\u202f\u3000]/gm;

function hexOf(found: string): string {
  return (found.codePointAt(found.length - 1) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** What YAML takes, and nobody means; and what it takes only until it is read. */
export function trapsIn(text: string, document: Document): readonly Spot[] {
  const spots: Spot[] = [...text.matchAll(ODD)].map(({ index, 0: found }) => ({
    at: index,
    because: `a space of this line is none to YAML (U+${hexOf(found)}, as pages and chats have it); type it anew`,
  }));
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key) || !isScalar(value) || value.value !== null || !key.range) return;
      if (!/^[^\s#]/.test(value.comment ?? '')) return;
      spots.push({
        at: key.range[0],
        because: `${key.value}: to YAML #${value.comment?.split('\n')[0]} is a comment, so nothing stands there; put it in quotes`,
      });
    },
    Alias: (_key, alias, path) => {
      const named = alias.resolve(document);
      const at = alias.range?.[0] ?? 0;
      if (named === undefined)
        spots.push({
          at,
          because: `no &${alias.source} comes before *${alias.source}; a text that begins with * goes in quotes`,
        });
      else if (path.some((one) => one === named))
        spots.push({ at, because: `*${alias.source} stands inside of what it stands for` });
    },
  });
  return spots;
}
