/** A payment of some weeks ago, as far as refunds need it. Amounts are in the smallest unit. */
export interface Charge {
  readonly id: string;
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  /** What the gateway has accepted to pay back. */
  refunded: number;
  methodValid: boolean;
  /** The gateway does not know it any more. */
  gone: boolean;
}

/** What the gateway keeps of a refund. */
interface AtGateway {
  readonly acceptedAt: number;
  readonly settlesAt: number;
}

/** A refund; times are epoch ms of story time. It stays *pending* until the money has arrived. */
export interface Refund {
  readonly id: string;
  readonly charge: Charge;
  amount: number;
  readonly createdAt: number;
  status: 'pending' | 'succeeded' | 'credited';
  errorCode: string | null;
  updatedAt: number;
  tries: number;
  /** Number of the plan that counts; tries of earlier plans are void. */
  plan: number;
  /** `idle` also while it waits for an automatic try. */
  stage: 'idle' | 'under way' | 'retry asked';
  /** Null: it never accepted it. */
  gateway: AtGateway | null;
  /** The gateway answered a try with a no. */
  refusedAtGateway: boolean;
  /** Every time that money went to the customer for it: once is right. */
  readonly paid: { readonly at: number; readonly as: 'refund' | 'store credit' }[];
  readonly notes: { readonly at: number; readonly by: string | null; readonly text: string }[];
}
