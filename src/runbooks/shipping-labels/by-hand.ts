import type { ByHand, Judging } from '../define-runbook.ts';
import { clock } from '../shared/spell.ts';
import { triedInVain } from '../shared/tried.ts';
import { causes, stands, why } from './causes.ts';
import type { ShippingData } from './checks.ts';
import { lacks, served } from './parcels.ts';

const MINUTE = 60_000;

/** Orders whose address was refused and not corrected since, as far as was seen. */
function refused(judging: Judging<ShippingData>): readonly string[] {
  const { findings, names } = judging;
  const parcels = new Map(findings.parcels.data?.parcels.map((one) => [one.id, one]));
  const wrong = (findings.waiting.data?.orders ?? []).filter(({ id, errorCode }) => {
    const parcel = parcels.get(id);
    const corrected = parcel?.labelError?.code === 'INVALID_ADDRESS' && lacks(parcel, names) === null;
    return errorCode === 'INVALID_ADDRESS' && !corrected;
  });
  return wrong.map(({ id }) => id);
}

/** Orders for which a carrier’s portal, or another carrier, is the way out. */
function stranded(judging: Judging<ShippingData>): readonly string[] {
  const tried = triedInVain(judging.incident, 'R34');
  const wrong = new Set(refused(judging));
  const waiting = (judging.findings.waiting.data?.orders ?? []).map(({ id }) => id as string);
  return waiting.filter((id) => !wrong.has(id) && (outside(judging) !== null || tried.has(id)));
}

function outside(judging: Judging<ShippingData>): string | null {
  return why(judging, '5.C1') ?? why(judging, '5.C3');
}

/** Since when the carrier has been in trouble, epoch ms; null: it is not. */
function troubleSince(judging: Judging<ShippingData>): number | null {
  if (!stands(judging, '5.C1')) return null;
  const { findings, incident } = judging;
  return findings.carriers.data?.downSince ?? incident.brokenSince ?? incident.openedAt;
}

export const byHand: readonly ByHand<ShippingData>[] = [
  {
    id: 'm5.1',
    owner: 'customer service',
    what: 'Ask the customers for the right addresses of these orders.',
    link: 'orderAdmin',
    shown: 'while orders wait whose address was refused and not corrected since (X4, X10)',
    when(judging) {
      const many = refused(judging).length;
      return many === 0
        ? null
        : `The ${many === 1 ? 'address of 1 order was' : `addresses of ${many} orders were`} refused.`;
    },
    owes: [
      { what: 'Correct the addresses at the orders, then make the labels again.', owner: 'customer service' },
    ],
    text: (judging) => refused(judging).join('\n'),
  },
  {
    id: 'm5.2',
    owner: 'warehouse',
    what: 'Make the label in the carrier’s portal, and upload it to the order.',
    link: 'carrierPortal',
    shown:
      'while orders wait and the carrier’s API is no way (5.C1, 5.C3), or another attempt (R34) did not help',
    when(judging) {
      const many = stranded(judging).length;
      if (many === 0) return null;
      const because = outside(judging);
      return because ?? `Another attempt did not help ${many} ${many === 1 ? 'order' : 'orders'}.`;
    },
    owes: [{ what: 'Upload the labels that were made by hand.', owner: 'warehouse' }],
    text: (judging) => stranded(judging).join('\n'),
  },
  {
    id: 'm5.3',
    owner: 'orders',
    what: 'Open a case with the carrier.',
    link: 'carrierSupport',
    shown: 'once the carrier has been in trouble (5.C1) for as long as nobody waits before help is called',
    when(judging) {
      const since = troubleSince(judging);
      const { supportAfterMinutes } = judging.thresholds;
      return since !== null && judging.now - since >= supportAfterMinutes * MINUTE
        ? `The carrier has been in trouble since ${clock(since)}.`
        : null;
    },
    text(judging) {
      const since = troubleSince(judging);
      const waiting = judging.findings.waiting.data?.total ?? 0;
      return [
        `Since ${clock(since ?? judging.now)} we get no labels from your API.`,
        why(judging, '5.C1') ?? '',
        `${waiting} parcels wait for their label.`,
        'Please confirm, and say when you expect the end.',
      ]
        .filter((line) => line !== '')
        .join('\n');
    },
  },
  {
    id: 'm5.4',
    owner: 'orders',
    what: 'Find out whether the carrier serves this country and service.',
    link: 'carrierCoverage',
    shown:
      'while a destination that is not served (5.C5) is supported, or orders wait for no clear cause and where the carriers deliver is not configured',
    answers: ['not served', 'served'],
    when(judging) {
      const { findings, names } = judging;
      const because = why(judging, '5.C5');
      if (because !== null || names.carrier.countries !== null) return because;
      const clear = causes.some(({ id }) => stands(judging, id));
      return (findings.waiting.data?.total ?? 0) > 0 && !clear
        ? 'No cause is clear, and the bot does not know where the carriers deliver (`carriers.countries`).'
        : null;
    },
    text: ({ findings, names }) =>
      (findings.parcels.data?.parcels ?? [])
        .filter((parcel) => served(parcel, names) !== 'yes')
        .map(({ id, country }) => `${id}  ${country ?? 'country not known'}`)
        .join('\n'),
  },
  {
    id: 'm5.5',
    owner: 'orders',
    what: 'Move these orders to the second carrier.',
    link: 'backupCarrier',
    shown: 'while orders wait and the carrier is in trouble (5.C1) or does not go there (5.C5)',
    when: (judging) =>
      (judging.findings.waiting.data?.total ?? 0) > 0 ? (why(judging, '5.C1') ?? why(judging, '5.C5')) : null,
    text: ({ findings }) => (findings.waiting.data?.orders ?? []).map(({ id }) => id).join('\n'),
  },
];
