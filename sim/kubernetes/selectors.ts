import type { JsonObject } from '../world/cluster.ts';
import { badRequest } from './status.ts';

type Test = (labels: Readonly<Record<string, unknown>>) => boolean;

/**
 * A label selector: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas.
 * @throws Refusal 400 for anything else
 */
export function labelTest(selector: string): Test {
  const parts = selector.trim() === '' ? [] : splitOutside(selector);
  const tests: Test[] = parts.map((part, index) => {
    const set = /^([\w./-]+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(part);
    if (set !== null) {
      const values = (set[3] ?? '').split(',').map((value) => value.trim());
      const key = set[1] ?? '';
      return (labels) => values.includes(String(labels[key] ?? '')) === (set[2] === 'in');
    }
    const pair = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(part);
    if (pair !== null) {
      const [, key = '', operator, value = ''] = pair;
      return (labels) => (labels[key] === value) === (operator !== '!=');
    }
    const bare = /^(!?)([\w./-]+)$/.exec(part);
    if (bare !== null) return (labels) => (bare[2] ?? '') in labels === (bare[1] === '');
    throw badRequest(notUnderstood(part, index));
  });
  return (labels) => tests.every((test) => test(labels));
}

/** In the words of the parser, which reads from the left. */
function notUnderstood(part: string, index: number): string {
  if (part === '' && index === 0) return "found ',', expected: !, identifier, or 'end of string'";
  if (part === '') return "found '', expected: identifier after ','";
  const behind = /^[\w./-]+\s*(?:==|=|!=)\s*[\w.-]*\s+(\S+)/.exec(part)?.[1];
  if (behind !== undefined) return `found '${behind}', expected: ',' or 'end of string'`;
  const operator = /^[\w./-]+\s+(\S+)/.exec(part)?.[1] ?? part;
  return `unable to parse requirement: found '${operator}', expected: in, notin, =, ==, !=, gt, lt`;
}

/** A field selector over the fields that this kind knows. @throws Refusal 400 for any other field */
export function fieldTest(selector: string, known: readonly string[]): (item: JsonObject) => boolean {
  const parts = splitOutside(selector).filter((part) => part !== '');
  const tests = parts.map((part) => {
    const found = /^([\w.]+)(==|=|!=)(.*)$/.exec(part);
    if (found === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`);
    const [, field = '', operator, value = ''] = found;
    if (!known.includes(field)) throw badRequest(`field label not supported: ${field}`);
    return (item: JsonObject) => (String(at(item, field) ?? '') === value) === (operator !== '!=');
  });
  return (item) => tests.every((test) => test(item));
}

function at(item: JsonObject, path: string): unknown {
  let here: unknown = item;
  for (const key of path.split('.')) {
    here = typeof here === 'object' && here !== null ? (here as Record<string, unknown>)[key] : undefined;
  }
  return here;
}

/** Commas inside of parentheses do not separate. */
function splitOutside(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}
