import { broken, healthy, unknown } from '../../domain/finding.ts';
import { LARGE_BATCH } from '../../domain/offer.ts';
import type { RefundAtGateway, RefundSummary } from '../../ports/order-service.ts';
import type { Check } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { money } from '../shared/money.ts';
import { spell } from '../shared/spell.ts';
import { knownBefore, lateRefunds, worthAsking } from './late.ts';
import { accepted, gatewayOf, lacking } from './refunds.ts';

const DAY = 86_400_000;

export interface AtGateway {
  /** By refund; those that were not asked yet are left out. */
  readonly answers: readonly {
    readonly id: string;
    /** Null: nobody could see. */
    readonly status: RefundAtGateway['status'] | null;
    readonly acceptedAt: number | null;
    readonly askedAt: number;
  }[];
  /** Accepted longer ago than a refund takes. */
  readonly overdue: readonly string[];
}

/** R25: it decides. What the gateway has accepted is on its way, however long the service lists it as pending. */
export const atGateway: Check<AtGateway> = {
  step: 'R25',
  title: 'What does the gateway have?',
  parameters: ['refund'],
  system: 'The payment gateway',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/admin/refunds/ref_abc123/gateway-status',
  equivalent: (names) => curl(names, names.paths.refundStatus.replace('{id}', '<refund>')),
  deadlineMs: 4_000,
  async look(ask) {
    const { now, thresholds } = ask;
    const late = await lateRefunds(ask);
    const wanted = worthAsking(late, ask, LARGE_BATCH);
    const known = knownBefore(ask);
    const asked = await gatewayOf(
      ask,
      wanted.map(({ id }) => id),
    );
    const answers = late.rows.flatMap(({ id }) => {
      const said = asked.get(id);
      const before = known.get(id);
      if (said === undefined) return before === undefined ? [] : [before];
      return [{ id, status: said?.status ?? null, acceptedAt: said?.acceptedAt ?? null, askedAt: now }];
    });
    const of = new Map<string, RefundSummary>(late.rows.map((refund) => [refund.id, refund]));
    const overdue = answers
      .filter((answer) => {
        const since = answer.acceptedAt ?? of.get(answer.id)?.createdAt ?? now;
        return answer.status === 'pending' && businessDays(since, now) > thresholds.settlingBusinessDays;
      })
      .map(({ id }) => id);
    const seen: AtGateway = { answers, overdue };
    const without = answers.filter(lacking).flatMap(({ id }) => of.get(id) ?? []);
    const has = answers.filter(accepted).length;
    const silent = answers.filter(({ status }) => status === null).length;
    const rest = Math.max(0, Math.max(late.total - late.unread, late.rows.length) - answers.length);
    const left = [
      ...(rest === 0 ? [] : [` ${rest} more are asked next.`]),
      ...(late.unread === 0 ? [] : [` ${late.unread} in the service’s list could not be understood.`]),
    ].join('');
    const blind = `${silent === 0 ? '' : ` Of ${silent} it could not be seen.`}${left}`;
    const slow =
      overdue.length === 0
        ? ''
        : ` ${overdue.length} ${overdue.length === 1 ? 'was' : 'were'} accepted over ${thresholds.settlingBusinessDays} business days ago: ask the provider (${overdue.slice(0, 3).join(', ')}).`;
    const evidence = without.slice(0, 10).map((refund) => lineOf(refund, answers, now));
    if (without.length > 0)
      return broken(
        `The gateway lacks ${without.length} of ${answers.length} refunds; ${has} ${has === 1 ? 'is' : 'are'} on the way.${slow}${blind}`,
        seen,
        evidence,
      );
    if (overdue.length > 0)
      return broken(`The gateway has ${has} of ${answers.length} refunds.${slow}${blind}`, seen, evidence);
    if (silent > 0 && silent === answers.length)
      return unknown(`What the gateway has of ${refunds(silent)} could not be seen.${left}`, seen);
    if (blind !== '') return unknown(`The gateway has ${has} of ${answers.length} refunds.${blind}`, seen);
    if (answers.length === 0) return healthy('No refund to ask the gateway about.', seen);
    const days = thresholds.settlingBusinessDays;
    return healthy(`The gateway has all ${has} refunds; they take up to ${days} business days.`, seen);
  },
};

function refunds(count: number): string {
  return `${count} ${count === 1 ? 'refund' : 'refunds'}`;
}

function lineOf(refund: RefundSummary, answers: AtGateway['answers'], now: number): string {
  const said = answers.find(({ id }) => id === refund.id)?.status ?? 'unknown';
  return `${refund.id}  ${said}  ${money(refund.amount, refund.currency)}  ${refund.errorCode ?? 'no code'}  waits ${spell(now - refund.createdAt)}`;
}

/** Whole days from Monday to Friday (UTC) that have passed; holidays are not known. */
export function businessDays(from: number, to: number): number {
  let days = 0;
  for (let at = from + DAY; at <= to; at += DAY) {
    const day = new Date(at).getUTCDay();
    if (day !== 0 && day !== 6) days += 1;
  }
  return days;
}
