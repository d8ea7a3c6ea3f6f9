import type { CauseVerdict } from '../../domain/finding.ts';
import type { Cause, Judging } from '../define-runbook.ts';
import { logsSay as classSays } from '../shared/log-classes.ts';
import { cutOff } from '../shared/path.ts';
import { spell } from '../shared/spell.ts';
import type { PaymentData } from './checks.ts';
import { GATEWAY_CLASSES } from './logs.ts';

type Said = { readonly verdict: CauseVerdict; readonly because: string };
type GatewayClass = (typeof GATEWAY_CLASSES)[number];

const supported = (because: string): Said => ({ verdict: 'supported', because });
const ruledOut = (because: string): Said => ({ verdict: 'ruled out', because });
const open = (because: string): Said => ({ verdict: 'open', because });

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

/** *Down*: said twice, 15 s apart, and not because the gateway refuses us (runbook-knowledge 1.C1). */
export function gatewayDown(judging: Judging<PaymentData>): boolean {
  return judging.findings.gateway.data?.down === true && !refusesUs(judging) && !onlyCutOff(judging);
}

/** Only pods without a path say *down*, while others get an answer: that is the path, and no outage (1.C2). */
function onlyCutOff({ findings: { gateway, path } }: Judging<PaymentData>): boolean {
  const { data } = path;
  const down = gateway.data?.pods.filter(({ value }) => value?.status === 'down') ?? [];
  return (
    data !== null && data.open > 0 && down.length > 0 && down.every(({ pod }) => data.shut.includes(pod))
  );
}

const outage: Cause<PaymentData> = {
  id: '1.C1',
  title: 'Payment gateway down or degraded',
  outside: true,
  judge(judging) {
    const { gateway, logs } = judging.findings;
    const minutes = judging.thresholds.logWindowMinutes;
    const since = gateway.data?.downSince ?? null;
    if (gatewayDown(judging) && since !== null) {
      const pods = gateway.data?.pods ?? [];
      const down = pods.filter(({ value }) => value?.status === 'down').length;
      return supported(
        `The health check has said down for ${spell(judging.now - since)}, on ${down} of ${pods.length} pods.`,
      );
    }
    if (onlyCutOff(judging) && logsSay(judging, 'outage') === 'quiet')
      return ruledOut('Only pods without a path say down; the others get an answer.');
    if (logsSay(judging, 'outage') === 'dominates')
      return supported(`${lines(judging, 'outage')} payments met a 5xx or a timeout in ${minutes} min.`);
    if (gateway.verdict === 'healthy' && logsSay(judging, 'outage') === 'quiet')
      return ruledOut('Every pod reaches the gateway, and no 5xx or timeout comes any more.');
    if (since !== null && !refusesUs(judging))
      return open('The health check has said down once; it is asked again.');
    if (gateway.verdict === 'broken' && !refusesUs(judging))
      return open('The gateway answers slowly, and the logs do not show failed payments of that kind.');
    return open(
      logs.data === null ? 'The logs could not be read.' : 'The health check and the logs do not agree yet.',
    );
  },
};

/** Reads nothing but R3, so that refunds can ask it too. */
export const network: Cause<Pick<PaymentData, 'path'>> = {
  id: '1.C2',
  title: 'No network path to the provider',
  outside: true,
  judge({ findings: { path } }) {
    if (path.verdict === 'skipped') return open('The path could not be tried from inside a pod (R3).');
    const { data } = path;
    if (data === null) return open('The path was tried without a clear answer.');
    const many = `${data.shut.length} of ${data.pods} pods`;
    switch (cutOff(path)) {
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
  judge(judging) {
    const { secret, logs } = judging.findings;
    const expired = secret.data?.expired === true;
    const older = secret.data?.olderPods ?? 0;
    const old = older > 0 ? ` ${older} pods may still hold the old key.` : '';
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

const rateLimit: Cause<PaymentData> = {
  id: '1.C4',
  title: 'The provider throttles us',
  outside: true,
  judge(judging) {
    const says = logsSay(judging, 'rate limit');
    if (says === 'dominates')
      return supported(`${lines(judging, 'rate limit')} payments were answered with 429.`);
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
  judge({ findings, thresholds }) {
    const window = findings.rate.data?.window ?? null;
    if (window === null || window.attempts < thresholds.fewestAttempts)
      return open('Too few attempts have been counted so far.');
    if (window.declines === null)
      return open('The declined cards could not be counted (`metrics.paymentDeclines`).');
    const share = (window.declines / window.attempts) * 100;
    const usual = thresholds.usualDeclinePercent;
    const said = `${Math.round(share)} % of ${window.attempts} attempts in ${window.minutes} min were declined, usual are ${usual} %.`;
    return share >= usual * thresholds.declineFactor ? supported(said) : ruledOut(`${said} That is normal.`);
  },
};

/** Whether this cause is supported now. */
export function stands(judging: Judging<PaymentData>, id: string): boolean {
  return causes.some((cause) => cause.id === id && cause.judge(judging).verdict === 'supported');
}

export const causes: readonly Cause<PaymentData>[] = [outage, network, credentials, rateLimit, declines];
