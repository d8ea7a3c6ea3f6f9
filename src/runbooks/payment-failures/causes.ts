import type { Cause, Judging } from '../define-runbook.ts';
import { seenByHand } from '../shared/by-hand.ts';
import { absent, dominating } from '../shared/in-words.ts';
import { count } from '../shared/log-check.ts';
import { logsSay as classSays } from '../shared/log-classes.ts';
import { cutOff, oneHasPath } from '../shared/path.ts';
import { open, ruledOut, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { providerSays, reported } from '../shared/status-page.ts';
import { MEDIAN_DAYS } from '../shared/usual.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import type { PaymentData } from './checks.ts';
import { GATEWAY_CLASSES } from './logs.ts';

type GatewayClass = (typeof GATEWAY_CLASSES)[number];

function logsSay(judging: Judging<PaymentData>, name: GatewayClass): ReturnType<typeof classSays> {
  return classSays(judging.findings.logs.data, name, GATEWAY_CLASSES, judging);
}

function lines({ findings }: Judging<PaymentData>, name: GatewayClass): number {
  return findings.logs.data?.classes[name].lines ?? 0;
}

/** The gateway answers, and says that it is our key or our pace: then *down* is not an outage. */
function refusesUs(judging: Judging<PaymentData>): boolean {
  return logsSay(judging, 'credentials') === 'dominates' || logsSay(judging, 'rate limit') === 'dominates';
}

/** *Down*: said twice, far enough apart, and not because the gateway refuses us (runbook-knowledge 1.C1). */
export function gatewayDown(judging: Judging<PaymentData>): boolean {
  return judging.findings.gateway.data?.down === true && !refusesUs(judging) && !onlyCutOff(judging);
}

/** What the provider says of itself, or somebody read on its page where the bot could not. */
function providerThinks(judging: Judging<PaymentData>): ReturnType<typeof providerSays> | 'seen by a person' {
  const says = providerSays(judging.findings.provider);
  const { verdict } = judging.findings.provider;
  if (verdict !== 'skipped' && verdict !== 'unknown') return says;
  const seen = seenByHand(judging, 'm1.1');
  if (seen === 'incident') return 'seen by a person';
  return seen === 'up' ? 'quiet' : says;
}

/** Every pod that has a path gets an answer, and no payment meets a failure of the gateway any more. */
function answersWell(judging: Judging<PaymentData>): boolean {
  const answered = judging.findings.gateway.verdict === 'healthy' || onlyCutOff(judging);
  return answered && logsSay(judging, 'outage') === 'quiet';
}

/** Only pods without a path say *down*, while others get an answer: that is the path, and no outage (1.C2, 4.C5). */
export function onlyCutOff({
  findings: { gateway, path },
}: Judging<Pick<PaymentData, 'gateway' | 'path'>>): boolean {
  const { data } = path;
  const down = podsDown(gateway);
  return data !== null && data.open > 0 && down.length > 0 && down.every((pod) => data.shut.includes(pod));
}

/** Those whose health check says that the gateway is down. */
export function podsDown({ data }: Judging<PaymentData>['findings']['gateway']): readonly string[] {
  return (data?.pods ?? []).flatMap(({ pod, value }) => (value?.status === 'down' ? [pod] : []));
}

/** A pod without a path calls everything behind it down. */
export const NOBODY_GETS_THERE =
  'No pod gets to the provider, so nobody can tell from here how it is; the path comes first.';

/** Without R3 a pod that has no path looks the same as a gateway that is down. */
export const PATH_NOT_SEEN =
  'The health check says down, and whether the pods have a path to the provider was not seen (R3).';

export const ONLY_CUT_OFF = 'Only pods without a path say down; the others get an answer.';

const outage: Cause<PaymentData> = {
  id: '1.C1',
  title: 'Payment gateway down or degraded',
  outside: true,
  rule: (thresholds) => ({
    supported: `The health check (R1) says down in two looks ${thresholds.downSeconds} s apart on a pod that has a path (R3, where it can be tried) and neither 401/403 nor 429 dominates, 5xx and timeouts dominate the logs (R2: ${dominating(thresholds)}), or the provider reports an incident (X3, or m1.1).`,
    ruledOut: `Every pod reaches the gateway (R1), 5xx and timeouts are absent (${absent(thresholds)}), and the provider reports nothing or is not asked (X3).`,
  }),
  judge(judging) {
    const { gateway, logs } = judging.findings;
    const minutes = judging.thresholds.logWindowMinutes;
    const since = gateway.data?.downSince ?? null;
    const says = providerThinks(judging);
    const told = says === 'incident' || says === 'seen by a person';
    if (!told && cutOff(judging.findings.path, judging.thresholds) === 'all') return open(NOBODY_GETS_THERE);
    const down = gatewayDown(judging) && since !== null;
    if (down && oneHasPath(judging.findings.path, podsDown(gateway)))
      return supported(
        `The health check has said down for ${spell(judging.now - since)}, on ${podsDown(gateway).length} of ${gateway.data?.pods.length} pods.`,
      );
    if (says === 'incident') return supported(reported(judging.findings.provider));
    if (says === 'seen by a person' && !answersWell(judging))
      return supported('A person saw an incident on the provider’s status page.');
    if (logsSay(judging, 'outage') === 'dominates')
      return supported(`${lines(judging, 'outage')} payments met a 5xx or a timeout in ${minutes} min.`);
    if (down) return open(PATH_NOT_SEEN);
    if (answersWell(judging))
      return says === 'open'
        ? open('Payments reach the gateway, and whether its provider reports an incident is not sure (X3).')
        : ruledOut(
            onlyCutOff(judging)
              ? ONLY_CUT_OFF
              : 'Every pod reaches the gateway, and no 5xx or timeout comes any more.',
          );
    if (since !== null && !refusesUs(judging))
      return open('The health check has said down once; it is asked again.');
    if (gateway.verdict === 'broken' && !refusesUs(judging))
      return open('The gateway answers slowly, and the logs do not show failed payments of that kind.');
    return open(
      logs.data === null ? 'The logs could not be read.' : 'The health check and the logs do not agree yet.',
    );
  },
};

/** Reads nothing but R3 and X3, so that refunds can ask it too. */
export const network: Cause<Pick<PaymentData, 'path' | 'provider'>> = {
  id: '1.C2',
  title: 'No network path to the provider',
  outside: true,
  rule: ({ downSeconds }) => ({
    supported: `In two looks ${downSeconds} s apart at least half of the pods do not get to the provider (R3: DNS, TCP or TLS), and it reports no incident (X3); fewer pods: only on these nodes.`,
    ruledOut: 'All pods get an HTTP answer from the provider (R3), a 401 too.',
  }),
  judge({ findings: { path, provider }, thresholds }) {
    if (path.verdict === 'skipped') return open('The path could not be tried from inside a pod (R3).');
    const { data } = path;
    if (data === null) return open('The path was tried without a clear answer.');
    const many = `${data.shut.length} of ${data.pods} pods`;
    const cut = cutOff(path, thresholds);
    if ((cut === 'all' || cut === 'most') && providerSays(provider) === 'incident')
      return open(`${many} do not get to the provider, which reports an incident of its own (X3).`);
    switch (cut) {
      case 'all':
      case 'most':
        return supported(`${many} do not get to the provider, said twice.`);
      case 'some':
        return supported(`Only on these nodes: ${many} (${named(data.shut)}).`);
      default:
        break;
    }
    if (data.shut.length > 0) return open(`${many} did not get to the provider once; it is tried again.`);
    return data.open === data.pods
      ? ruledOut(`All ${data.pods} pods get an answer from the provider.`)
      : open(`Only ${data.open} of ${data.pods} pods could try the path.`);
  },
};

function named(pods: readonly string[]): string {
  return pods.length <= 3 ? pods.join(', ') : `${pods.slice(0, 3).join(', ')} and ${pods.length - 3} more`;
}

const credentials: Cause<PaymentData> = {
  id: '1.C3',
  title: 'Our key or credentials are wrong',
  outside: false,
  broughtBy: ['secret'],
  rule: (thresholds) => ({
    supported: `401 and 403 dominate the logs (R2: ${dominating(thresholds)}), or the credentials’ expiry has passed (R6).`,
    ruledOut: `401 and 403 are absent (${absent(thresholds)}), and the credentials have not expired (R6).`,
  }),
  judge(judging) {
    const { secret, logs } = judging.findings;
    const expired = secret.data?.expired === true;
    const older = secret.data?.olderPods ?? 0;
    const old = older > 0 ? ` ${count(older, 'pod', 'pods')} may still hold the old key.` : '';
    if (expired) return supported(`The credentials have expired.${old}`);
    const says = logsSay(judging, 'credentials');
    if (says === 'dominates')
      return supported(`${lines(judging, 'credentials')} payments were refused with 401 or 403.${old}`);
    if (says === 'quiet' && secret.verdict === 'healthy')
      return ruledOut('No payment is refused with 401 or 403, and nothing has expired.');
    if (logs.data === null) return open('The logs could not be read.');
    if (says === 'open') return open('The logs do not say it clearly.');
    return open(
      secret.verdict === 'broken' ? 'The secret is not there.' : 'The secret could not be looked at.',
    );
  },
};

/** Between two tries the logs say nothing, and the gateway may refuse us still. */
export function throttlesHealthCheck({ findings }: Judging<Pick<PaymentData, 'gateway'>>): boolean {
  return findings.gateway.data?.pods.some(({ value }) => /\b429\b/.test(value?.words ?? '')) ?? false;
}

const rateLimit: Cause<PaymentData> = {
  id: '1.C4',
  title: 'The provider throttles us',
  outside: true,
  rule: (thresholds) => ({
    supported: `429 dominates the logs (R2: ${dominating(thresholds)}).`,
    ruledOut: `429 is absent (${absent(thresholds)}), and no health check (R1) is answered with it.`,
  }),
  judge(judging) {
    const says = logsSay(judging, 'rate limit');
    if (says === 'dominates')
      return supported(`${lines(judging, 'rate limit')} payments were answered with 429.`);
    if (throttlesHealthCheck(judging))
      return open('The gateway answers its health check with 429, and the logs show few such payments.');
    if (says === 'quiet') return ruledOut('No payment is answered with 429.');
    return open(
      judging.findings.logs.data === null ? 'The logs could not be read.' : 'The logs do not say it clearly.',
    );
  },
};

const declines: Cause<PaymentData> = {
  id: '1.C5',
  title: 'Declined cards, the customers’ side',
  outside: true,
  rule: ({ declineFactor, usualDeclinePercent, usualDays, fewestAttempts }) => ({
    supported: `The share of declined cards is at least ${declineFactor} × the usual one among at least ${fewestAttempts} attempts (R4); usual is the median of ${MEDIAN_DAYS} days of our samples, ${usualDeclinePercent} % with fewer than ${usualDays} days.`,
    ruledOut: 'The share is below that, which is normal.',
  }),
  judge({ findings, thresholds }) {
    const window = findings.rate.data?.window ?? null;
    if (window === null || window.attempts < thresholds.fewestAttempts)
      return open('Too few attempts have been counted so far.');
    if (window.declines === null)
      return open('The declined cards could not be counted (`metrics.paymentDeclines`).');
    const share = (window.declines / window.attempts) * 100;
    const kept = findings.rate.data?.usual?.percent ?? null;
    const usual = kept ?? thresholds.usualDeclinePercent;
    const source = kept === null ? '' : `, the median of ${MEDIAN_DAYS} days`;
    const said = `${Math.round(share)} % of ${window.attempts} attempts in ${window.minutes} min were declined, usual are ${Math.round(usual)} %${source}.`;
    const wave = Math.max(usual, thresholds.leastUsualPercent) * thresholds.declineFactor;
    return share >= wave ? supported(said) : ruledOut(`${said} That is normal.`);
  },
};

export const causes: readonly Cause<PaymentData>[] = [outage, network, credentials, rateLimit, declines];

export const { stands, isRuledOut, whyNot, why } = verdictsOf(causes);
