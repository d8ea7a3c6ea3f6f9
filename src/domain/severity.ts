/** The runbook's own four words, highest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Below zero when `left` is more severe than `right`. */
export function bySeverity(left: Severity, right: Severity): number {
  return SEVERITIES.indexOf(left) - SEVERITIES.indexOf(right);
}

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
