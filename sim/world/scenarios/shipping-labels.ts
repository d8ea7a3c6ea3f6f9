import { CARRIER_SECRET, stageKey } from '../carrier.ts';
import type { Order } from '../order.ts';
import { labelParcel, takeBackLabel } from '../shipping.ts';
import type { WorldState } from '../state.ts';
import { forgetLabels, type Scenario, shippedWithin } from './scenario.ts';

const MINUTE = 60_000;
const NEW_KEY = 'pretend-carrier-key-77f0';
const EXPIRED_SINCE = 95 * MINUTE;
const DOWN_SINCE = 70 * MINUTE;
const WRONG_SINCE = 180 * MINUTE;
const WRONG_PARCELS = 7;

/** Parcels that went out since then wait for their label again, each from its own time on. */
function replayLabels(state: WorldState, orders: readonly Order[], now: number): void {
  forgetLabels(state, orders);
  for (const order of orders) {
    const { updatedAt } = order;
    order.events.pop();
    order.status = 'processing';
    takeBackLabel(state, order);
    state.timeline.schedule(updatedAt, (at) => labelParcel(state, order, at));
  }
  state.timeline.advance(now);
}

function waiting(state: WorldState): readonly Order[] {
  return [...state.orders.values()].filter(({ status }) => status === 'ready_to_ship');
}

function labelAll(state: WorldState, now: number): void {
  for (const order of waiting(state)) labelParcel(state, order, now);
}

export const carrierCredentialsExpired: Scenario = {
  id: 'carrier-credentials-expired',
  causes: ['5.C3'],
  runbook: 'shipping-labels',
  title: 'The carrier has refused our key for 95 minutes; a new one is staged beside it.',
  alert: {
    alertname: 'LabelsRefused',
    code: 'CARRIER_API_ERROR',
    severity: 'medium',
    summary: 'The carrier answers 401 to every label',
    startsAgoMs: 60 * MINUTE,
  },
  start(state, now) {
    const since = now - EXPIRED_SINCE;
    const { carrier, cluster, names } = state;
    carrier.accepts.clear();
    carrier.accepts.add(NEW_KEY);
    const secret = cluster.secrets.get(CARRIER_SECRET);
    if (secret !== undefined) secret.annotations[names.expiry.carrier] = new Date(since).toISOString();
    stageKey(state, NEW_KEY, now - 5 * MINUTE);
    replayLabels(state, shippedWithin(state, since, now), now);
  },
  recover: acceptAll,
  end(state, now) {
    acceptAll(state);
    const { cluster, names } = state;
    const secret = cluster.secrets.get(CARRIER_SECRET);
    if (secret !== undefined)
      secret.annotations[names.expiry.carrier] = new Date(now + 90 * 1_440 * MINUTE).toISOString();
    labelAll(state, now);
  },
};

/** The carrier takes whatever key our secret has held. */
function acceptAll({ carrier, cluster }: WorldState): void {
  for (const { data } of cluster.secrets.values())
    for (const value of Object.values(data)) carrier.accepts.add(Buffer.from(value, 'base64').toString());
  for (const { key } of carrier.held) carrier.accepts.add(key);
}

export const carrierDown: Scenario = {
  id: 'carrier-down',
  causes: ['5.C1'],
  runbook: 'shipping-labels',
  title: 'The carrier has been down for 70 minutes; packed parcels wait for their label.',
  alert: {
    alertname: 'LabelsFail',
    code: 'LABEL_GENERATION_FAILED',
    severity: 'medium',
    summary: 'No label was made in the last 30 minutes',
    startsAgoMs: 40 * MINUTE,
  },
  start(state, now) {
    state.conditions.carrier = 'down';
    replayLabels(state, shippedWithin(state, now - DOWN_SINCE, now), now);
  },
  recover(state) {
    state.conditions.carrier = 'up';
  },
  end(state, now) {
    state.conditions.carrier = 'up';
    labelAll(state, now);
  },
};

/** Some parcels of the last three hours are such that no carrier takes them. */
function parcelScenario(story: {
  readonly id: string;
  readonly causes: Scenario['causes'];
  readonly title: string;
  readonly alert: Omit<Scenario['alert'], 'severity' | 'startsAgoMs'>;
  readonly spoil: (shipment: Order['shipment']) => void;
  /** Of a parcel with this trouble. */
  readonly wrong: (shipment: Order['shipment'], state: WorldState) => boolean;
  readonly mend: (shipment: Order['shipment'], state: WorldState, now: number) => void;
}): Scenario {
  const { id, causes, title, alert } = story;
  const mendAll = (state: WorldState, now: number) => {
    for (const { shipment } of waiting(state))
      if (story.wrong(shipment, state)) story.mend(shipment, state, now);
  };
  return {
    id,
    causes,
    runbook: 'shipping-labels',
    title,
    alert: { ...alert, severity: 'medium', startsAgoMs: 45 * MINUTE },
    start(state, now) {
      const shipped = shippedWithin(state, now - WRONG_SINCE, now);
      const step = Math.max(1, Math.floor(shipped.length / WRONG_PARCELS));
      const wrong = shipped.filter((_, place) => place % step === 0).slice(0, WRONG_PARCELS);
      for (const { shipment } of wrong) story.spoil(shipment);
      replayLabels(state, wrong, now);
    },
    recover: mendAll,
    end(state, now) {
      mendAll(state, now);
      labelAll(state, now);
    },
  };
}

export const invalidAddresses = parcelScenario({
  id: 'invalid-addresses',
  causes: ['5.C2'],
  title: 'Seven parcels of the last three hours go to addresses that the carrier cannot find.',
  alert: {
    alertname: 'InvalidAddresses',
    code: 'INVALID_ADDRESS',
    summary: 'Packed orders without a label: the address is refused',
  },
  spoil(shipment) {
    shipment.addressValid = false;
  },
  wrong: ({ addressValid }) => !addressValid,
  mend(shipment, _state, now) {
    shipment.addressValid = true;
    shipment.addressChangedAt = now;
  },
});

export const parcelsIncomplete = parcelScenario({
  id: 'parcels-incomplete',
  causes: ['5.C4'],
  title: 'Nobody has weighed seven parcels of the last three hours; the carrier makes no label without.',
  alert: {
    alertname: 'LabelsFail',
    code: 'LABEL_GENERATION_FAILED',
    summary: 'Packed orders without a label: the weight is missing',
  },
  spoil(shipment) {
    shipment.weight = false;
  },
  wrong: ({ weight }) => !weight,
  mend(shipment) {
    shipment.weight = true;
  },
});

export const countryNotServed = parcelScenario({
  id: 'country-not-served',
  causes: ['5.C5'],
  title: 'Seven parcels of the last three hours go to Norway, where our carrier does not deliver.',
  alert: {
    alertname: 'LabelsFail',
    code: 'LABEL_GENERATION_FAILED',
    summary: 'Packed orders without a label: the destination is refused',
  },
  spoil(shipment) {
    shipment.country = 'NO';
  },
  wrong: ({ country }, { carrier }) => !carrier.countries.includes(country),
  mend(shipment, { carrier }) {
    shipment.country = carrier.countries[0] ?? shipment.country;
  },
});
