import { isOver } from '../../domain/cause-history.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Action, Judging, Proving } from '../define-runbook.ts';
import { curl, orderWorkload } from '../names.ts';
import { seenByHand } from '../shared/by-hand.ts';
import { count } from '../shared/log-check.ts';
import { someCutOff } from '../shared/path.ts';
import { restartOf } from '../shared/restart.ts';
import { notedAttempts, rateSince } from '../shared/success-rate.ts';
import { stands } from './causes.ts';
import type { PaymentData } from './checks.ts';
import { PAYMENTS_RATE, watchRate } from './rate.ts';

const MINUTE = 60_000;
const PAYMENTS = 'payments';

/** Causes that end by themselves or by somebody else's hand; a retry helps once one of them is over. */
const PASSING = ['1.C1', '1.C2', '1.C3', '1.C4'] as const;

/** Declined cards, and nothing else in this incident: what waits was never the gateway's doing. */
function onlyDeclines(judging: Judging<PaymentData>): boolean {
  const { causeHistory } = judging.incident;
  if (PASSING.some((id) => causeHistory[id] !== undefined || stands(judging, id))) return false;
  return stands(judging, '1.C5');
}

async function waitingNow({ probes, names, thresholds, signal }: Proving): Promise<number> {
  const page = await probes.orderService.stuckOrders(
    {
      status: names.statuses.pendingPayment,
      olderThanMinutes: thresholds.pendingPaymentMinutes,
      limit: 1,
      cursor: null,
    },
    signal,
  );
  return page.total;
}

/** R5. The service chooses the orders: all that wait then. */
export const retryPayments: Action<PaymentData> = {
  step: 'R5',
  title: 'Retry payments',
  tier: 'safe',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/retry-payments',
  equivalent: (names) => curl(names, names.paths.retryPayments, '-X POST '),
  notes: ['The service tries each payment by itself, three times at most; a retry is one more try.'],
  rule: ({ afterRateLimitMinutes, pendingPaymentMinutes }) => ({
    when: `One of 1.C1 to 1.C4 is over, none of them stands, and orders have waited for payment for over ${pendingPaymentMinutes} min.`,
    notWhile: [
      'The gateway is not well or nobody knows how it is (R1): a try would burn one of the automatic ones.',
      'Our credentials are refused (1.C3): the same key would be refused again.',
      `The provider throttles us, or stopped less than ${afterRateLimitMinutes} min ago (1.C4): it would feed the limit.`,
      'Only cards were declined (1.C5): a declined card stays declined.',
      'No order waits.',
    ],
  }),
  draft({ findings }) {
    const seen = findings.waiting.data;
    if (seen === null) return [];
    return [
      {
        targets: [PAYMENTS],
        parameters: {},
        preview: [`All orders that wait for payment then are tried again, now ${seen.total}.`],
        binding: { kind: 'none', words: 'The service chooses the orders.' },
      },
    ];
  },
  when(judging) {
    const { findings, incident, now } = judging;
    const over = PASSING.find((id) => isOver(incident.causeHistory, id, now));
    if (PASSING.some((id) => stands(judging, id))) return null;
    if (over === undefined || (findings.waiting.data?.total ?? 0) === 0) return null;
    return 'the trouble is over, and orders still wait';
  },
  notWhile(judging) {
    const { findings, incident, now, thresholds } = judging;
    if (stands(judging, '1.C3')) return 'the same key would be refused again';
    const throttled = incident.causeHistory['1.C4'];
    const restMs = thresholds.afterRateLimitMinutes * MINUTE;
    if (
      stands(judging, '1.C4') ||
      (throttled !== undefined && !isOver(incident.causeHistory, '1.C4', now, restMs))
    )
      return `it would feed the limit; it unlocks ${thresholds.afterRateLimitMinutes} min after the last 429`;
    if (findings.gateway.verdict === 'broken')
      return `the gateway is not well, and a try now would burn one of ${thresholds.paymentRetries} automatic ones`;
    if (findings.gateway.verdict !== 'healthy') return 'nobody knows yet whether the gateway answers';
    if (onlyDeclines(judging)) return 'a declined card stays declined';
    return (findings.waiting.data?.total ?? 0) === 0 ? 'nothing waits for payment' : null;
  },
  validate: () => ({}),
  async stillHolds(proving, run) {
    const waiting = await waitingNow(proving);
    if (waiting === 0) return { changed: 'nothing waits for payment any more' };
    return {
      targets: run.targets,
      dropped: [],
      noted: { waiting: String(waiting), ...(await notedAttempts(proving, PAYMENTS_RATE)) },
    };
  },
  apply: async (_target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.retryPayments(licence, signal),
  // The service keeps no record of who asked for a retry of all; the proof reads what came of it.
  readBack: async () => 'unknown',
  proof: {
    plan: ({ rateProofMinutes, successPercent }) => ({
      everyMs: MINUTE,
      withinMs: rateProofMinutes * MINUTE,
      alike: 3,
      unit: '%',
      words: `Fewer orders wait, and ${successPercent} % of payments succeed, within ${rateProofMinutes} min.`,
    }),
    watch: watchRate,
    async sample(proving) {
      const before = proving.run.parameters['waiting'];
      const waiting = await waitingNow(proving);
      if (before === undefined) {
        const line = `${count(waiting, 'order waits', 'orders wait')}; how many did before the run is not known.`;
        return { moved: [], unknown: [PAYMENTS], line, value: null, worse: false };
      }
      const line = ` ${count(waiting, 'order waits', 'orders wait')}, ${before} did.`;
      return await rateSince(proving, PAYMENTS_RATE, PAYMENTS, { ok: waiting < Number(before), line });
    },
  },
  mitigates: false,
  owes: [],
  // What waits has had its one more try.
  afterProof: true,
};

function answered({ verdict }: Finding): boolean {
  return verdict === 'healthy' || verdict === 'broken';
}

/** R7. Helps where pods hold an old key or are cut off; cures no outage outside. */
export const restartService = restartOf<PaymentData>({
  step: 'R7',
  source: 'kubectl rollout restart deployment/order-service',
  workload: orderWorkload,
  state: ({ findings }) => findings.service.data,
  rule: () => ({
    when: 'The path fails on some pods and works on others (R3), or pods are older than the credentials while 1.C3 is supported (R6).',
    notWhile: [
      '1.C1, 1.C4, or 1.C2 on all pods is supported: an outage outside.',
      'Neither the health check (R1) nor the provider’s status page (X3) answers: the provider comes first.',
    ],
  }),
  when(judging) {
    const { secret, path } = judging.findings;
    const older = secret.data?.olderPods ?? 0;
    if (stands(judging, '1.C3') && older > 0)
      return `${count(older, 'pod', 'pods')} started before the credentials changed`;
    const shut = path.data?.shut.length ?? 0;
    return someCutOff(path, judging.thresholds)
      ? `${shut} of ${path.data?.pods} pods ${shut === 1 ? 'has' : 'have'} no path to the provider`
      : null;
  },
  notWhile(judging) {
    const some = someCutOff(judging.findings.path, judging.thresholds);
    const outside = some ? ['1.C1', '1.C4'] : ['1.C1', '1.C2', '1.C4'];
    if (outside.some((id) => stands(judging, id))) return 'a restart cannot cure an outage outside';
    const { gateway, provider } = judging.findings;
    const seen = seenByHand(judging, 'm1.1');
    const asked = seen === 'up' || seen === 'incident' || answered(provider) || answered(gateway);
    return asked ? null : 'the provider comes first, and nobody knows how the gateway is';
  },
  note: async (proving) => await notedAttempts(proving, PAYMENTS_RATE),
  proof: {
    plan: ({ rateProofMinutes, successPercent }) => ({
      everyMs: MINUTE,
      withinMs: rateProofMinutes * MINUTE,
      alike: 3,
      unit: '%',
      words: `${successPercent} % of payments succeed within ${rateProofMinutes} min of the rollout’s end.`,
    }),
    watch: watchRate,
    sample: async (proving) =>
      await rateSince(proving, PAYMENTS_RATE, proving.run.targets[0] ?? '', { ok: true, line: '' }),
  },
});
