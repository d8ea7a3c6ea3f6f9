import type { Cause, Judging } from '../define-runbook.ts';
import {
  NOBODY_GETS_THERE,
  network,
  ONLY_CUT_OFF,
  onlyCutOff,
  PATH_NOT_SEEN,
  podsDown,
  throttlesHealthCheck,
} from '../payment-failures/causes.ts';
import { absent, dominating } from '../shared/in-words.ts';
import { logsSay } from '../shared/log-classes.ts';
import { cutOff, oneHasPath } from '../shared/path.ts';
import { open, ruledOut, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { providerSays, reported } from '../shared/status-page.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import type { RefundData } from './checks.ts';
import { hindrances } from './judged.ts';
import { limitEnds, REFUND_CLASSES, type RefundClass } from './logs.ts';

const NO_LOGS = 'The logs could not be read.';

function says(judging: Judging<RefundData>, name: RefundClass): ReturnType<typeof logsSay> {
  return logsSay(judging.findings.logs.data, name, REFUND_CLASSES, judging);
}

function lines({ findings }: Judging<RefundData>, name: RefundClass): number {
  return findings.logs.data?.classes[name].lines ?? 0;
}

/** *Down*, and not because the gateway refuses our key or our pace (as 1.C1). */
function gatewayDown(judging: Judging<RefundData>): boolean {
  const refusesUs =
    says(judging, 'credentials') === 'dominates' || says(judging, 'rate limit') === 'dominates';
  return judging.findings.gateway.data?.down === true && !refusesUs && !onlyCutOff(judging);
}

/** When the gateway takes refunds again, epoch ms; null: no daily limit stands. */
export function limitedUntil({ findings, now }: Judging<RefundData>): number | null {
  const at = findings.logs.data?.dailyLimitAt ?? null;
  return at !== null && limitEnds(at) > now ? limitEnds(at) : null;
}

const outage: Cause<RefundData> = {
  id: '4.C1',
  title: 'Payment gateway in trouble',
  outside: true,
  rule: (thresholds) => ({
    supported: `The health check (R1) says down in two looks ${thresholds.downSeconds} s apart on a pod that has a path (R3, where it can be tried) and neither 401/403 nor 429 dominates, 5xx and timeouts dominate the tries of refunds (R24: ${dominating(thresholds)}), or the provider reports an incident (X3).`,
    ruledOut: `Every pod reaches the gateway (R1), 5xx and timeouts are absent (${absent(thresholds)}), and the provider reports nothing or is not asked (X3).`,
  }),
  judge(judging) {
    const { gateway, logs } = judging.findings;
    const since = gateway.data?.downSince ?? null;
    const provider = providerSays(judging.findings.provider);
    const { path } = judging.findings;
    if (provider !== 'incident' && cutOff(path, judging.thresholds) === 'all') return open(NOBODY_GETS_THERE);
    const down = gatewayDown(judging) && since !== null;
    if (down && oneHasPath(path, podsDown(gateway)))
      return supported(`The health check has said down for ${spell(judging.now - since)}.`);
    if (provider === 'incident') return supported(reported(judging.findings.provider));
    const said = says(judging, 'outage');
    if (said === 'dominates')
      return supported(
        `${lines(judging, 'outage')} tries of refunds met a 5xx or a timeout in ${judging.thresholds.logWindowMinutes} min.`,
      );
    if (down) return open(PATH_NOT_SEEN);
    const cut = onlyCutOff(judging);
    if ((gateway.verdict === 'healthy' || cut) && said === 'quiet') {
      if (provider === 'open')
        return open(
          'Refunds reach the gateway, and whether its provider reports an incident is not sure (X3).',
        );
      return ruledOut(
        cut
          ? ONLY_CUT_OFF
          : 'Every pod reaches the gateway, and no refund meets a 5xx or a timeout any more.',
      );
    }
    if (since !== null) return open('The health check has said down once; it is asked again.');
    if (gateway.verdict === 'broken') return open('The gateway answers slowly.');
    return open(logs.data === null ? NO_LOGS : 'The health check and the logs do not agree yet.');
  },
};

function unseen(dark: number): string {
  return `Of ${dark} ${dark === 1 ? 'refund' : 'refunds'} nobody could see what the gateway has (R25).`;
}

const methodGone: Cause<RefundData> = {
  id: '4.C2',
  title: 'The first payment method is gone',
  outside: true,
  rule: (thresholds) => ({
    supported: `The method of a refund that the gateway lacks is not valid or its payment is not known (R28), or refusals for the method dominate (R24: ${dominating(thresholds)}).`,
    ruledOut:
      'The payments of all of them are there with a valid method (R28), and no method is refused (R24).',
  }),
  judge(judging) {
    const { known, gone, unknown, dark } = hindrances(judging);
    if (gone.length > 0)
      return supported(
        `${gone.length} of ${known} refunds that the gateway lacks, ${gone[0]?.id} first: ${gone[0]?.words}.`,
      );
    const said = says(judging, 'method');
    if (said === 'dominates')
      return supported(`${lines(judging, 'method')} tries of refunds were refused for their method.`);
    if (dark > 0) return open(unseen(dark));
    if (known === null || unknown > 0) return open('Not every payment could be looked at (R28).');
    if (said === 'quiet') return ruledOut('The payments are there, and no method is refused.');
    return open(judging.findings.logs.data === null ? NO_LOGS : 'The logs do not say it clearly.');
  },
};

const aboveCharge: Cause<RefundData> = {
  id: '4.C3',
  title: 'Refund larger than the charge',
  outside: false,
  rule: () => ({
    supported:
      'Amount plus earlier refunds are above the charge for a refund that the gateway lacks (R23 against R28).',
    ruledOut: 'They are not, for all of them (R28).',
  }),
  judge(judging) {
    const { known, above, unknown, dark } = hindrances(judging);
    const [first] = above;
    if (first !== undefined)
      return supported(
        `${above.length} of ${known} refunds that the gateway lacks, ${first.id} first: ${first.words}.`,
      );
    if (dark > 0) return open(unseen(dark));
    if (known === null || unknown > 0) return open('Not every amount could be compared (R28).');
    return ruledOut('No refund that the gateway lacks is above its charge.');
  },
};

const throttled: Cause<RefundData> = {
  id: '4.C4',
  title: 'The gateway throttles our refunds',
  outside: true,
  rule: (thresholds) => ({
    supported: `429 dominates the tries of refunds (R24: ${dominating(thresholds)}), or a daily limit was reached today (UTC).`,
    ruledOut: `Neither is there (${absent(thresholds)}), and no health check (R1) is answered with 429.`,
  }),
  judge(judging) {
    const until = limitedUntil(judging);
    if (until !== null)
      return supported(
        `The gateway’s daily limit is reached, until ${new Date(until).toISOString().slice(0, 16)}Z.`,
      );
    const said = says(judging, 'rate limit');
    if (said === 'dominates')
      return supported(`${lines(judging, 'rate limit')} tries of refunds were answered with 429.`);
    if (throttlesHealthCheck(judging))
      return open('The gateway answers its health check with 429, and the logs show few such tries.');
    if (said === 'quiet' && says(judging, 'daily limit') === 'quiet')
      return ruledOut('No refund is answered with 429 or a daily limit.');
    return open(judging.findings.logs.data === null ? NO_LOGS : 'The logs do not say it clearly.');
  },
};

/** 4.C1 to 4.C5. */
export const causes: readonly Cause<RefundData>[] = [
  outage,
  methodGone,
  aboveCharge,
  throttled,
  { ...network, id: '4.C5', title: 'No network path to the gateway' },
];

export const { stands } = verdictsOf(causes);
