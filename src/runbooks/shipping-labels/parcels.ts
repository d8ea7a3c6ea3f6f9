import { broken, healthy, unknown } from '../../domain/finding.ts';
import { OrderId } from '../../domain/ids.ts';
import type { Shipment } from '../../ports/order-service.ts';
import type { Check } from '../define-runbook.ts';
import { age, curl, type Names } from '../names.ts';
import { aboutEach } from '../shared/batch.ts';
import { spell } from '../shared/spell.ts';

/** A packed order that waits for its label. */
export interface Waiting {
  readonly id: OrderId;
  /** Of its last failed attempt. */
  readonly errorCode: string | null;
  readonly updatedAt: number;
}

export interface WaitingSeen {
  readonly total: number;
  /** Oldest first; at most one offer's worth. */
  readonly orders: readonly Waiting[];
}

export interface Parcel extends Shipment {
  readonly id: string;
}

export interface ParcelsSeen {
  readonly parcels: readonly Parcel[];
  /** Those that could not be read. */
  readonly unread: number;
}

/** X4: packed orders without a label. */
export const waiting: Check<WaitingSeen> = {
  step: 'X4',
  title: 'How many packed orders wait for their label?',
  system: 'The order service',
  source: null,
  equivalent: (names) =>
    curl(
      names,
      `${names.paths.stuckOrders}?status=${names.statuses.readyToShip}&olderThan=${age(names.inCommands.labelWaitMinutes)}`,
    ),
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, now, signal }) {
    const { labelWaitMinutes: minutes, ordersPerBatch: limit } = thresholds;
    const question = { status: names.statuses.readyToShip, olderThanMinutes: minutes, limit, cursor: null };
    const page = await probes.orderService.stuckOrders(question, signal);
    const orders = page.orders.map(({ id, errorCode, updatedAt }) => ({ id, errorCode, updatedAt }));
    const total = Math.max(page.total, orders.length);
    const seen: WaitingSeen = { total, orders };
    if (total === 0)
      return healthy(`No packed order has waited for its label for over ${minutes} min.`, seen);
    const oldest = orders[0] === undefined ? '' : `, the oldest for ${spell(now - orders[0].updatedAt)}`;
    const wrong = orders.filter(({ errorCode }) => errorCode === 'INVALID_ADDRESS').length;
    const addresses = wrong === 0 ? '' : ` ${wrong} of them for an address that was refused.`;
    return broken(
      `${total} packed ${total === 1 ? 'order has' : 'orders have'} waited for a label for over ${minutes} min${oldest}.${addresses}`,
      seen,
    );
  },
};

/** X10: what the parcels of the orders lack, the oldest and those that alerts or people named. */
export const parcels: Check<ParcelsSeen> = {
  step: 'X10',
  title: 'What do the parcels lack?',
  system: 'The order service',
  source: null,
  equivalent: (names) => curl(names, names.paths.order.replace('{id}', '<order>')),
  deadlineMs: 4_000,
  async look({ probes, names, thresholds, ids, signal }) {
    const page = await probes.orderService.stuckOrders(
      {
        status: names.statuses.readyToShip,
        olderThanMinutes: thresholds.labelWaitMinutes,
        limit: thresholds.sampledOrders,
        cursor: null,
      },
      signal,
    );
    const named = ids.orders
      .slice(-thresholds.sampledOrders)
      .flatMap((id) => OrderId.safeParse(id).data ?? []);
    const wanted = [...new Set([...page.orders.map(({ id }) => id), ...named])];
    if (wanted.length === 0 && page.total > 0)
      return unknown(`None of the ${page.total} packed orders that wait could be understood.`);
    if (wanted.length === 0) return healthy('No parcel to look at.', { parcels: [], unread: 0 });
    const asked = await aboutEach(wanted, async (id) => await probes.orderService.shipment(id, signal));
    const found = asked.flatMap(({ target, said }) => (said === null ? [] : [{ id: target, ...said }]));
    const missing = wanted.length - found.length;
    const seen: ParcelsSeen = { parcels: found, unread: missing };
    const evidence = found.map((parcel) => lineOf(parcel, names));
    if (found.length === 0) return unknown(`Nothing could be learned of ${wanted.length} parcels.`, seen);
    const rest = missing === 0 ? '' : ` ${missing} could not be read.`;
    const lacking = found.filter((parcel) => lacks(parcel, names) !== null);
    const first = lacking[0];
    if (first !== undefined)
      return broken(
        `${lacking.length} of ${found.length} parcels lack something: ${first.id}, ${lacks(first, names)}.${rest}`,
        seen,
        evidence,
      );
    const line = `The ${found.length === 1 ? 'parcel lacks' : `${found.length} parcels lack`} nothing.${rest}`;
    return missing === 0 ? healthy(line, seen, evidence) : unknown(line, seen, evidence);
  },
};

/** Why no label can be made for it, whatever the carrier does; null: nothing speaks against it. */
export function lacks(parcel: Shipment, names: Pick<Names, 'carrier'>): string | null {
  if (!parcel.size && !parcel.weight) return 'its size and weight are missing';
  if (!parcel.size) return 'its size is missing';
  if (!parcel.weight) return 'its weight is missing';
  const refused = parcel.labelError?.code === 'INVALID_ADDRESS' ? parcel.labelError : null;
  const corrected = parcel.addressChangedAt !== null && parcel.addressChangedAt > (refused?.at ?? 0);
  if (refused !== null && !corrected) return 'its address was refused and not corrected since';
  return served(parcel, names) === 'no' ? `no carrier delivers to ${parcel.country}` : null;
}

/** *Not known* where the country or the carriers' countries are not. */
export function served(
  { country }: Pick<Shipment, 'country'>,
  { carrier }: Pick<Names, 'carrier'>,
): 'yes' | 'no' | 'not known' {
  if (carrier.countries === null || country === null) return 'not known';
  return Object.values(carrier.countries).some((countries) => countries.includes(country)) ? 'yes' : 'no';
}

function lineOf(parcel: Parcel, names: Names): string {
  const error = parcel.labelError === null ? 'no failed attempt' : parcel.labelError.code;
  return `${parcel.id}  ${parcel.country ?? 'country not known'}  ${error}  ${lacks(parcel, names) ?? (parcel.label ? 'it has a label' : 'complete')}`;
}
