import { RefundId } from '../../domain/ids.ts';
import type { Action, Draft, Judging, Proving, StillHolds } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { underProof } from '../shared/batch.ts';
import { money } from '../shared/money.ts';
import { pendingAmong } from '../shared/pending.ts';
import { reasonField, wrongReason } from '../shared/reason.ts';
import { triedInVain } from '../shared/tried.ts';
import type { RefundData } from './checks.ts';
import { type Judged, judged, lackingNow } from './judged.ts';
import { accepted, gatewayOf, hindranceOf, isNamed, listOf, paymentsOf } from './refunds.ts';
import { credited, PAID_BY_HAND, refundedByHand } from './retry.ts';

const MINUTE = 60_000;

/** Refunds that money cannot reach any more, or that a retry did not help. */
function wanting(judging: Judging<RefundData>): readonly Judged[] {
  const tried = triedInVain(judging.incident, 'R27');
  return lackingNow(judging).filter(
    ({ refund, hindrance }) => hindrance?.kind === 'gone' || tried.has(refund.id),
  );
}

function draftOf({ refund, status }: Judged, { thresholds }: Judging<RefundData>): Draft {
  const sum = money(refund.amount, refund.currency);
  return {
    targets: [refund.id],
    parameters: { gateway: status ?? 'unknown', amount: String(refund.amount), currency: refund.currency },
    preview: [
      `${refund.id}: ${sum} as store credit, at once, instead of the refund.`,
      `The gateway says ${status ?? 'nothing'} of it.`,
    ],
    binding: {
      kind: 'exact',
      expected: `${status} ${sum}`,
      words: `Only while it is pending with ${sum} and the gateway still says ${status ?? 'nothing'}.`,
    },
    fields: [reasonField(thresholds, 'Reason, for the audit log')],
  };
}

/** What must still be so just before the money goes: the row, the gateway's answer, the amount against the charge. */
async function stillOwed(proving: Proving, target: string): Promise<StillHolds> {
  const { parameters } = proving.run;
  const { found, whole } = await pendingAmong(listOf(proving), [target]);
  const row = found.get(target);
  if (row === undefined)
    return { changed: whole ? 'the refund is no longer pending' : 'the refund could not be found first' };
  const [at, payments] = await Promise.all([gatewayOf(proving, [target]), paymentsOf(proving, [row])]);
  const said = at.get(target) ?? null;
  if (said === null) return { changed: 'nobody can see whether the gateway paid it' };
  if (accepted(said)) return { changed: `the gateway has it by now (${said.status})` };
  if (said.status !== parameters['gateway'])
    return { changed: `the gateway said ${parameters['gateway']} and says ${said.status} now` };
  if (String(row.amount) !== parameters['amount'] || row.currency !== parameters['currency'])
    return { changed: `the amount is ${money(row.amount, row.currency)} now` };
  const hindrance = hindranceOf(row, payments.get(target) ?? 'unknown');
  if (hindrance !== null && hindrance.kind !== 'gone') return { changed: hindrance.words };
  return { targets: [target], dropped: [] };
}

/** R29, guarded: one refund, a second person approves. A customer must not be paid twice. */
export const storeCredit: Action<RefundData> = {
  step: 'R29',
  title: 'Give store credit',
  tier: 'guarded',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/refunds/ref_abc123/store-credit',
  equivalent: (names, targets) =>
    curl(names, names.paths.storeCredit.replace('{id}', targets[0] ?? '<refund>'), '-X POST '),
  notes: ['Store credit stands in for money.', 'Nothing takes it back.'],
  rule: ({ reasonCharacters }) => ({
    when: 'The payment method of a refund that the gateway lacks is gone (4.C2), or R27 was proven not to help it.',
    notWhile: [
      'The gateway has it (R25), or nobody can see whether it was paid: the customer would be paid twice.',
      'A retry of it is not proven yet, store credit was given already, or it may have been refunded by hand (m4.1).',
      'It is above the charge (4.C3): the amount is settled first.',
      `A reason of at least ${reasonCharacters} characters is missing.`,
    ],
  }),
  draft(judging) {
    const named = judged(judging).filter(({ refund }) => isNamed(refund, judging.incident.ids));
    const wanted = [...named, ...wanting(judging)];
    const each = [...new Map(wanted.map((one) => [one.refund.id, one])).values()];
    return each.slice(0, judging.thresholds.sampledOrders).map((one) => draftOf(one, judging));
  },
  when(judging, { targets }) {
    const one = wanting(judging).find(({ refund }) => targets.includes(refund.id));
    if (one === undefined) return null;
    return one.hindrance?.kind === 'gone' ? one.hindrance.words : 'a retry did not help it';
  },
  notWhile(judging, { targets }) {
    const id = targets[0] ?? '';
    const one = judged(judging).find(({ refund }) => refund.id === id);
    if (one === undefined) return 'it is not pending';
    if (credited(judging.incident, id)) return 'store credit was given for it, or may have been';
    if (underProof(judging, 'R27').has(id)) return 'a retry of it is not proven yet, and would pay twice';
    if (one.status === null) return 'nobody can see whether it was paid';
    if (accepted(one)) return 'the gateway has it, and the customer would be paid twice';
    if (refundedByHand(judging, one.refund)) return PAID_BY_HAND;
    const { hindrance } = one;
    if (hindrance?.kind === 'above') return `settle the amount first: ${hindrance.words}`;
    return hindrance?.kind === 'unknown' ? hindrance.words : null;
  },
  validate: ({ reason }, { thresholds }) => wrongReason(reason, thresholds),
  stillHolds: async (proving, run) => await stillOwed(proving, run.targets[0] ?? ''),
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.giveStoreCredit(RefundId.parse(target), licence, signal),
  // Still pending may mean *not yet*: a second credit on the strength of that would pay twice.
  async readBack(target, _parameters, proving) {
    const { found, whole } = await pendingAmong(listOf(proving), [target]);
    return !found.has(target) && whole ? 'done' : 'unknown';
  },
  proof: {
    plan: () => ({
      everyMs: MINUTE / 2,
      withinMs: 2 * MINUTE,
      alike: 2,
      words: 'The refund leaves the list of pending ones within 2 min.',
    }),
    async sample(proving) {
      const { targets } = proving.run;
      const { found, whole } = await pendingAmong(listOf(proving), targets);
      const waits = targets.filter((target) => found.has(target));
      const left = targets.filter((target) => !found.has(target));
      return {
        moved: whole ? left : [],
        unknown: whole ? [] : left,
        line:
          waits.length > 0
            ? 'The refund is still pending.'
            : whole
              ? 'The refund is no longer pending.'
              : 'The list of refunds could not be read to its end.',
        value: null,
        worse: false,
      };
    },
  },
  mitigates: false,
  owes: [
    { what: 'Tell the customer: store credit, amount, why.', owner: 'customer service' },
    { what: 'Add the order note: store credit instead of the refund, why.', owner: 'orders' },
  ],
  afterProof: true,
};
