import { isOver } from '../../domain/cause-history.ts';
import { RefundId } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Judging, Proving } from '../define-runbook.ts';
import { batchOf, type Standing } from '../shared/batch.ts';
import { pendingAmong } from '../shared/pending.ts';
import { triedInVain } from '../shared/tried.ts';
import { causes, limitedUntil, stands } from './causes.ts';
import type { RefundData } from './checks.ts';
import { type Judged, judged, lackingNow } from './judged.ts';
import { accepted, gatewayOf, hindranceOf, isNamed, listOf, paymentsOf } from './refunds.ts';

const MINUTE = 60_000;
/** The gateway takes a retried refund within this (our default: 10 min). */
const PROOF_MINUTES = 10;

/** Causes that end by themselves or by somebody else's hand; a retry helps once one of them is over. */
const PASSING = ['4.C1', '4.C4', '4.C5'] as const;

/** Store credit was given for it, or may have been: only a *failed* run surely gave none. */
export function credited({ runs }: Incident, refund: string): boolean {
  return runs.some(
    ({ action, targets, outcome }) => action === 'R29' && targets.includes(refund) && outcome !== 'failed',
  );
}

/**
 * Somebody refunded by hand in the gateway’s dashboard (m4.1), which does not say for which of those that were shown: until a
 * person says otherwise, none of them is paid by another way.
 */
export function refundedByHand(
  { incident, owed }: Pick<Judging<RefundData>, 'incident' | 'owed'>,
  { createdAt }: { readonly createdAt: number },
): boolean {
  const tick = incident.ticks.find(({ step }) => step === 'm4.1');
  if (tick?.answer === BY_HAND[0] && createdAt < tick.at) return true;
  // The ticks of other incidents are not seen from here; what they left to do is.
  const others = owed.filter(
    ({ id, step }) => step === 'm4.1' && !incident.owed.some((own) => own.id === id),
  );
  return others.some(({ at }) => createdAt < at);
}

/** What a tick of m4.1 says; the second one takes the first one back. */
export const BY_HAND = ['refunded', 'not refunded'] as const;
/** Why neither a retry nor store credit goes out then. */
export const PAID_BY_HAND = 'it may have been refunded by hand (m4.1), and would be paid twice';

/** Why this one refund is not tried again; null: it may be. */
function whyNotThis({ refund, status, hindrance }: Judged, judging: Judging<RefundData>): string | null {
  if (credited(judging.incident, refund.id)) return 'store credit was given for it, or may have been';
  if (status === null) return 'nobody can see whether it was paid';
  if (accepted({ status })) return 'the gateway has it';
  if (refundedByHand(judging, refund)) return PAID_BY_HAND;
  if (hindrance === null) return null;
  return hindrance.kind === 'above'
    ? `${hindrance.words}; somebody settles the amount first`
    : hindrance.words;
}

/** What a retry may help, and what it may not, the oldest first. */
function sorted(judging: Judging<RefundData>) {
  const without = lackingNow(judging);
  const may = without.filter((one) => whyNotThis(one, judging) === null);
  // Of none of those can anybody see what the gateway has: the button says so and waits.
  const dark = judged(judging).filter(({ status }) => status === null);
  return { may, not: without.filter((one) => !may.includes(one)), dark };
}

/** Why a retry is recommended now; null: it is only possible. As decision 5 has it for workflows. */
function whyRetry(judging: Judging<RefundData>, targets: readonly string[]): string | null {
  const { findings, incident, now } = judging;
  if (findings.gateway.verdict === 'broken' || PASSING.some((id) => stands(judging, id))) return null;
  const over = PASSING.filter((id) => isOver(incident.causeHistory, id, now));
  const overSince = Math.max(...over.map((id) => incident.causeHistory[id]?.clearSince ?? 0), 0);
  const tried = triedInVain(incident, 'R27');
  // What did not help is worth another try only after something has changed.
  if (targets.every((target) => (tried.get(target) ?? -1) >= overSince)) return null;
  const ended = causes.find(({ id }) => over.some((one) => one === id));
  if (ended !== undefined) return `“${ended.title}” is over, and the gateway still lacks refunds`;
  return 'the gateway lacks them, nothing that could be looked at speaks against it, and a failed refund may be tried again';
}

/** Of the run's refunds, those that are still pending, that the gateway still lacks, and whose amount is right. */
async function qualify(proving: Proving): Promise<{ readonly standings: readonly Standing[] }> {
  const { targets } = proving.run;
  const { found, whole } = await pendingAmong(listOf(proving), targets);
  const rows = targets.flatMap((id) => found.get(id) ?? []);
  const [at, payments] = await Promise.all([gatewayOf(proving, targets), paymentsOf(proving, rows)]);
  return {
    standings: targets.map((target) => {
      const row = found.get(target);
      if (row === undefined) return { target, so: whole ? false : null, words: 'it is no longer pending' };
      const said = at.get(target);
      if (said == null) return { target, so: null, words: '' };
      if (accepted(said)) return { target, so: false, words: `the gateway has it by now (${said.status})` };
      const hindrance = hindranceOf(row, payments.get(target) ?? 'unknown');
      if (hindrance?.kind === 'unknown') return { target, so: null, words: '' };
      return { target, so: hindrance === null, words: hindrance?.words ?? '' };
    }),
  };
}

/** R27's proof: the gateway has it. */
async function taken(proving: Proving): Promise<readonly Standing[]> {
  const at = await gatewayOf(proving, proving.run.targets);
  return proving.run.targets.map((target) => {
    const said = at.get(target) ?? null;
    return { target, so: said === null ? null : accepted(said), words: said?.status ?? '' };
  });
}

function line(found: readonly Standing[], minutes: number): string {
  const silent = found.filter(({ so }) => so === null).length;
  const [only] = found;
  if (found.length === 1 && only !== undefined)
    return only.so === null
      ? 'The gateway could not be asked about it.'
      : `The gateway says ${only.words} of it after ${minutes} min.`;
  return `The gateway was asked after ${minutes} min.${silent === 0 ? '' : ` Of ${silent} it could not be seen.`}`;
}

/** R27, for all that the gateway lacks and for one alone. */
export const retryRefund = batchOf<RefundData>({
  step: 'R27',
  title: 'Retry refund',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/refunds/ref_abc123/retry',
  path: (names) => names.paths.retryRefund,
  notes: ['A failed refund may be retried; what the gateway has is never tried again.'],
  rule: () => ({
    when: '4.C1, 4.C4 or 4.C5 is over, or nothing that could be looked at speaks against it, and the gateway lacks refunds (R25: failed or not found).',
    notWhile: [
      'The gateway is not well (R1), or its daily limit is reached (4.C4): until midnight UTC.',
      'The gateway has the refund (R25: pending or succeeded), or nobody can see whether it was paid.',
      'It is above the charge (4.C3), its payment could not be read (R28), or its method is gone (4.C2).',
      'Store credit was given for it (R29), or it may have been refunded by hand (m4.1).',
    ],
  }),
  one: 'refund',
  many: 'refunds',
  says: (what) => `The gateway is asked again for ${what}.`,
  bound: 'Refunds that the gateway has meanwhile are left alone.',
  found(judging) {
    const { may, not, dark } = sorted(judging);
    const ids = (may.length + not.length === 0 ? dark : may).map(({ refund }) => refund.id);
    return { ids, total: ids.length };
  },
  // Where nothing can be retried, each says why; a named one does so always.
  alone(judging) {
    const { may, not } = sorted(judging);
    const named = judged(judging).filter(({ refund }) => isNamed(refund, judging.incident.ids));
    const shown = may.length === 0 ? [...named, ...not] : named;
    return [...new Set(shown.map(({ refund }) => refund.id))];
  },
  remarks(judging, targets) {
    const { not } = sorted(judging);
    if (not.length === 0 || targets.length < 2) return [];
    const [first] = not;
    const why = first === undefined ? null : whyNotThis(first, judging);
    return [
      `${not.length} more that it lacks ${not.length === 1 ? 'is' : 'are'} left out, the first one because ${why}.`,
    ];
  },
  when: whyRetry,
  notWhile(judging, targets) {
    const until = limitedUntil(judging);
    if (until !== null)
      return `the gateway’s daily limit is reached, until ${new Date(until).toISOString().slice(0, 16)}Z`;
    const of = new Map<string, Judged>(judged(judging).map((one) => [one.refund.id, one]));
    if (judging.findings.gateway.verdict === 'broken')
      return 'the gateway is not well, and a try now would fail again';
    for (const target of targets) {
      const one = of.get(target);
      const why = one === undefined ? 'it is not pending' : whyNotThis(one, judging);
      if (why !== null) return why;
    }
    return null;
  },
  qualify,
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.retryRefund(RefundId.parse(target), licence, signal),
  // The gateway has it: then it was done. That it lacks it does not say that nobody was asked.
  async readBack(target, _parameters, { probes, signal }) {
    const said = await probes.orderService.refundAtGateway(RefundId.parse(target), signal);
    return accepted(said) ? 'done' : 'unknown';
  },
  plan: () => ({
    everyMs: MINUTE,
    withinMs: PROOF_MINUTES * MINUTE,
    alike: 2,
    words: `The gateway has them within ${PROOF_MINUTES} min.`,
  }),
  finished: taken,
  line,
  owes: [{ what: 'Tell the customer: state, amount, expected day.', owner: 'customer service' }],
  afterProof: true,
});
