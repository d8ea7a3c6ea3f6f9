import * as z from 'zod';
import { OrderId } from '../../domain/ids.ts';
import type { Licence } from '../../ports/levers.ts';
import type { GatewayHealth } from '../../ports/probes.ts';
import { clean } from '../http.ts';
import { notUnderstood } from './pods.ts';

export const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** A whole number of at least 0, in digits where the service writes numbers as text. Anything else is not understood. */
export const Whole = z
  .union([
    z.int().nonnegative(),
    z
      .string()
      .regex(/^\d{1,15}$/, 'expected a whole number')
      .transform(Number),
  ])
  .pipe(z.int().nonnegative());

/** Only the fields that we read. */
export const Order = z.object({
  id: OrderId,
  status: z.string().max(60),
  errorCode: z
    .string()
    .max(80)
    .nullish()
    .transform((code) => code ?? null),
  createdAt: Time,
  updatedAt: Time,
  lastEvent: z
    .object({ type: z.string().max(80), at: Time })
    .nullish()
    .transform((event) => event ?? null),
  attempts: z
    .array(
      z.object({
        kind: z.string().max(40),
        at: Time,
        by: z
          .string()
          .max(80)
          .nullish()
          .transform((by) => by ?? null),
      }),
    )
    .nullish()
    .transform((attempts) => attempts ?? null),
});

/** One order that cannot be read hides no other; one that stands there twice counts once. */
export const StuckOrders = z
  .object({
    orders: z.array(z.unknown()),
    total: Whole,
    nextCursor: z.string().nullish(),
  })
  .transform(({ orders, total, nextCursor }) => {
    const read = orders.flatMap((order) => Order.safeParse(order).data ?? []);
    const distinct = [...new Map(read.map((order) => [order.id, order])).values()];
    const unread = orders.length - read.length;
    return {
      orders: distinct,
      unread,
      // What stands on the page waits, whatever its total says.
      total: Math.max(total, distinct.length + unread),
      next: nextCursor ?? null,
    };
  });

const Health = z.object({
  status: z.string().max(40),
  // The word is what counts: whatever else is said in a shape of its own takes nothing from it.
  error: z.string().max(2_000).nullish().catch(null),
  latencyMs: z.number().nonnegative().nullish().catch(null),
});

/** The words in which services say how something is. */
export const WORDS_OF = {
  up: new Set(['up', 'ok', 'healthy', 'pass']),
  down: new Set(['down', 'unreachable', 'unavailable', 'failing', 'error']),
};
const DEGRADED = new Set(['degraded', 'slow', 'warn']);

/**
 * R1: what one pod says of the gateway. A 2xx without a word that we know, or HTML, is no answer; a 5xx is *down*
 * whatever its body says, for that is how a health endpoint says so.
 */
export function gatewayHealthOf({ status, body }: { status: number; body: string }): GatewayHealth {
  const read = Health.safeParse(jsonOf(body)).data;
  const words = read?.error == null ? null : clean(read.error);
  if (status >= 500) return { status: 'down', words: words ?? `it answered ${status}` };
  if (status >= 400) throw notUnderstood(`The health endpoint of the gateway answered ${status}.`);
  const said = read?.status.toLowerCase() ?? '';
  if (WORDS_OF.up.has(said)) return { status: 'up', words: null };
  if (DEGRADED.has(said)) {
    const slow = read?.latencyMs == null ? null : `it answers in ${(read.latencyMs / 1000).toFixed(1)} s`;
    return { status: 'degraded', words: words ?? slow };
  }
  if (said === 'down') return { status: 'down', words };
  throw notUnderstood('The health endpoint of the gateway answered in a shape that is not known.');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const Problem = z.object({ error: z.object({ message: z.string() }) });

/** The service's own words in an error, if it has any. */
export function problemOf(body: unknown): string | null {
  return Problem.safeParse(body).data?.error.message ?? null;
}

/** A change was taken. */
export const Accepted = z.looseObject({ accepted: z.literal(true) });

export function headersOf({ key, by }: Licence): Record<string, string> {
  return { 'idempotency-key': key, 'x-requested-by': by };
}
