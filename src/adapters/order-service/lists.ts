import * as z from 'zod';
import type { Page, PageQuestion } from '../../ports/order-service.ts';
import { clean } from '../http.ts';
import { callService, type OrderServiceSettings } from './client.ts';
import { Whole } from './schema.ts';

/** Foreign words: one line, cut; null where there are none. */
export const Said = z
  .string()
  .max(2_000)
  .nullish()
  .transform((text) => (text == null || text === '' ? null : clean(text)));

/** One page of `list`, the oldest first. A row that cannot be read hides no other; one that stands there twice counts once. */
export async function pageOf<Row extends { readonly id: string }>(
  settings: OrderServiceSettings,
  given: { readonly path: string; readonly list: string; readonly row: z.ZodType<Row> },
  { status, olderThanMinutes, limit, cursor }: PageQuestion,
  signal: AbortSignal,
): Promise<Page<Row>> {
  const query = new URLSearchParams({ status, olderThan: `${olderThanMinutes}m`, limit: String(limit) });
  if (cursor !== null) query.set('cursor', cursor);
  const schema = z
    .looseObject({ total: Whole, nextCursor: z.string().nullish() })
    .transform(({ total, nextCursor, ...rest }, context) => {
      const rows = rest[given.list];
      if (!Array.isArray(rows)) context.addIssue(`${given.list}: expected a list`);
      return { total, nextCursor, rows: Array.isArray(rows) ? rows : [] };
    });
  const { rows, total, nextCursor } = await callService(settings, schema, {
    method: 'GET',
    path: `${given.path}?${query}`,
    signal,
  });
  const read = rows.flatMap((row) => given.row.safeParse(row).data ?? []);
  const distinct = [...new Map(read.map((row) => [row.id, row])).values()];
  const unread = rows.length - read.length;
  return {
    // A service that does not heed the limit would fill the card, the journal and a run with thousands.
    rows: distinct.slice(0, limit),
    unread,
    // What stands on the page waits, whatever its total says.
    total: Math.max(total, distinct.length + unread),
    next: nextCursor ?? null,
  };
}

const NO = /fail|reject|refus|error|denied/i;

/** The service took a change: it says *accepted*, or what the thing is now. */
export const Taken = z
  .looseObject({ accepted: z.literal(true).optional(), status: Said.optional() })
  .transform(({ accepted, status }, context) => {
    const word = status ?? null;
    if (accepted === undefined && word === null) context.addIssue('neither accepted nor a status');
    if (word !== null && NO.test(word)) context.addIssue('a status that says no');
    return word === null ? 'Taken by the service.' : `Taken by the service: ${word}.`;
  });
