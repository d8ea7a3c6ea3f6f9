import type { Cause, Judging } from '../define-runbook.ts';
import { seenByHand } from '../shared/by-hand.ts';
import { absent, dominating } from '../shared/in-words.ts';
import { count } from '../shared/log-check.ts';
import { goesOn, logsSay } from '../shared/log-classes.ts';
import { open, ruledOut, type Said, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { providerSays, reported } from '../shared/status-page.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import type { ShippingData } from './checks.ts';
import { LABEL_CLASSES, type LabelClass } from './logs.ts';
import { served } from './parcels.ts';

function say(judging: Judging<ShippingData>, name: LabelClass): ReturnType<typeof logsSay> {
  return logsSay(judging.findings.logs.data, name, LABEL_CLASSES, judging);
}

function lines({ findings }: Judging<ShippingData>, name: LabelClass): number {
  return findings.logs.data?.classes[name].lines ?? 0;
}

function unclear({ findings }: Judging<ShippingData>): Said {
  return open(
    findings.logs.data === null ? 'The logs could not be read.' : 'The logs do not say it clearly.',
  );
}

const carrier: Cause<ShippingData> = {
  id: '5.C1',
  title: 'The carrier is down or throttles us',
  outside: true,
  rule: (thresholds) => ({
    supported: `The carrier is down in two looks ${thresholds.downSeconds} s apart (R31; a refused key is not down), 5xx and timeouts or 429 dominate the labels that were not made (R30: ${dominating(thresholds)}), or the carrier reports an incident (X3).`,
    ruledOut: `The carrier answers well (R31), those lines are absent (${absent(thresholds)}), and it reports nothing or is not asked (X3).`,
  }),
  judge(judging) {
    const { carriers } = judging.findings;
    const minutes = judging.thresholds.logWindowMinutes;
    const since = carriers.data?.downSince ?? null;
    if (carriers.data?.down === true && since !== null)
      return supported(`The carrier has not answered for ${spell(judging.now - since)}.`);
    const provider = providerSays(judging.findings.provider);
    if (provider === 'incident') return supported(reported(judging.findings.provider));
    const [outage, throttled] = [say(judging, 'outage'), say(judging, 'rate limit')];
    if (outage === 'dominates')
      return supported(`${lines(judging, 'outage')} labels met a 5xx or a timeout in ${minutes} min.`);
    if (throttled === 'dominates')
      return supported(`${lines(judging, 'rate limit')} labels were answered with 429 in ${minutes} min.`);
    if (since !== null) return open('The carrier has been said to be down once; it is asked again.');
    // A carrier that refuses our key answers, so it is up; whether it is well it does not say.
    if (carriers.verdict === 'healthy' && outage === 'quiet' && throttled === 'quiet' && provider === 'open')
      return open('The carrier answers, and whether it reports an incident is not sure (X3).');
    if (carriers.verdict === 'healthy' && outage === 'quiet' && throttled === 'quiet')
      return ruledOut('The carrier answers, and no label meets a 5xx, a timeout or a 429.');
    if (carriers.data === null) return open('Whether the carrier answers could not be asked (R31).');
    return carriers.verdict === 'healthy'
      ? unclear(judging)
      : open('The carrier answers, and not as it should.');
  },
};

const address: Cause<ShippingData> = {
  id: '5.C2',
  title: 'Addresses are wrong or unfinished',
  outside: false,
  rule: (thresholds) => ({
    supported: `Refused addresses dominate the labels that were not made (R30: ${dominating(thresholds)}), are the last error of an order that was named or of half of those that wait, or the address that was asked about is not valid (R32).`,
    ruledOut: `They are absent (${absent(thresholds)}), and no order that waits was refused for one.`,
  }),
  judge(judging) {
    const { findings, incident } = judging;
    const asked = incident.answers.find(({ step }) => step === 'R32');
    if (asked?.verdict === 'broken') return supported('The address that was asked about is not valid (R32).');
    const says = say(judging, 'address');
    if (says === 'dominates')
      return supported(
        `${lines(judging, 'address')} addresses were refused in ${judging.thresholds.logWindowMinutes} min.`,
      );
    const refused = (findings.waiting.data?.orders ?? []).filter(
      ({ errorCode }) => errorCode === 'INVALID_ADDRESS',
    );
    const named = refused.filter(({ id }) => incident.ids.orders.includes(id));
    if (named[0] !== undefined) return supported(`The address of ${named[0].id} was refused.`);
    const addresses = `The addresses of ${count(refused.length, 'order that waits', 'orders that wait')} were`;
    if (refused.length > 0 && refused.length * 2 >= (findings.waiting.data?.orders.length ?? 0))
      return supported(`${addresses} refused.`);
    if (says !== 'quiet') return unclear(judging);
    if (findings.waiting.data === null) return open('Which orders wait for a label (X4) was not seen.');
    const { total, orders } = findings.waiting.data;
    if (refused.length === 0 && orders.length < total)
      return open(
        `Why ${total - orders.length} of the ${total} orders that wait have no label was not seen.`,
      );
    return refused.length === 0
      ? ruledOut('No address is refused.')
      : open(`${addresses} refused, of most they were not.`);
  },
};

const credentials: Cause<ShippingData> = {
  id: '5.C3',
  title: 'The carrier’s credentials ran out',
  outside: false,
  broughtBy: ['secret'],
  rule: (thresholds) => ({
    supported: `The carrier answers with 401 or 403 (R31), these dominate the labels that were not made (R30: ${dominating(thresholds)}), or the credentials’ expiry has passed (R33).`,
    ruledOut: 'The carrier takes our key (R31), and the credentials have not expired (R33).',
  }),
  judge(judging) {
    const { carriers, secret } = judging.findings;
    const older = secret.data?.olderPods ?? 0;
    const old = older > 0 ? ` ${older} ${older === 1 ? 'pod' : 'pods'} may still hold the old key.` : '';
    if (carriers.data?.refused === true) return supported(`The carrier refuses our key.${old}`);
    if (say(judging, 'credentials') === 'dominates')
      return supported(`${lines(judging, 'credentials')} labels were refused with 401 or 403.${old}`);
    if (secret.data?.expired === true) return supported(`The credentials have expired.${old}`);
    if (carriers.verdict === 'healthy' && secret.verdict === 'healthy')
      return ruledOut('The carrier takes our key, and nothing has expired.');
    if (carriers.verdict !== 'healthy')
      return open('Whether the carrier takes our key could not be told (R31).');
    return open(
      secret.verdict === 'broken' ? 'The secret is not there.' : 'The secret could not be looked at.',
    );
  },
};

const parcel: Cause<ShippingData> = {
  id: '5.C4',
  title: 'A parcel’s size or weight is missing',
  outside: false,
  rule: (thresholds) => ({
    supported: `A parcel that was looked at has no size or no weight (X10), or failures for want of them dominate (R30: ${dominating(thresholds)}).`,
    ruledOut: 'Size and weight of every parcel that was looked at are there (X10).',
  }),
  judge(judging) {
    const found = judging.findings.parcels.data?.parcels ?? [];
    const lacking = found.filter(({ size, weight }) => !size || !weight);
    if (lacking[0] !== undefined)
      return supported(`${lacking[0].id} has no ${lacking[0].size ? 'weight' : 'size'}.`);
    if (say(judging, 'package') === 'dominates')
      return supported(`${lines(judging, 'package')} labels failed for want of size or weight.`);
    if (judging.findings.parcels.data?.unread === 0 && found.length > 0)
      return ruledOut(
        `Size and weight of ${found.length === 1 ? 'the parcel' : `${found.length} parcels`} are there.`,
      );
    return found.length > 0
      ? open('Not every parcel could be read.')
      : open('No parcel could be looked at (X10).');
  },
};

/** What a person found out about the destination where nothing is configured that would tell. */
function foundByHand(judging: Judging<ShippingData>): Said {
  const found = seenByHand(judging, 'm5.4');
  if (found === 'not served') return supported('A person found that the carrier does not go there.');
  if (found !== 'served') return open('Where the carriers deliver is not configured (`carriers.countries`).');
  return say(judging, 'destination') === 'quiet'
    ? ruledOut('A person found that the carrier goes there, and no label is refused for its destination.')
    : unclear(judging);
}

const destination: Cause<ShippingData> = {
  id: '5.C5',
  title: 'The carrier does not go there',
  outside: true,
  rule: (thresholds) => ({
    supported:
      'A label was refused for its destination lately (R30), or no carrier delivers to a parcel’s country (X10 against `carriers.countries`; m5.4 where that is not configured).',
    ruledOut: `The carriers deliver to every country that was looked at (X10, or m5.4), and no label is refused for its destination (${absent(thresholds)}).`,
  }),
  judge(judging) {
    const { findings, names, now, thresholds } = judging;
    const found = findings.parcels.data?.parcels ?? [];
    const far = found.find((one) => served(one, names) === 'no');
    if (far !== undefined) return supported(`No carrier delivers to ${far.country} (${far.id}).`);
    const said = findings.logs.data?.classes.destination;
    if (said !== undefined && goesOn(said, now, thresholds))
      return supported(
        `${count(said.lines, 'label was', 'labels were')} refused for ${said.lines === 1 ? 'its' : 'their'} destination.`,
      );
    if (names.carrier.countries === null) return foundByHand(judging);
    const all = found.length > 0 && found.every((one) => served(one, names) === 'yes');
    if (all && findings.parcels.data?.unread === 0 && say(judging, 'destination') === 'quiet')
      return ruledOut('The carriers deliver to every country that was looked at.');
    return found.length === 0 ? open('No parcel could be looked at (X10).') : unclear(judging);
  },
};

/** 5.C1 to 5.C5. */
export const causes: readonly Cause<ShippingData>[] = [carrier, address, credentials, parcel, destination];

export const { stands, why } = verdictsOf(causes);
