import type { RefundSummary } from '../../ports/order-service.ts';
import type { Asking } from '../define-runbook.ts';
import type { AtGateway } from './gateway.ts';
import { accepted, PENDING, pendingAmong } from './refunds.ts';

const MINUTE = 60_000;
/** What the gateway has it keeps; asked again so much later, it may have settled or come back. */
const KNOWN_FOR_MS = 60 * MINUTE;

interface Late {
  readonly refunds: readonly RefundSummary[];
  readonly total: number;
  readonly unread: number;
  readonly elsewhere: readonly string[];
}

/** What has been pending for too long, the oldest first, and what people named. */
export async function lateRefunds({ probes, ids, thresholds, signal }: Asking): Promise<Late> {
  const page = await probes.orderService.refunds(
    {
      status: PENDING,
      olderThanMinutes: thresholds.lateAfterMinutes,
      limit: thresholds.ordersPerBatch,
      cursor: null,
    },
    signal,
  );
  const missing = ids.refunds.filter((id) => !page.rows.some((row) => row.id === id));
  const sought = missing.length === 0 ? null : await pendingAmong({ probes, signal }, missing);
  const named = missing.flatMap((id) => sought?.found.get(id) ?? []);
  return {
    refunds: [...page.rows, ...named],
    total: page.total,
    unread: page.unread,
    elsewhere: missing.filter((id) => !sought?.found.has(id)),
  };
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
  { refunds }: Pick<Late, 'refunds'>,
  ask: Asking,
  most: number,
): readonly RefundSummary[] {
  const known = knownBefore(ask);
  const rank = ({ id, errorCode }: RefundSummary) =>
    ask.ids.refunds.includes(id) ? 0 : errorCode === null ? 2 : 1;
  return refunds
    .filter(({ id }) => !known.has(id))
    .map((refund, place) => ({ refund, place }))
    .sort((one, other) => rank(one.refund) - rank(other.refund) || one.place - other.place)
    .slice(0, most)
    .map(({ refund }) => refund);
}
