import { OrderId } from '../../../src/domain/ids.ts';
import type { CarrierAnswer } from '../../../src/ports/order-service.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { CarriersSeen } from '../../../src/runbooks/shipping-labels/carriers.ts';
import type { ShippingData } from '../../../src/runbooks/shipping-labels/checks.ts';
import {
  LABEL_CLASSES,
  type LabelClass,
  type LabelLogs,
} from '../../../src/runbooks/shipping-labels/logs.ts';
import type { Parcel } from '../../../src/runbooks/shipping-labels/parcels.ts';
import { aDeployment, logCounts, MINUTE, NOW, seen } from '../../support/runbooks.ts';

export function labelLogs(
  lines: Partial<Record<LabelClass, number>> = {},
  change: Partial<LabelLogs> = {},
): LabelLogs {
  return logCounts(LABEL_CLASSES, lines, change);
}

/** R31: one carrier; down for so long, ms. */
export function carrier(status: CarrierAnswer['status'], downFor = MINUTE): CarriersSeen {
  const down = status === 'down';
  return {
    carriers: [{ carrier: 'ups', status, words: null }],
    downSince: down ? NOW - downFor : null,
    down: down && downFor >= 15_000,
    refused: status === 'unauthorised',
  };
}

export function aParcel(id: string, change: Partial<Parcel> = {}): Parcel {
  return {
    id,
    size: true,
    weight: true,
    country: 'US',
    addressChangedAt: null,
    label: false,
    labelError: null,
    ...change,
  };
}

/** Packed orders that wait, each with the code of its last failure. */
export function waiting(
  codes: Readonly<Record<string, string | null>>,
): Pick<Findings<ShippingData>, 'waiting'> {
  const orders = Object.entries(codes).map(([id, errorCode]) => ({
    id: OrderId.parse(id),
    errorCode,
    updatedAt: NOW - 60 * MINUTE,
  }));
  return { waiting: seen(orders.length === 0 ? 'healthy' : 'broken', { total: orders.length, orders }) };
}

export function parcels(...found: readonly Parcel[]): Pick<Findings<ShippingData>, 'parcels'> {
  return { parcels: seen('healthy', { parcels: found, unread: 0 }) };
}

/** All is well and nothing waits, but for what is given. */
export function findings(change: Partial<Findings<ShippingData>> = {}): Findings<ShippingData> {
  return {
    logs: seen('healthy', labelLogs()),
    carriers: seen('healthy', carrier('up')),
    secret: seen('healthy', { changedAt: NOW - 60 * MINUTE, expiresAt: null, expired: false, olderPods: 0 }),
    ...waiting({}),
    ...parcels(),
    staged: seen('skipped', null),
    provider: seen('skipped', null),
    service: seen('healthy', aDeployment()),
    ...change,
  };
}
