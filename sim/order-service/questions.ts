import * as z from 'zod';
import { type CompanyNames, called, meant, type Words } from '../world/names.ts';
import { ORDER_STATUSES } from '../world/order.ts';
import type { OrderView, StuckQuery } from '../world/world.ts';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MAX_LIMIT = 200;

/** A status of the company's, in the world's words. */
function orderStatus({ orders: { statuses } }: CompanyNames) {
  return z
    .string()
    .transform((said) => meant(statuses, said))
    .pipe(z.enum(ORDER_STATUSES));
}

const Waiting = z.object({
  olderThan: z
    .string()
    .regex(/^[1-9]\d{0,5}[mhd]$/, 'olderThan must look like 90m, 2h or 1d')
    .default('2h'),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'limit must be a number')
    .transform(Number)
    .pipe(z.number().min(1).max(MAX_LIMIT, `limit must be at most ${MAX_LIMIT}`))
    .default(50),
  cursor: z.string().optional(),
});

/** The query of `GET /admin/orders/stuck`. */
export function stuckInput(names: CompanyNames) {
  return Waiting.extend({ status: orderStatus(names).default('processing') });
}

/** The query of a list of what waits, by one of these statuses of the world. */
export function pendingInput<const Status extends string>(words: Words, statuses: readonly Status[]) {
  return Waiting.extend({
    status: z
      .string()
      .transform((said) => meant(words, said))
      .pipe(z.enum(statuses))
      .default('pending' as Status),
  });
}

/**
 * One page of what has waited since before `olderThan`, oldest first, as the lists of refunds and returns show it.
 * Null for a cursor that is none of ours.
 */
export function pageOf<T extends { readonly id: string; readonly createdAt: number }>(
  all: readonly T[],
  { olderThan, limit, cursor }: z.infer<typeof Waiting>,
  now: number,
): { readonly rows: readonly T[]; readonly total: number; readonly nextCursor: string | null } | null {
  const after = cursor === undefined ? null : readCursor(cursor);
  if (cursor !== undefined && after === null) return null;
  const key = ({ id, createdAt }: T) => `${String(createdAt).padStart(16, '0')} ${id}`;
  const old = all
    .filter(({ createdAt }) => createdAt < now - spanMs(olderThan))
    .sort((one, other) => (key(one) < key(other) ? -1 : 1));
  const rest = old.filter(
    (row) => after === null || key(row) > `${String(after.updatedAt).padStart(16, '0')} ${after.id}`,
  );
  const rows = rest.slice(0, limit);
  const last = rows.at(-1);
  const nextCursor =
    rest.length > limit && last !== undefined
      ? cursorAfter({ updatedAt: last.createdAt, id: last.id })
      : null;
  return { rows, total: old.length, nextCursor };
}

/** The body of `PATCH /admin/orders/{id}/status`. */
export function statusInput(names: CompanyNames) {
  return z.object({
    status: orderStatus(names),
    reason: z.string().trim().min(1, 'reason is required').max(500),
  });
}

/** `90m`, `2h`, `1d` in milliseconds. */
export function spanMs(text: string): number {
  const unit = text.at(-1);
  const size = unit === 'm' || unit === 'h' || unit === 'd' ? UNIT_MS[unit] : Number.NaN;
  return Number(text.slice(0, -1)) * size;
}

/** Where the next page begins; opaque to callers. */
export function cursorAfter(order: Pick<OrderView, 'updatedAt' | 'id'>): string {
  return Buffer.from(`${order.updatedAt}|${order.id}`).toString('base64url');
}

/** Null when it is none of ours. */
export function readCursor(cursor: string): StuckQuery['after'] {
  const found = /^(\d{1,16})\|(.+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (found?.[1] === undefined || found[2] === undefined) return null;
  return { updatedAt: Number(found[1]), id: found[2] };
}

/** An order as the admin API shows it; times in ISO 8601. */
export function orderJson({ orders, events }: CompanyNames, order: OrderView) {
  const lastEvent = order.events.at(-1);
  return {
    id: order.id,
    status: called(orders.statuses, order.status),
    errorCode: order.errorCode,
    createdAt: iso(order.createdAt),
    updatedAt: iso(order.updatedAt),
    lastEvent:
      lastEvent === undefined ? null : { type: called(events, lastEvent.type), at: iso(lastEvent.at) },
    attempts: order.attempts.map((attempt) => ({ ...attempt, at: iso(attempt.at) })),
  };
}

/** What the carrier has to know, without a word of the address. */
export function shipmentJson({ id, shipment }: OrderView) {
  const { size, weight, country, addressChangedAt, labels, labelError } = shipment;
  return {
    dimensions: size ? { length: 30, width: 20, height: 10, unit: 'cm' } : null,
    weight: weight ? { value: 1.2, unit: 'kg' } : null,
    country,
    addressUpdatedAt: addressChangedAt === null ? null : iso(addressChangedAt),
    label: labels === 0 ? null : { id: `lbl_${id.slice(4)}` },
    labelError: labelError === null ? null : { ...labelError, at: iso(labelError.at) },
  };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
