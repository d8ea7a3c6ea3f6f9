/** A page of the order service: its path by the runbook, and what is asked or done there. `{id}` stands for what it is about. */
export interface AdminPath {
  /** Null: the runbook names none, and what needs it is skipped until it is configured. */
  readonly path: string | null;
  readonly means: string;
  /** Whether it is about one thing, so that `{id}` has to stand in it. */
  readonly about: 'each' | 'all';
  /** Who asks it, where no command that can be typed shows it. */
  readonly usedBy: readonly string[];
}

const at = <P extends string | null>(
  path: P,
  means: string,
  about: AdminPath['about'] = path?.includes('{id}') === true ? 'each' : 'all',
  ...usedBy: readonly string[]
) => ({ path, means, about, usedBy });

/** Every page of the order service that is asked or told; names, schema and `oms config explain` come from here. */
export const ADMIN_PATHS = {
  stuckOrders: at('/admin/orders/stuck', 'Lists orders that have been in a status for too long (R16, X4).'),
  order: at('/admin/orders/{id}', 'Shows one order (R17, X10).'),
  retryWorkflow: at('/admin/orders/{id}/retry-workflow', 'Starts an order’s workflow again (R20).'),
  republishEvents: at('/admin/orders/{id}/republish-events', 'Sends an order’s events again (R21).'),
  status: at('/admin/orders/{id}/status', 'Sets an order’s status (R22).'),
  gatewayHealth: at('/health/payment-gateway', 'Each pod says how it sees the payment gateway (R1).'),
  metrics: at('/metrics', 'Each pod’s page of metrics (R4, R15, R37, X5, X12).'),
  retryPayments: at('/admin/retry-payments', 'Tries the payments that wait again (R5).'),
  inventorySync: at('/admin/inventory/sync-status', 'How the sync with the catalog stands (R9).'),
  inventoryResync: at('/admin/inventory/resync', 'Pulls the stock from the catalog anew (R13).'),
  refunds: at('/admin/refunds', 'Lists refunds that wait (R23).'),
  refundStatus: at('/admin/refunds/{id}/gateway-status', 'What the gateway says of a refund (R25).'),
  testRefund: at('/admin/test-refund', 'Makes a test refund (R26).'),
  retryRefund: at('/admin/refunds/{id}/retry', 'Tries a refund again (R27).'),
  payment: at('/admin/payments/{id}/details', 'Shows a payment (R28).'),
  storeCredit: at('/admin/refunds/{id}/store-credit', 'Gives store credit instead of a refund (R29).'),
  carriers: at('/admin/carriers/test-connection', 'Whether the carriers answer (R31).'),
  validateAddress: at('/admin/validate-address', 'Checks an address (R32).'),
  regenerateLabel: at('/admin/orders/{id}/regenerate-label', 'Makes an order’s label again (R34).'),
  republishFailed: at('/admin/events/republish-failed', 'Replays dead letters (R52).'),
  returns: at('/admin/returns', 'Lists returns that wait (R62, X15).'),
  fraudScore: at('/admin/returns/{id}/fraud-score', 'A return’s fraud score (R64).'),
  returnEligibility: at('/admin/orders/{id}/return-eligibility', 'Whether an order may be returned (R65).'),
  approveReturn: at('/admin/returns/{id}/approve', 'Approves a return (R66).'),
  retryReturn: at('/admin/returns/{id}/retry-workflow', 'Starts a return’s workflow again (R67).'),
  extendWindow: at('/admin/returns/{id}/extend-window', 'Extends a return’s window (R68).'),
  export: at('/admin/exports/{id}', 'Shows an export (R69), and cancels it (R74).'),
  retryExport: at('/admin/exports/{id}/retry', 'Starts an export again (R73).'),
  createExport: at('/admin/exports', 'Makes a new export (R75).'),
  exports: at(null, 'Lists the exports that are in progress (X14); unset: skipped.'),
  failedEvents: at(
    null,
    'Counts dead letters (X13), and names the order of each in `events` for the impact of runbook 7; unset: skipped.',
  ),
  inventoryItem: at(null, 'The service’s own count of one product (X7); unset: skipped.', 'each'),
  return: at(
    null,
    'Shows one return with its `notes` (each a text and `at`), so that the bot ticks off the note of an exception (m9.4) where the reason of R66 or R68 became one; unset: a person does.',
    'each',
    'm9.4',
  ),
} as const satisfies Record<string, AdminPath>;

export type PathName = keyof typeof ADMIN_PATHS;
export const PATH_NAMES = Object.keys(ADMIN_PATHS) as readonly PathName[];

/** By name; null: not configured. */
export type Paths = {
  readonly [Name in PathName]: (typeof ADMIN_PATHS)[Name]['path'] extends null ? string | null : string;
};

export const RUNBOOK_PATHS = Object.fromEntries(
  PATH_NAMES.map((name) => [name, ADMIN_PATHS[name].path]),
) as Paths;
