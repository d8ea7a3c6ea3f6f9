import type * as z from 'zod';
import type { KubernetesClient } from './client.ts';
import { read } from './schema.ts';

/** Small enough that a page of big objects stays below what one answer may hold. */
const PAGE = 100;

/** All pages of a list. @throws SystemError */
export async function listAll<Item>(
  client: KubernetesClient,
  list: {
    readonly resource: string;
    /** Without a query. */
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly schema: z.ZodType<{
      readonly metadata: { readonly continue?: string | null | undefined };
      readonly items: readonly Item[];
    }>;
  },
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let next = '';
  do {
    const query = new URLSearchParams({ ...list.query, limit: String(PAGE) });
    if (next !== '') query.set('continue', next);
    const path = `${list.path}?${query}`;
    const page = read(
      list.schema,
      await client.json({ verb: 'list', resource: list.resource, path, signal }),
    );
    items.push(...page.items);
    next = page.metadata.continue ?? '';
  } while (next !== '');
  return items;
}
