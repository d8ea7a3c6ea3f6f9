/** A return that a customer asked for; times are epoch ms of story time. */
export interface Return {
  readonly id: string;
  readonly order: string;
  readonly orderedAt: number;
  readonly deliveredAt: number;
  /** When the customer asked. */
  readonly createdAt: number;
  /** Approved, it is on its way to us; received, it waits for its refund. */
  status: 'pending' | 'approved' | 'refused' | 'received' | 'refunded';
  errorCode: string | null;
  updatedAt: number;
  /** Of the fraud model, 0 to 1. */
  readonly score: number;
  /** Days that somebody added to its window. */
  extraDays: number;
  /** The database refuses it however often it is tried. */
  violates: boolean;
  /** The run of its workflow that is under way; null when none is. */
  run: number | null;
  tries: number;
  readonly notes: { readonly at: number; readonly by: string | null; readonly text: string }[];
}
