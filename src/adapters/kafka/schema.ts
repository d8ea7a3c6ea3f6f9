import * as z from 'zod';
import { findIds, OrderId } from '../../domain/ids.ts';
import type { Message } from './batches.ts';

/** Where the kind of an event stands: in a header (CloudEvents' among them) or in the event's own field, as found first. */
const TYPE_HEADERS = ['type', 'event-type', 'event_type', 'eventType', 'ce_type'];
const TYPE_FIELDS = ['type', 'eventType', 'event_type', 'event', 'eventName'] as const;
/** Where a dead letter names the class of its error: plain, Spring's, Kafka Connect's. */
const CLASS_HEADERS = [
  'error-class',
  'error_class',
  'x-error-class',
  'exception-class',
  'kafka_dlt-exception-cause-fqcn',
  'kafka_dlt-exception-fqcn',
  '__connect.errors.exception.class.name',
];
/** Characters of a type, a class, a key. */
const LONGEST = 120;

const text = z.string().min(1).max(LONGEST);
const Event = z.object(
  Object.fromEntries(TYPE_FIELDS.map((field) => [field, text.optional().catch(undefined)])) as Record<
    (typeof TYPE_FIELDS)[number],
    z.ZodCatch<z.ZodOptional<z.ZodString>>
  >,
);

/** What a message is to somebody who looks for the events of an order. */
export type Read =
  /** Null: it is about this order, and cannot be read as an event. */
  | { readonly order: string; readonly type: string | null }
  /** Of another order, or of nobody. */
  | 'not theirs'
  /** It may be an event of any of them. */
  | 'unread';

/**
 * The order is the message's key, or stands in its value, as the runbook's own command looks for it.
 * @param orders those that are looked for
 */
export function readEvent({ key, value, headers }: Message, orders: readonly string[]): Read {
  // A tombstone: it says that something is gone.
  if (value === null) return 'not theirs';
  const keyed = key?.toString('utf8') ?? '';
  const ofAnother = OrderId.safeParse(keyed).success && !orders.includes(keyed);
  if (ofAnother) return 'not theirs';
  const order = orders.find((one) => one === keyed || mentions(value, one));
  // What is no object may be packed or encrypted, so that nobody sees whose it is.
  if (order === undefined) return looksLikeAnObject(value) ? 'not theirs' : 'unread';
  const type = firstOf(headers, TYPE_HEADERS) ?? typeOf(value);
  return { order, type: type === null ? null : printable(type) };
}

/** The order that a message is about: its key, or the one that its value names; null: none, or more than one. */
export function orderOf({ key, value }: Message): string | null {
  const keyed = OrderId.safeParse(key?.toString('utf8'));
  if (keyed.success) return keyed.data;
  const named = findIds('order', value?.toString('utf8') ?? '');
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** The class of a dead letter's error; null: no header names it. */
export function errorClassOf({ headers }: Message): string | null {
  const found = firstOf(headers, CLASS_HEADERS);
  return found === null ? null : printable(found);
}

/** Foreign text for one line. */
export function printable(foreign: string): string {
  return foreign.replace(/\p{C}+/gu, '�').slice(0, LONGEST);
}

/** The first value of a header; null: there is none of that name. */
export function headerOf(headers: Message['headers'], name: string): string | null {
  const found = headers[name];
  const first = Buffer.isBuffer(found) ? found : found?.[0];
  return first === undefined ? null : first.toString('utf8');
}

function firstOf(headers: Message['headers'], names: readonly string[]): string | null {
  for (const name of names) {
    const found = headerOf(headers, name);
    if (found !== null && found !== '') return found;
  }
  return null;
}

function typeOf(value: Buffer): string | null {
  try {
    const read = Event.safeParse(JSON.parse(value.toString('utf8')));
    if (!read.success) return null;
    return TYPE_FIELDS.map((field) => read.data[field]).find((found) => found !== undefined) ?? null;
  } catch {
    return null;
  }
}

/** As a whole word: an id may be the beginning of another. */
function mentions(value: Buffer, order: string): boolean {
  for (let at = value.indexOf(order); at !== -1; at = value.indexOf(order, at + 1))
    if (!isWord(value[at - 1]) && !isWord(value[at + order.length])) return true;
  return false;
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && /\w/.test(String.fromCharCode(byte));
}

function looksLikeAnObject(value: Buffer): boolean {
  let first = 0;
  let last = value.length - 1;
  while (isSpace(value[first])) first += 1;
  while (isSpace(value[last])) last -= 1;
  return value[first] === OPEN && value[last] === CLOSE;
}

const OPEN = '{'.charCodeAt(0);
const CLOSE = '}'.charCodeAt(0);

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
