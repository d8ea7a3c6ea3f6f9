import type { RefundSummary } from '../../ports/order-service.ts';
import type { Judging } from '../define-runbook.ts';
import type { RefundData } from './checks.ts';
import { hindranceOf, lacking } from './refunds.ts';

export interface Judged {
  readonly refund: RefundSummary;
  /** What R25 said; null: nobody could see, also where it was not asked yet. */
  readonly status: RefundData['atGateway']['answers'][number]['status'];
  /** R28 against the row. */
  readonly hindrance: ReturnType<typeof hindranceOf>;
}

/** Each refund of R23's list with what R25 and R28 said of it. */
export function judged({ findings }: Pick<Judging<RefundData>, 'findings'>): readonly Judged[] {
  const answers = new Map(
    (findings.atGateway.data?.answers ?? []).map((answer) => [answer.id, answer.status]),
  );
  const payments = new Map(
    (findings.payments.data?.of ?? []).map(({ refund, payment }) => [refund, payment]),
  );
  return (findings.pending.data?.refunds ?? []).map((refund) => ({
    refund,
    status: answers.get(refund.id) ?? null,
    hindrance: hindranceOf(refund, payments.get(refund.id) ?? 'unknown'),
  }));
}

/** The refunds that the gateway is known to lack: only these are judged, and only these are paid by another way. */
export function lackingNow(judging: Pick<Judging<RefundData>, 'findings'>): readonly Judged[] {
  return judged(judging).filter(({ status }) => lacking({ status }));
}

interface Hindered {
  readonly id: string;
  readonly words: string;
}

/** What stands in the way of those refunds. @returns `known`: how many there are; null: nobody could ask the gateway */
export function hindrances(judging: Pick<Judging<RefundData>, 'findings'>): {
  readonly known: number | null;
  readonly gone: readonly Hindered[];
  readonly above: readonly Hindered[];
  /** Of those, the ones whose payment could not be read. */
  readonly unknown: number;
  /** Nobody could see whether the gateway lacks them, those included that no page showed. */
  readonly dark: number;
} {
  const without = lackingNow(judging);
  const of = (kind: 'gone' | 'above' | 'unknown') =>
    without.flatMap(({ refund, hindrance }) =>
      hindrance?.kind === kind ? [{ id: refund.id, words: hindrance.words }] : [],
    );
  const { total = 0, refunds = [] } = judging.findings.pending.data ?? {};
  const seen = judging.findings.atGateway.data !== null && judging.findings.payments.data !== null;
  return {
    known: seen ? without.length : null,
    gone: of('gone'),
    above: of('above'),
    unknown: of('unknown').length,
    dark:
      judged(judging).filter(({ status }) => status === null).length + Math.max(0, total - refunds.length),
  };
}
