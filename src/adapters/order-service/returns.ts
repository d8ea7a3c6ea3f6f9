import * as z from 'zod';
import { OrderId, ReturnId } from '../../domain/ids.ts';
import type { AdminChanges, AdminQuestions } from '../../ports/order-service.ts';
import { callKnown, type OrderServiceSettings, post } from './client.ts';
import { pageOf, Said, Taken } from './lists.ts';
import { notedAt } from './notes.ts';
import { Time, Whole } from './schema.ts';

/** Only the fields that we read. */
const Return = z
  .object({
    id: ReturnId,
    orderId: OrderId.nullish().catch(null),
    order: OrderId.nullish().catch(null),
    status: z.string().max(60),
    createdAt: Time,
    updatedAt: Time,
    errorCode: z.string().max(80).nullish(),
  })
  .transform(({ orderId, order, errorCode, ...rest }) => ({
    ...rest,
    order: orderId ?? order ?? null,
    errorCode: errorCode ?? null,
  }));

/** 0 to 1; a per cent would be taken for certainty, so anything above is not understood. */
const Share = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^[01](\.\d{1,9})?$/, 'expected a number from 0 to 1')
      .transform(Number),
  ])
  .pipe(z.number().min(0).max(1));

const Score = z
  .object({ score: Share, threshold: Share, held: z.boolean().optional() })
  .transform(({ score, threshold, held }) => ({ score, threshold, held: held ?? score >= threshold }));

const Eligibility = z
  .object({
    eligible: z.boolean(),
    reason: Said,
    deliveredAt: Time.nullish(),
    requestedAt: Time.nullish(),
    windowDays: Whole,
  })
  .transform(({ eligible, reason, deliveredAt, requestedAt, windowDays }) => ({
    eligible,
    words: reason,
    deliveredAt: deliveredAt ?? null,
    requestedAt: requestedAt ?? null,
    windowDays,
  }));

/** R62, R64, R65, and one return's notes. */
export function returnQuestions(
  settings: OrderServiceSettings,
): Pick<AdminQuestions, 'returns' | 'fraudScore' | 'returnEligibility' | 'returnNoted'> {
  const { paths } = settings;
  return {
    returns: async (question, signal) =>
      await pageOf(settings, { path: paths.returns, list: 'returns', row: Return }, question, signal),

    fraudScore: async (id, signal) =>
      await callKnown(settings, Score, { method: 'GET', path: paths.fraudScore.replace('{id}', id), signal }),

    returnEligibility: async (order, signal) =>
      await callKnown(settings, Eligibility, {
        method: 'GET',
        path: paths.returnEligibility.replace('{id}', order),
        signal,
      }),

    returnNoted: async (id, note, signal) =>
      paths.return == null ? null : await notedAt(settings, paths.return.replace('{id}', id), note, signal),
  };
}

/** R66, R67, R68. Each is one request, never repeated from here. */
export function returnChanges(
  settings: OrderServiceSettings,
): Pick<AdminChanges, 'approveReturn' | 'retryReturn' | 'extendReturnWindow'> {
  const { paths } = settings;
  return {
    approveReturn: async (id, reason, licence, signal) =>
      await post(settings, Taken, paths.approveReturn.replace('{id}', id), licence, signal, { reason }),

    retryReturn: async (id, licence, signal) =>
      await post(settings, Taken, paths.retryReturn.replace('{id}', id), licence, signal),

    extendReturnWindow: async (id, days, reason, licence, signal) =>
      await post(settings, Taken, paths.extendWindow.replace('{id}', id), licence, signal, { days, reason }),
  };
}
