import { isOver } from '../../domain/cause-history.ts';
import { OrderId } from '../../domain/ids.ts';
import type { Shipment } from '../../ports/order-service.ts';
import type { Judging, Proving } from '../define-runbook.ts';
import { aboutEach, batchOf, type Standing } from '../shared/batch.ts';
import { readNumbers } from '../shared/rates.ts';
import { spell } from '../shared/spell.ts';
import { triedInVain } from '../shared/tried.ts';
import type { Thresholds } from '../thresholds.ts';
import { causes, stands } from './causes.ts';
import type { ShippingData } from './checks.ts';
import { lacks, type Parcel } from './parcels.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Causes that end by themselves or by somebody else's hand; a new attempt helps once one of them is over. */
const PASSING = ['5.C1', '5.C3', '5.C4'] as const;
const HAS_LABEL = 'it has a label, and another try would buy a second';

/** Time for two attempts, 2 min at least (our default), ms. */
const proofMs = ({ labelSeconds }: Thresholds) => Math.max(2 * MINUTE, 2 * labelSeconds * SECOND);

/** Why this one order gets no new attempt, as far as was seen; null: nothing speaks against it. */
function whyNotThis(judging: Judging<ShippingData>, id: string): string | null {
  const parcel = parcelOf(judging, id);
  if (parcel !== undefined) return parcel.label ? HAS_LABEL : lacks(parcel, judging.names);
  const order = judging.findings.waiting.data?.orders.find((one) => one.id === id);
  return order?.errorCode === 'INVALID_ADDRESS'
    ? 'its address was refused, and whether it was corrected is not known'
    : null;
}

function parcelOf({ findings }: Judging<ShippingData>, id: string): Parcel | undefined {
  return findings.parcels.data?.parcels.find((one) => one.id === id);
}

/** What an attempt may help, and what it may not, the oldest first. */
function sorted(judging: Judging<ShippingData>): {
  readonly may: readonly string[];
  readonly not: readonly string[];
} {
  const ids = (judging.findings.waiting.data?.orders ?? []).map(({ id }) => id);
  return {
    may: ids.filter((id) => whyNotThis(judging, id) === null),
    not: ids.filter((id) => whyNotThis(judging, id) !== null),
  };
}

/** Of the oldest and the named: refused for its address, which somebody has corrected since. */
function corrected(judging: Judging<ShippingData>, targets: readonly string[]): boolean {
  return targets.some((id) => {
    const parcel = parcelOf(judging, id);
    return parcel?.labelError?.code === 'INVALID_ADDRESS' && lacks(parcel, judging.names) === null;
  });
}

/** Why an attempt is recommended now; null: it is only possible. */
function whyNow(judging: Judging<ShippingData>, targets: readonly string[]): string | null {
  const { incident, now } = judging;
  if (PASSING.some((id) => stands(judging, id))) return null;
  const over = PASSING.filter((id) => isOver(incident.causeHistory, id, now));
  const overSince = Math.max(...over.map((id) => incident.causeHistory[id]?.clearSince ?? 0), 0);
  const tried = triedInVain(incident, 'R34');
  // What did not help is worth another try only after something has changed.
  const worth = targets.some((target) => (tried.get(target) ?? -1) < overSince);
  const ended = causes.find(({ id }) => over.some((one) => one === id));
  if (ended !== undefined && worth) return `“${ended.title}” is over, and orders still wait for a label`;
  return corrected(judging, targets) ? 'the address was corrected since the last try' : null;
}

/** Each order's parcel now; `said` null: nobody could say. */
async function parcelsNow({ probes, run, signal }: Proving) {
  return await aboutEach(run.targets, async (target) => ({
    known: await probes.orderService.shipment(OrderId.parse(target), signal),
  }));
}

function standingOf(target: string, known: Shipment | null, names: Proving['names']): Standing {
  if (known === null) return { target, so: false, words: 'the service does not know it' };
  const because = known.label ? HAS_LABEL : lacks(known, names);
  return { target, so: because === null, words: because ?? '' };
}

/** Of the run's orders, those that still have no label and lack nothing; noted with when each one's last attempt failed. */
async function qualify(proving: Proving) {
  const found = await parcelsNow(proving);
  const failures = found.flatMap(({ target, said }) => {
    const at = said?.known?.labelError?.at;
    return at === undefined ? [] : [[target, at] as const];
  });
  return {
    standings: found.map(({ target, said }) =>
      said === null ? { target, so: null, words: '' } : standingOf(target, said.known, proving.names),
    ),
    noted: { failures: JSON.stringify(Object.fromEntries(failures)) },
  };
}

/** R34, for all that wait and for one alone. */
export const regenerateLabel = batchOf<ShippingData>({
  step: 'R34',
  title: 'Make the label again',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/orders/ord_xyz789abc/regenerate-label',
  path: (names) => names.paths.regenerateLabel,
  notes: ['Another attempt does no harm where no label exists; where one does, it would buy a second.'],
  rule: () => ({
    when: '5.C1, 5.C3 or 5.C4 is over and orders still wait, or a refused address was changed since the failure (X10).',
    notWhile: [
      'The carrier is not well or refuses our key (R31).',
      'The order’s address was refused and nobody is known to have changed it since (X10): it is corrected first.',
      'Its size or weight is missing (5.C4), or no carrier delivers to its country (5.C5).',
      'A label exists: another try would buy a second.',
    ],
  }),
  one: 'order',
  many: 'orders',
  says: (what) => `The carrier is asked again for a label of ${what}.`,
  bound: 'Orders that have a label by then are left alone.',
  found(judging) {
    const seen = judging.findings.waiting.data;
    if (seen === null || seen.total === 0) return null;
    const { may, not } = sorted(judging);
    return { ids: may, total: seen.total - not.length };
  },
  // Where nothing can be tried, each says why; a named one does so always.
  alone(judging) {
    const { may, not } = sorted(judging);
    const known = new Set([
      ...may,
      ...not,
      ...(judging.findings.parcels.data?.parcels ?? []).map(({ id }) => id),
    ]);
    const named = judging.incident.ids.orders.filter((id) => known.has(id));
    return [...new Set(may.length === 0 ? [...named, ...not] : named)];
  },
  remarks(judging, targets) {
    const [first, ...more] = sorted(judging).not;
    if (first === undefined || targets.length < 2) return [];
    return [`${more.length + 1} more are left out, ${first} because ${whyNotThis(judging, first)}.`];
  },
  when: whyNow,
  notWhile(judging, targets) {
    const { carriers } = judging.findings;
    if (carriers.data?.refused === true) return 'the carrier refuses our key and would again';
    if (carriers.verdict === 'broken') return 'the carrier is not well, and a try now would fail again';
    const [alone] = targets.length === 1 ? targets : [];
    return alone === undefined ? null : whyNotThis(judging, alone);
  },
  qualify,
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.regenerateLabel(OrderId.parse(target), licence, signal),
  async readBack(target, { failures }, { probes, signal }) {
    const known = await probes.orderService.shipment(OrderId.parse(target), signal);
    const failedAt = known?.labelError?.at ?? null;
    const before = readNumbers(failures)?.[target] ?? Number.NEGATIVE_INFINITY;
    // An attempt takes its time (`labelSeconds`): that neither a label nor a failure is there yet says nothing.
    return known?.label === true || (failedAt !== null && failedAt > before) ? 'done' : 'unknown';
  },
  plan(thresholds) {
    const withinMs = proofMs(thresholds);
    const words = `The orders have their label within ${spell(withinMs)}.`;
    return { everyMs: 30 * SECOND, withinMs, alike: 2, words };
  },
  async finished(proving) {
    const found = await parcelsNow(proving);
    return found.map(({ target, said }) => ({
      target,
      so: said === null || said.known === null ? null : said.known.label,
      words: said?.known?.labelError?.code ?? 'no answer yet',
    }));
  },
  line(found, minutes, { labelSeconds }) {
    const [only, ...more] = found;
    if (only === undefined || more.length > 0)
      return `${minutes} min have passed; a label takes up to ${labelSeconds} s.`;
    if (only.so === null) return 'The order could not be read.';
    return only.so
      ? 'The order has its label.'
      : `The order has no label after ${minutes} min (${only.words}).`;
  },
  // An attempt that is still on its way may have bought one.
  afterProof: true,
});
