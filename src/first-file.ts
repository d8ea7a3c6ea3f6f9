import { Document, Pair, Scalar, stringify, YAMLMap } from 'yaml';

export type Leaf = string | number | boolean | readonly string[];

/** One key of a file that is written for people to go on with. */
export interface Item {
  readonly key: string;
  /** Comments above it. */
  readonly notes?: readonly string[];
  /** Absent: there are only notes. */
  readonly value?: Leaf | readonly Item[];
  /** It stands there as a comment, to be taken in by a person. */
  readonly off?: true;
}

/** Names that are shown where none was taken. */
const SHOWN = 20;

export function someOf(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return names.length === 0 ? 'none' : `${names.slice(0, SHOWN).join(', ')}${more}`;
}

/** Several values fit a key: each as a comment, to choose from. */
export function oneOf(key: string, values: readonly string[]): readonly Item[] {
  return values.map((value, at): Item => {
    const intro = at === 0 ? { notes: [`${values.length} fit ${key}. Take one:`] } : {};
    return { key, off: true, value, ...intro };
  });
}

/** Dotted keys that stand there as comments and wait for somebody, each once. */
export function openIn(items: readonly Item[]): readonly string[] {
  const all = items.flatMap(({ key, value, off }) => {
    if (off === true) return [key];
    return areItems(value) ? openIn(value).map((inner) => `${key}.${inner}`) : [];
  });
  return [...new Set(all)];
}

/** Whether `value` is what stands below a key. */
function areItems(value: Item['value']): value is readonly Item[] {
  // Without any there is nothing to write: no list of ours is empty.
  return Array.isArray(value) && value.every((one) => typeof one === 'object');
}

/** `oms.yaml`: what counts as keys, all else as comments. @param header its first comments */
export function firstFile(header: readonly string[], items: readonly Item[]): string {
  const map = new YAMLMap<Scalar<string>, unknown>();
  const left = fill(map, items, true);
  // An empty map would be written as `{}`, behind which no key may follow.
  if (map.items.length === 0) return `${comment([...header, '', ...left]).replace(/^(?=.)/gm, '#')}\n`;
  const document = new Document(map);
  document.commentBefore = comment(header);
  if (left.length > 0) document.comment = comment(left);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Adds what counts. @returns the comments behind the last key */
function fill(
  map: YAMLMap<Scalar<string>, unknown>,
  items: readonly Item[],
  apart: boolean,
): readonly string[] {
  let above: string[] = [];
  for (const item of items) {
    const { notes = [], value } = item;
    if (apart && above.length > 0) above.push('');
    if (!counts(item)) {
      above.push(...asComment(item));
      continue;
    }
    const key = new Scalar(item.key);
    key.spaceBefore = apart && map.items.length > 0;
    const all = [...above, ...notes];
    if (all.length > 0) key.commentBefore = comment(all);
    above = [];
    map.add(new Pair(key, areItems(value) ? below(value) : leaf(value)));
  }
  return above;
}

function below(items: readonly Item[]): YAMLMap {
  const inner = new YAMLMap<Scalar<string>, unknown>();
  const left = fill(inner, items, false);
  if (left.length > 0) inner.comment = comment(left);
  return inner;
}

function leaf(value: Item['value']): unknown {
  return new Document().createNode(value, { flow: true });
}

function counts({ value, off }: Item): boolean {
  if (off === true || value === undefined) return false;
  return !areItems(value) || value.some(counts);
}

/** A key that does not count, and all below it; it counts once its first `#` is taken away. */
function asComment({ key, notes = [], value }: Item): readonly string[] {
  if (value === undefined) return notes;
  if (!areItems(value)) return [...notes, ...written(key, value)];
  const inner = value.flatMap((item) =>
    asComment({ ...item, notes: (item.notes ?? []).map((note) => `# ${note}`) }),
  );
  const keys = value.some((item) => item.value !== undefined);
  return keys
    ? [...notes, `${key}:`, ...inner.map((line) => `  ${line}`)]
    : [...notes, ...value.flatMap((item) => item.notes ?? [])];
}

function written(key: string, value: Leaf): readonly string[] {
  const options = { lineWidth: 0, flowCollectionPadding: false, collectionStyle: 'flow' } as const;
  const text = stringify(value, options).trimEnd();
  return [`${stringify(key).trimEnd()}: ${text}`];
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '' : ` ${line}`)).join('\n');
}
