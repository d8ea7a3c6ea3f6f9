import type { RefundSummary } from '../../ports/order-service.ts';
import type { Asking } from '../define-runbook.ts';
import { type Late, lateOnes } from '../shared/pending.ts';
import type { AtGateway } from './gateway.ts';
import { accepted, isNamed, listOf } from './refunds.ts';

const MINUTE = 60_000;
/** What the gateway has it keeps; asked again so much later, it may have settled or come back. */
const KNOWN_FOR_MS = 60 * MINUTE;

export async function lateRefunds(ask: Asking): Promise<Late<RefundSummary>> {
  return await lateOnes(listOf(ask), ask.ids.refunds, ask.thresholds);
}

/** What the look before learned, as far as it still counts, by refund. */
export function knownBefore(ask: Asking): ReadonlyMap<string, AtGateway['answers'][number]> {
  const before = ask.previous?.['atGateway']?.data as AtGateway | null | undefined;
  const fresh = (before?.answers ?? []).filter(
    (answer) => accepted(answer) && ask.now - answer.askedAt <= KNOWN_FOR_MS,
  );
  return new Map(fresh.map((answer) => [answer.id, answer]));
}

/**
 * Which refunds are worth a question now: not those that the gateway is known to have, and no more than one press would
 * cover. Named ones first, then those that the service calls failed, then the oldest; the rest comes with the next looks.
 */
export function worthAsking(
  { rows }: Pick<Late<RefundSummary>, 'rows'>,
  ask: Asking,
  most: number,
): readonly RefundSummary[] {
  const known = knownBefore(ask);
  const rank = (refund: RefundSummary) => (isNamed(refund, ask.ids) ? 0 : refund.errorCode === null ? 2 : 1);
  return rows
    .filter(({ id }) => !known.has(id))
    .map((refund, place) => ({ refund, place }))
    .sort((one, other) => rank(one.refund) - rank(other.refund) || one.place - other.place)
    .slice(0, most)
    .map(({ refund }) => refund);
}
