import type { KnownIds } from '../../domain/alert.ts';
import { PaymentId, RefundId } from '../../domain/ids.ts';
import type { PaymentDetails, RefundAtGateway, RefundSummary } from '../../ports/order-service.ts';
import type { Probes } from '../../ports/probes.ts';
import type { Asking } from '../define-runbook.ts';
import { aboutEach } from '../shared/batch.ts';
import { money } from '../shared/money.ts';
import type { List } from '../shared/pending.ts';

type Reading = { readonly probes: Probes; readonly signal: AbortSignal };
type Listing = Reading & Pick<Asking, 'names'>;

/** Whether an alert or a person named it, its payment or its order. */
export function isNamed({ id, payment, order }: RefundSummary, ids: KnownIds): boolean {
  if (ids.refunds.includes(id)) return true;
  return (
    (payment !== null && ids.payments.includes(payment)) || (order !== null && ids.orders.includes(order))
  );
}

/** R23's list. */
export function listOf({ probes, names, signal }: Listing): List<RefundSummary> {
  const status = names.statuses.pendingRefund;
  return async (question) => await probes.orderService.refunds({ ...question, status }, signal);
}

/** A gateway that is silent about so many is not asked about the others: it has trouble enough. */
const FIRST = 3;

/** R25 for each; null: nobody could see. */
export async function gatewayOf(
  { probes, signal }: Reading,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RefundAtGateway | null>> {
  const ask = async (some: readonly string[]) =>
    await aboutEach(
      some,
      async (id) => await probes.orderService.refundAtGateway(RefundId.parse(id), signal),
    );
  const first = await ask(ids.slice(0, FIRST));
  const silent = first.every(({ said }) => said === null);
  const rest = silent
    ? ids.slice(FIRST).map((target) => ({ target, said: null }))
    : await ask(ids.slice(FIRST));
  return new Map([...first, ...rest].map(({ target, said }) => [target, said]));
}

/** What R28 said of one payment; `gone`: the service does not know it. */
export type PaymentSeen = PaymentDetails | 'gone' | 'unknown';

/** R28 for each refund; a refund without a payment's id reads *unknown*. */
export async function paymentsOf(
  { probes, signal }: Reading,
  refunds: readonly Pick<RefundSummary, 'id' | 'payment'>[],
): Promise<ReadonlyMap<string, PaymentSeen>> {
  const ids = [...new Set(refunds.flatMap(({ payment }) => (payment === null ? [] : [payment])))];
  const answers = await aboutEach(
    ids,
    async (id) => (await probes.orderService.payment(PaymentId.parse(id), signal)) ?? ('gone' as const),
  );
  const said = new Map(answers.map(({ target, said: payment }) => [target, payment ?? ('unknown' as const)]));
  return new Map(
    refunds.map(({ id, payment }) => [id, payment === null ? 'unknown' : (said.get(payment) ?? 'unknown')]),
  );
}

/** Why a refund cannot be paid back as it is; null: amount and method are right. */
export type Hindrance = { readonly kind: 'gone' | 'above' | 'unknown'; readonly words: string } | null;

/** R28 against R23's row. */
export function hindranceOf(refund: RefundSummary, payment: PaymentSeen): Hindrance {
  if (payment === 'unknown')
    return { kind: 'unknown', words: 'its payment could not be read, so nobody compared the amounts' };
  if (payment === 'gone') return { kind: 'gone', words: 'its payment is not known any more' };
  if (payment.currency !== refund.currency)
    return { kind: 'unknown', words: `it is in ${refund.currency} and its payment in ${payment.currency}` };
  const above = refund.amount + payment.refunded - payment.amount;
  if (above > 0) {
    const by = money(above, refund.currency);
    return { kind: 'above', words: `it is ${by} above the charge` };
  }
  if (payment.methodValid === false) return { kind: 'gone', words: 'its payment method is gone' };
  return null;
}

/** What R25 said; null where nobody could see. */
type Status = { readonly status: RefundAtGateway['status'] | null } | null | undefined;

/** The gateway has it: the money is on its way, or there. */
export function accepted(at: Status): boolean {
  return at?.status === 'pending' || at?.status === 'succeeded';
}

/** The gateway answered, and does not have it. */
export function lacking(at: Status): boolean {
  return at?.status === 'failed' || at?.status === 'not found';
}
