import * as z from 'zod';
import { OrderId } from '../../domain/ids.ts';

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

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
    .default([]),
});

export const StuckOrders = z
  .object({
    orders: z.array(Order),
    total: z.number().int().nonnegative(),
    nextCursor: z.string().nullish(),
  })
  .transform(({ orders, total, nextCursor }) => ({ orders, total, next: nextCursor ?? null }));

const Problem = z.object({ error: z.object({ message: z.string() }) });

/** The service's own words in an error, if it has any. */
export function problemOf(body: unknown): string | null {
  return Problem.safeParse(body).data?.error.message ?? null;
}
