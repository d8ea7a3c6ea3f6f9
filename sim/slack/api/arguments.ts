import * as z from 'zod';
import { Refusal, refuseWith } from './refusal.ts';

/** Everything comes as text in a form, and as itself in JSON. */
export const words = z.string();
export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((one) => one === 'true' || one === '1'),
]);
export const count = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.number().int());
export const timestamp = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d+(\.\d{1,6})?$/));

/** An argument that is JSON inside the form; one that does not parse gets an error of its own. */
export function json(error: string) {
  return z.unknown().transform((value) => {
    if (typeof value !== 'string') return value;
    try {
      const parsed: unknown = JSON.parse(value);
      return parsed;
    } catch {
      throw new Refusal(error);
    }
  });
}

/** A page of a list: at most `limit`, from the cursor on. */
export const paging = { limit: count.optional(), cursor: words.optional() };

export function page<T>(
  all: readonly T[],
  { limit, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  usual = 100,
): {
  readonly items: readonly T[];
  readonly more: boolean;
  readonly response_metadata: { readonly next_cursor: string };
} {
  const start =
    cursor === undefined || cursor === ''
      ? 0
      : Number(/^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1] ?? Number.NaN);
  if (!Number.isInteger(start)) throw new Refusal('invalid_cursor');
  const most = limit === undefined || limit === 0 ? usual : limit;
  if (most < 0 || most > 1_000) throw new Refusal('invalid_limit');
  const end = start + most;
  const next = end < all.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { items: all.slice(start, end), more: next !== '', response_metadata: { next_cursor: next } };
}

/** @throws Refusal as Slack refuses unknown, missing and malformed arguments */
export function readArguments<T>(schema: z.ZodType<T>, given: Readonly<Record<string, unknown>>): T {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw refuseWith('invalid_arguments', read.error.issues.flatMap(lines));
}

function lines(issue: z.core.$ZodIssue): string[] {
  const at = issue.path.join('/');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `unsupported argument: ${key}`);
  if (issue.code === 'invalid_type' && issue.input === undefined) return [`missing required field: ${at}`];
  return [`${issue.message} [json-pointer:/${at}]`];
}
