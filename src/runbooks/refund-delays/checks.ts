import { healthy, unknown } from '../../domain/finding.ts';
import type { RefundSummary } from '../../ports/order-service.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { age, curl } from '../names.ts';
import { type PaymentData, checks as paymentChecks } from '../payment-failures/checks.ts';
import { notThere } from '../shared/pending.ts';
import { spell } from '../shared/spell.ts';
import { type ProviderSeen, statusPage } from '../shared/status-page.ts';
import { type AtGateway, atGateway } from './gateway.ts';
import { lateRefunds } from './late.ts';
import { type RefundLogs, refundLogs } from './logs.ts';
import { type Payments, payments } from './payments.ts';

const MINUTE = 60_000;

export interface PendingSeen {
  /** All that wait for over 24 h, also those that no page showed. */
  readonly total: number;
  /** Oldest first; those that people and alerts named stand among them, however old they are. */
  readonly refunds: readonly RefundSummary[];
  /** Named, and not pending or not known. */
  readonly elsewhere: readonly string[];
}

export interface RefundData {
  readonly pending: PendingSeen;
  readonly logs: RefundLogs;
  readonly atGateway: AtGateway;
  readonly payments: Payments;
  readonly gateway: PaymentData['gateway'];
  readonly path: PaymentData['path'];
  readonly provider: ProviderSeen;
}

/** A list alone is no trouble: the gateway's answer (R25) tells which of them are (runbook-knowledge 4). */
const pending: Check<PendingSeen> = {
  step: 'R23',
  title: 'Which refunds wait?',
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl "localhost:8080/admin/refunds?status=pending&olderThan=24h"',
  equivalent: (names) =>
    curl(
      names,
      `${names.paths.refunds}?status=${names.statuses.pendingRefund}&olderThan=${age(names.inCommands.lateAfterMinutes)}`,
    ),
  deadlineMs: 4_000,
  async look(ask: Asking) {
    const { now, thresholds } = ask;
    const late = await lateRefunds(ask);
    const { rows: refunds, total, unread, elsewhere } = late;
    const over = spell(thresholds.lateAfterMinutes * MINUTE);
    const seen: PendingSeen = { total, refunds, elsewhere };
    const missing = notThere(late);
    if (total === 0 && unread === 0) return healthy(`No refund has waited for over ${over}.${missing}`, seen);
    const oldest = refunds[0] === undefined ? '' : `, the oldest for ${spell(now - refunds[0].createdAt)}`;
    const line = `${total} ${total === 1 ? 'refund has' : 'refunds have'} been pending for over ${over}${oldest}; what the gateway has (R25) is on its way.${missing}`;
    if (unread > 0)
      return unknown(
        `${line} ${unread} in the service’s list could not be understood and are left alone.`,
        seen,
      );
    return healthy(line, seen);
  },
};

export const checks = {
  pending,
  logs: refundLogs,
  atGateway,
  payments,
  // Runbook 1's, asked here for what it says of refunds; they are no command of this runbook.
  gateway: { ...paymentChecks.gateway, source: null },
  path: { ...paymentChecks.path, source: null },
  provider: statusPage('gateway'),
};
