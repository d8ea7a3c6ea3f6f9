import { isObject } from './rules.ts';

/** What the blocks of one message add up to, in characters and pieces. */
export interface Measure {
  /** All words of blocks that are not tables. */
  readonly text: number;
  readonly markdown: number;
  readonly tables: number;
  readonly dataTables: number;
  readonly charts: number;
}

export function measure(blocks: readonly unknown[]): Measure {
  let [text, markdown, tables, dataTables, charts] = [0, 0, 0, 0, 0];
  for (const block of blocks.flatMap(withChildren)) {
    const type = block['type'];
    if (type === 'table') tables += wordsIn(block['rows']);
    else if (type === 'data_table') dataTables += wordsIn(block['rows']);
    else if (type === 'data_visualization') charts += 1;
    else if (type === 'markdown') markdown += wordsIn(block);
    if (type !== 'table' && type !== 'data_table' && type !== 'container') text += wordsIn(block);
  }
  return { text, markdown, tables, dataTables, charts };
}

/** The block and those inside it. */
export function withChildren(block: unknown): Record<string, unknown>[] {
  if (!isObject(block)) return [];
  const children = block['type'] === 'container' ? block['child_blocks'] : null;
  return [block, ...(Array.isArray(children) ? children.filter(isObject) : [])];
}

/** The sum over every string under a `text` key. */
function wordsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + wordsIn(one), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? [...inner].length : wordsIn(inner)),
    0,
  );
}
