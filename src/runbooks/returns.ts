import { defineRunbook } from './define-runbook.ts';
import { orderWorkload, workloadOf } from './names.ts';
import { advice } from './returns/advice.ts';
import { approveReturn } from './returns/approve.ts';
import { byHand } from './returns/by-hand.ts';
import { causes, whyNot } from './returns/causes.ts';
import { checks, type ReturnData } from './returns/checks.ts';
import { extendWindow } from './returns/extend.ts';
import { knowledge } from './returns/knowledge.ts';
import { retryReturn } from './returns/retry.ts';
import { impactByView } from './shared/viewed.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';

/** Alone these are mostly customers who are too late. */
const CUSTOMERS: readonly (string | null)[] = ['RETURN_WINDOW_EXPIRED', 'INVALID_RETURN'];

/** Runbook 9: returns that nobody decides. */
export const returns = defineRunbook<ReturnData>({
  id: 'returns',
  number: 9,
  title: 'Return processing failures',
  codes: ['RETURN_APPROVAL_FAILED', 'RETURN_WINDOW_EXPIRED', 'INVALID_RETURN'],
  // With a space behind: “returned 503” is no return.
  words: ['return ', 'returns '].flatMap((what) => ['stuck', 'approval', 'label'].map((how) => [what, how])),
  severity: 'low',
  team: 'orders',
  checks,
  about: (names) => ({
    workloads: [orderWorkload(names), workloadOf(names.workflowEngine)],
    secrets: [names.carrier.secret],
  }),
  causes,
  actions: [approveReturn, retryReturn, extendWindow],
  advice,
  byHand,
  knowledge,
  impact: impactByView(
    'returns',
    'returns were decided',
    `returns without fraud hold or expired window that wait for longer than lateAfterMinutes (${DEFAULT_THRESHOLDS.lateAfterMinutes} by default) ÷ (those + returns decided in 24 h)`,
  ),
  harmless(judging) {
    const { sources } = judging.incident;
    if (sources.length === 0 || sources.some(({ code }) => !CUSTOMERS.includes(code))) return null;
    const { pending, scores, windows, approvals } = judging.findings;
    const well = [pending, scores, windows, approvals].every(({ verdict }) => verdict === 'healthy');
    return well ? whyNot(judging, '9.C1') : null;
  },
  atOnce: () => null,
});
