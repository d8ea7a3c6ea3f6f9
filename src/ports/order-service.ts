import type { ExportId, OrderId, PaymentId, RefundId, ReturnId } from '../domain/ids.ts';
import type { DeadOrder } from './kafka.ts';
import type { Licence } from './levers.ts';

/** One page of a list, oldest first. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Rows of this page that could not be understood. */
  readonly unread: number;
  /** All that match, not only this page. */
  readonly total: number;
  /** Hand it back for the next page; null on the last. */
  readonly next: string | null;
}

export interface PageQuestion {
  readonly status: string;
  readonly olderThanMinutes: number;
  readonly limit: number;
  readonly cursor: string | null;
}

/** R9. */
export interface InventorySync {
  readonly running: boolean;
  /** The end of the last one that went well, epoch ms; null: none is known. */
  readonly lastSyncAt: number | null;
  /** The service's own words about the last one; foreign text, one line. */
  readonly words: string | null;
  /** Whether the catalog, the source of truth, answered; null: it does not say. */
  readonly catalogUp: boolean | null;
}

export interface RefundSummary {
  readonly id: RefundId;
  readonly payment: PaymentId | null;
  readonly order: OrderId | null;
  readonly status: string;
  /** In the smallest unit of the currency. */
  readonly amount: number;
  readonly currency: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly errorCode: string | null;
}

/** R25: what the gateway knows of a refund. */
export interface RefundAtGateway {
  readonly status: 'pending' | 'succeeded' | 'failed' | 'not found';
  /** When the gateway accepted it, epoch ms. */
  readonly acceptedAt: number | null;
  readonly words: string | null;
}

/** R28. */
export interface PaymentDetails {
  readonly id: PaymentId;
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  /** Already paid back, the refund in question not counted. */
  readonly refunded: number;
  /** Null: the service does not say. */
  readonly methodValid: boolean | null;
}

/** R26: what came of a refund that moves no money. */
export interface TestedRefund {
  readonly went: boolean;
  /** The service's or the gateway's own words; foreign text, one line. */
  readonly words: string | null;
}

/** R31. */
export interface CarrierAnswer {
  readonly carrier: string;
  readonly status: 'up' | 'degraded' | 'down' | 'unauthorised';
  readonly words: string | null;
}

/** X10 for runbook 5. No part of the address itself. */
export interface Shipment {
  readonly size: boolean;
  readonly weight: boolean;
  /** ISO 3166, two letters. */
  readonly country: string | null;
  readonly addressChangedAt: number | null;
  readonly label: boolean;
  /** Of the last attempt to make a label. */
  readonly labelError: { readonly code: string; readonly at: number } | null;
}

export interface Address {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly country: string;
}

/** R32: without a word of the address. */
export interface AddressVerdict {
  readonly valid: boolean;
  /** Names of the fields that are wrong. */
  readonly wrong: readonly string[];
}

export interface ReturnSummary {
  readonly id: ReturnId;
  readonly order: OrderId | null;
  readonly status: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly errorCode: string | null;
}

/** R64. */
export interface FraudScore {
  /** 0 to 1. */
  readonly score: number;
  /** From here on returns are held. */
  readonly threshold: number;
  readonly held: boolean;
}

/** R65. */
export interface ReturnEligibility {
  readonly eligible: boolean;
  readonly words: string | null;
  readonly deliveredAt: number | null;
  readonly requestedAt: number | null;
  readonly windowDays: number;
}

/** R69, X14. */
export interface ExportJob {
  readonly id: ExportId;
  readonly status: 'processing' | 'completed' | 'failed' | 'cancelled';
  readonly format: string | null;
  /** `2024-01-01`, both inclusive. */
  readonly from: string | null;
  readonly to: string | null;
  readonly startedAt: number;
  /** When it last wrote something; null: it does not say. */
  readonly progressAt: number | null;
  readonly endedAt: number | null;
  readonly rows: number | null;
  readonly expectedRows: number | null;
  /** Whether there is a link to download. The link itself is not kept. */
  readonly link: boolean;
  readonly errorCode: string | null;
}

/** A note that holds this text, written since then (epoch ms). */
export interface NoteSought {
  readonly text: string;
  readonly since: number;
}

/** X13 by the admin API. */
export interface FailedEvents {
  readonly total: number;
  readonly oldestAt: number | null;
  readonly byClass: Readonly<Record<string, number>>;
  /** The orders that they are about; null: the service does not tell all of them. */
  readonly orders: readonly DeadOrder[] | null;
}

/** The questions beyond orders, by runbook. Null: the service does not know that id. Each throws SystemError. */
export interface AdminQuestions {
  inventorySync(signal: AbortSignal): Promise<InventorySync>;
  /** X7: its own count of a product; null: it knows none. Throws AbsentSystem where `admin.inventoryItem` is not configured. */
  inventoryItem(product: string, signal: AbortSignal): Promise<number | null>;
  refunds(question: PageQuestion, signal: AbortSignal): Promise<Page<RefundSummary>>;
  refundAtGateway(id: RefundId, signal: AbortSignal): Promise<RefundAtGateway>;
  payment(id: PaymentId, signal: AbortSignal): Promise<PaymentDetails | null>;
  carriers(signal: AbortSignal): Promise<readonly CarrierAnswer[]>;
  shipment(order: OrderId, signal: AbortSignal): Promise<Shipment | null>;
  returns(question: PageQuestion, signal: AbortSignal): Promise<Page<ReturnSummary>>;
  fraudScore(id: ReturnId, signal: AbortSignal): Promise<FraudScore | null>;
  returnEligibility(order: OrderId, signal: AbortSignal): Promise<ReturnEligibility | null>;
  /** Whether it has such a note; null: the service shows none of it, or `admin.return` is not configured. */
  returnNoted(id: ReturnId, note: NoteSought, signal: AbortSignal): Promise<boolean | null>;
  exportJob(id: ExportId, signal: AbortSignal): Promise<ExportJob | null>;
  /** X14: those that are processing. Throws AbsentSystem where `admin.exports` is not configured. */
  exports(signal: AbortSignal): Promise<readonly ExportJob[]>;
  /** X13. Throws AbsentSystem where `admin.failedEvents` is not configured. */
  failedEvents(signal: AbortSignal): Promise<FailedEvents>;
}

/** The changes beyond orders, by runbook. Each is one request; resolves with what the service answered, in one sentence. */
export interface AdminChanges {
  resyncInventory(licence: Licence, signal: AbortSignal): Promise<string>;
  retryRefund(id: RefundId, licence: Licence, signal: AbortSignal): Promise<string>;
  giveStoreCredit(id: RefundId, licence: Licence, signal: AbortSignal): Promise<string>;
  regenerateLabel(order: OrderId, licence: Licence, signal: AbortSignal): Promise<string>;
  republishFailed(licence: Licence, signal: AbortSignal): Promise<string>;
  approveReturn(id: ReturnId, reason: string, licence: Licence, signal: AbortSignal): Promise<string>;
  retryReturn(id: ReturnId, licence: Licence, signal: AbortSignal): Promise<string>;
  extendReturnWindow(
    id: ReturnId,
    days: number,
    reason: string,
    licence: Licence,
    signal: AbortSignal,
  ): Promise<string>;
  retryExport(id: ExportId, licence: Licence, signal: AbortSignal): Promise<string>;
  cancelExport(id: ExportId, licence: Licence, signal: AbortSignal): Promise<string>;
  /** R75: resolves with a sentence that names the new export's id. */
  createExport(
    wanted: { readonly format: string; readonly from: string; readonly to: string },
    licence: Licence,
    signal: AbortSignal,
  ): Promise<string>;
  /** R26: a POST that asks. */
  testRefund(licence: Licence, signal: AbortSignal): Promise<TestedRefund>;
  /** R32: a POST that asks. */
  validateAddress(address: Address, signal: AbortSignal): Promise<AddressVerdict>;
}
