import * as z from 'zod';

/** What an id of ours or of the order service names. */
export type IdKind = 'order' | 'refund' | 'return' | 'export' | 'payment';

const PREFIX = { order: 'ord', refund: 'ref', return: 'ret', export: 'exp', payment: 'pay' } as const;

/** What a person types to see how an id looks. */
const EXAMPLE = {
  order: 'ord_xyz789abc',
  refund: 'ref_abc123',
  return: 'ret_abc123',
  export: 'exp_abc123',
  payment: 'pay_xyz789',
} as const satisfies Record<IdKind, string>;

/** An order's id, `ord_…`: parsed before it goes anywhere, so that it can stand in a path or a query. */
export const OrderId = z
  .string()
  .regex(/^ord_[a-z0-9]{3,40}$/)
  .brand<'OrderId'>();
export type OrderId = z.infer<typeof OrderId>;
/** `ref_…`. */
export const RefundId = z
  .string()
  .regex(/^ref_[a-z0-9]{3,40}$/)
  .brand<'RefundId'>();
export type RefundId = z.infer<typeof RefundId>;
/** `ret_…`. */
export const ReturnId = z
  .string()
  .regex(/^ret_[a-z0-9]{3,40}$/)
  .brand<'ReturnId'>();
export type ReturnId = z.infer<typeof ReturnId>;
/** `exp_…`. */
export const ExportId = z
  .string()
  .regex(/^exp_[a-z0-9]{3,40}$/)
  .brand<'ExportId'>();
export type ExportId = z.infer<typeof ExportId>;
/** `pay_…`. */
export const PaymentId = z
  .string()
  .regex(/^pay_[a-z0-9]{3,40}$/)
  .brand<'PaymentId'>();
export type PaymentId = z.infer<typeof PaymentId>;

/** An incident's name for people: `OMS-12`. Numbers rise, gaps are possible. */
export type IncidentId = `OMS-${number}`;
/** The id of a proposal; the only thing a button carries. */
export type OfferId = string;
export type RunId = string;
/**
 * A Slack user id (`U…` or `W…`), `pagerduty:<name>` for somebody who acted there, or `oms-bot, from X10` for what the bot
 * itself found done.
 */
export type PersonId = string;

/** The bot in a person's place: it ticks off what this check has found done. */
export function botFrom(step: string): PersonId {
  return `oms-bot, from ${step}`;
}

/** In a sentence of the pipeline: people of Slack as a mention, everybody else by name. */
export function mentioned(by: PersonId): string {
  return /^[UW][A-Z0-9]{1,20}$/.test(by) ? `<@${by}>` : by;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly because: string };

/** One of each kind: *ord_xyz789abc, ref_abc123, …*. */
export function exampleIds(): string {
  return Object.values(EXAMPLE).join(', ');
}

const SCHEMA = {
  order: OrderId,
  refund: RefundId,
  return: ReturnId,
  export: ExportId,
  payment: PaymentId,
} as const;
type IdOf<Kind extends IdKind> = z.infer<(typeof SCHEMA)[Kind]>;

/** Reads an id of the order service; a wrong one is answered with an example of a right one. */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): Parsed<IdOf<Kind>> {
  const read = SCHEMA[kind].safeParse(text.trim());
  if (read.success) return { ok: true, value: read.data as IdOf<Kind> };
  const other = kindOfId(text.trim());
  const instead =
    other === null
      ? ''
      : ` It is the id of ${other === 'order' || other === 'export' ? 'an' : 'a'} ${other}.`;
  return {
    ok: false,
    because: `“${text.trim().slice(0, 40)}” is no ${kind} id; one looks like ${EXAMPLE[kind]}.${instead}`,
  };
}

/** What kind of id this is by its prefix; null: it is none. */
export function kindOfId(text: string): IdKind | null {
  const kinds = Object.keys(SCHEMA) as IdKind[];
  return kinds.find((kind) => SCHEMA[kind].safeParse(text).success) ?? null;
}

/** Every id of one kind that stands in a text, each once, in order of appearance. */
export function findIds(kind: IdKind, text: string): readonly string[] {
  const pattern = new RegExp(`(?<![A-Za-z0-9_])${PREFIX[kind]}_[a-z0-9]{3,40}(?![A-Za-z0-9_])`, 'g');
  return [...new Set(text.match(pattern) ?? [])];
}

/** Reads `OMS-12`, `oms-12` or `12`. */
export function parseIncidentId(text: string): Parsed<IncidentId> {
  const found = /^(?:oms-)?([1-9]\d{0,8})$/i.exec(text.trim());
  if (found) return { ok: true, value: `OMS-${Number(found[1])}` };
  return { ok: false, because: `“${text.trim().slice(0, 40)}” is no incident; one looks like OMS-12.` };
}
