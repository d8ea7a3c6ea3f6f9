import * as z from 'zod';
import { OrderId, PaymentId, RefundId } from '../../domain/ids.ts';
import type { AdminChanges, AdminQuestions, RefundAtGateway } from '../../ports/order-service.ts';
import { policyFor } from '../resilience.ts';
import { callKnown, callService, type OrderServiceSettings, post } from './client.ts';
import { pageOf, Said, Taken } from './lists.ts';
import { Time, Whole } from './schema.ts';

/** Behind the order service; its silence says nothing about the service. */
const GATEWAY = 'The payment gateway';

const Currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'expected three letters')
  .transform((text) => text.toUpperCase());

/** Only the fields that we read. An amount is in the smallest unit; one with a fraction is not understood. */
const Refund = z
  .object({
    id: RefundId,
    paymentId: PaymentId.nullish().catch(null),
    payment: PaymentId.nullish().catch(null),
    orderId: OrderId.nullish().catch(null),
    order: OrderId.nullish().catch(null),
    status: z.string().max(60),
    amount: Whole,
    currency: Currency,
    createdAt: Time,
    updatedAt: Time,
    errorCode: z.string().max(80).nullish(),
  })
  .transform(({ paymentId, orderId, payment, order, errorCode, ...rest }) => ({
    ...rest,
    payment: paymentId ?? payment ?? null,
    order: orderId ?? order ?? null,
    errorCode: errorCode ?? null,
  }));

const STATUS: Readonly<Record<string, RefundAtGateway['status']>> = {
  pending: 'pending',
  processing: 'pending',
  accepted: 'pending',
  succeeded: 'succeeded',
  success: 'succeeded',
  completed: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
  cancelled: 'failed',
  not_found: 'not found',
  'not found': 'not found',
};

/** A word that we do not know is no answer: what the gateway has must never be taken for what it lacks. */
const AtGateway = z
  .object({
    status: z
      .string()
      .max(40)
      .transform((word, context) => {
        const known = STATUS[word.toLowerCase()];
        if (known === undefined) context.addIssue('not a status that is known');
        return known ?? z.NEVER;
      }),
    acceptedAt: Time.nullish(),
    message: Said,
  })
  .transform(({ status, acceptedAt, message }) => ({
    status,
    acceptedAt: acceptedAt ?? null,
    words: message,
  }));

const Payment = z
  .object({
    id: PaymentId,
    amount: Whole,
    currency: Currency,
    status: z.string().max(60),
    refunded: Whole.optional(),
    refundedAmount: Whole.optional(),
    amountRefunded: Whole.optional(),
    methodValid: z.boolean().nullish(),
    paymentMethod: z.looseObject({ valid: z.boolean().nullish() }).nullish(),
  })
  .transform((said, context) => {
    const { id, amount, currency, status } = said;
    const refunded = said.refunded ?? said.refundedAmount ?? said.amountRefunded;
    if (refunded === undefined) context.addIssue('does not say how much was refunded');
    const methodValid = said.methodValid ?? said.paymentMethod?.valid ?? null;
    return { id, amount, currency, status, refunded: refunded ?? z.NEVER, methodValid };
  });

const WENT = new Set(['ok', 'passed', 'succeeded', 'success', 'accepted', 'pending']);
const FAILED = new Set(['failed', 'error', 'declined', 'refused']);

const Tested = z
  .object({ status: z.string().max(40), message: Said, error: Said })
  .transform(({ status, message, error }, context) => {
    const word = status.toLowerCase();
    if (!WENT.has(word) && !FAILED.has(word)) context.addIssue('not a status that is known');
    return { went: WENT.has(word), words: error ?? message };
  });

/** R23, R25, R28. */
export function refundQuestions(
  settings: OrderServiceSettings,
): Pick<AdminQuestions, 'refunds' | 'refundAtGateway' | 'payment'> {
  const { paths } = settings;
  // With the service's own breaker, a gateway that is down would hide all that the service itself can say.
  const gateway = { ...settings, policy: settings.gatewayPolicy ?? policyFor(GATEWAY) };
  return {
    refunds: async (question, signal) =>
      await pageOf(settings, { path: paths.refunds, list: 'refunds', row: Refund }, question, signal),

    // A 404 stays an error: it may be the path, the service or the gateway that does not know it.
    refundAtGateway: async (id, signal) =>
      await callService(gateway, AtGateway, {
        method: 'GET',
        path: paths.refundStatus.replace('{id}', id),
        signal,
      }),

    payment: async (id, signal) =>
      await callKnown(settings, Payment, {
        method: 'GET',
        path: paths.payment.replace('{id}', id),
        signal,
      }),
  };
}

/** R26, R27, R29. Each is one request, never repeated from here. */
export function refundChanges(
  settings: OrderServiceSettings,
): Pick<AdminChanges, 'retryRefund' | 'giveStoreCredit' | 'testRefund'> {
  const { paths } = settings;
  return {
    retryRefund: async (id, licence, signal) =>
      await post(settings, Taken, paths.retryRefund.replace('{id}', id), licence, signal),

    giveStoreCredit: async (id, licence, signal) =>
      await post(settings, Taken, paths.storeCredit.replace('{id}', id), licence, signal),

    testRefund: async (licence, signal) => await post(settings, Tested, paths.testRefund, licence, signal),
  };
}
