/** The runbook's own four words, highest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type RunbookId =
  | 'payment-failures'
  | 'inventory-reservation'
  | 'stuck-orders'
  | 'refund-delays'
  | 'shipping-labels'
  | 'database-pool'
  | 'kafka-lag'
  | 'memory'
  | 'returns'
  | 'exports';

/** The teams of the runbook's escalation path. */
export type TeamId = 'orders' | 'payments' | 'catalog' | 'platform';
