import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { FraudScore, ReturnEligibility, ReturnSummary } from '../../ports/order-service.ts';
import type { Check } from '../define-runbook.ts';
import { age, curl } from '../names.ts';
import { notThere } from '../shared/pending.ts';
import type { PodsSeen } from '../shared/pods.ts';
import { spell } from '../shared/spell.ts';
import { type WorkflowLogs, workflowLog } from '../shared/workflow-log.ts';
import { type CarriersSeen, carriers } from '../shipping-labels/carriers.ts';
import { checks as stuckChecks } from '../stuck-orders/checks.ts';
import { agrees, lateReturns, noneUnderstood, sampledReturns, scoresOf, windowsOf } from './listed.ts';
import { type ApprovalLogs, approvals, type LabelLogs, labels } from './logs.ts';
import { type ReceivedSeen, received } from './received.ts';

const MINUTE = 60_000;

export const EXPIRED = 'RETURN_WINDOW_EXPIRED';

export interface PendingReturns {
  readonly total: number;
  /** Oldest first; those that people and alerts named stand among them, however old they are. */
  readonly returns: readonly ReturnSummary[];
  readonly elsewhere: readonly string[];
}

/** By return; null: nobody could say. */
export interface Scores {
  readonly of: readonly { readonly id: string; readonly score: FraudScore | null }[];
}

/** By return; null: nobody could say, or the list names no order. */
export interface Windows {
  readonly of: readonly {
    readonly id: string;
    readonly order: string | null;
    readonly window: ReturnEligibility | null;
    /** Whether verdict and dates agree; null: the dates are not told. */
    readonly agrees: boolean | null;
  }[];
}

export interface ReturnData {
  readonly pending: PendingReturns;
  readonly approvals: ApprovalLogs;
  readonly scores: Scores;
  readonly windows: Windows;
  readonly engine: PodsSeen;
  readonly labels: LabelLogs;
  readonly carriers: CarriersSeen;
  readonly received: ReceivedSeen;
  readonly workflow: WorkflowLogs;
}

/** What waits for its rightly expired window is no fault of ours (runbook-knowledge 9.C1). */
const pending: Check<PendingReturns> = {
  step: 'R62',
  title: 'Which returns wait?',
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl "localhost:8080/admin/returns?status=pending&olderThan=24h"',
  equivalent: (names) =>
    curl(
      names,
      `${names.paths.returns}?status=${names.statuses.pendingReturn}&olderThan=${age(names.inCommands.lateAfterMinutes)}`,
    ),
  deadlineMs: 4_000,
  async look(ask) {
    const { now, thresholds } = ask;
    const listed = await lateReturns(ask);
    const { rows: returns, total, unread, elsewhere } = listed;
    const over = spell(thresholds.lateAfterMinutes * MINUTE);
    const seen: PendingReturns = { total, returns, elsewhere };
    const missing = notThere(listed);
    const foreign =
      unread === 0 ? '' : ` ${unread} in the service’s list could not be understood and are left alone.`;
    if (total === 0 && unread === 0) return healthy(`No return has waited for over ${over}.${missing}`, seen);
    const late = returns.filter(({ createdAt }) => createdAt < now - thresholds.lateAfterMinutes * MINUTE);
    const expired = late.filter(({ errorCode }) => errorCode === EXPIRED).length;
    const first = late[0];
    const oldest = first === undefined ? '' : `, the oldest for ${spell(now - first.createdAt)}`;
    const windows = expired === 0 ? '' : ` Of ${expired} the service says that the window is over.`;
    const line = `${total} ${total === 1 ? 'return has' : 'returns have'} been pending for over ${over}${oldest}.${windows}${missing}${foreign}`;
    const evidence = late.slice(0, 10).map(({ id, errorCode }) => `${id}  ${errorCode ?? 'no code'}`);
    if (late.length > expired || late.length < total) return broken(line, seen, evidence);
    return unread > 0 ? unknown(line, seen, evidence) : healthy(line, seen, evidence);
  },
};

const scores: Check<Scores> = {
  step: 'R64',
  title: 'Does the fraud model hold them?',
  parameters: ['return'],
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/admin/returns/ret_abc123/fraud-score',
  equivalent: (names) => curl(names, names.paths.fraudScore.replace('{id}', '<return>')),
  deadlineMs: 4_000,
  async look(ask) {
    const { returns, dark } = await sampledReturns(ask);
    if (dark > 0) return unknown(noneUnderstood(dark));
    const read = await scoresOf(
      ask,
      returns.map(({ id }) => id),
    );
    const of = returns.map(({ id }) => ({ id, score: read.get(id) ?? null }));
    const seen: Scores = { of };
    if (of.length === 0) return healthy('No return to look at.', seen);
    const held = of.filter(({ score }) => score?.held === true);
    const silent = of.filter(({ score }) => score === null).length;
    const blind = silent === 0 ? '' : ` ${silent} could not be read.`;
    const evidence = of.map(({ id, score }) =>
      score === null ? `${id}  no answer` : `${id}  ${spellScore(score)}`,
    );
    const line = `The fraud model holds ${held.length} of the ${of.length} that were looked at.${blind}`;
    if (held.length > 0) return broken(line, seen, evidence);
    return silent > 0 ? unknown(line, seen, evidence) : healthy(line, seen, evidence);
  },
};

/** *score 0.91, held from 0.80 on*. */
export function spellScore({ score, threshold, held }: FraudScore): string {
  return `score ${score.toFixed(2)}, ${held ? 'held' : 'not held; holds'} from ${threshold.toFixed(2)} on`;
}

const windows: Check<Windows> = {
  step: 'R65',
  title: 'Is the window computed rightly?',
  parameters: ['order'],
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/admin/orders/ord_xyz789abc/return-eligibility',
  equivalent: (names) => curl(names, names.paths.returnEligibility.replace('{id}', '<order>')),
  deadlineMs: 4_000,
  async look(ask) {
    const { returns, dark } = await sampledReturns(ask);
    if (dark > 0) return unknown(noneUnderstood(dark));
    const orders = returns.flatMap(({ order }) => (order === null ? [] : [order]));
    const read: ReadonlyMap<string, ReturnEligibility | null> = await windowsOf(ask, orders);
    const of = returns.map(({ id, order }) => {
      const window = order === null ? null : (read.get(order) ?? null);
      const right = window === null ? null : agrees(window, ask.thresholds.returnWindowDays);
      return { id, order, window, agrees: right };
    });
    const seen: Windows = { of };
    if (of.length === 0) return healthy('No return to look at.', seen);
    const wrong = of.filter((one) => one.agrees === false);
    const silent = of.filter((one) => one.window === null).length;
    const vague = of.filter((one) => one.window !== null && one.agrees === null).length;
    const over = of.filter((one) => one.window?.eligible === false).length;
    const blind = [
      ...(silent === 0 ? [] : [` ${silent} could not be read.`]),
      ...(vague === 0 ? [] : [` Of ${vague} the dates are not told.`]),
    ].join('');
    const evidence = of.map((one) => `${one.id}  ${lineOf(one)}`);
    if (wrong.length > 0)
      return broken(
        `The verdict on ${wrong.length} of ${of.length} returns contradicts its own dates and ${ask.thresholds.returnWindowDays} days.${blind}`,
        seen,
        evidence,
      );
    if (silent + vague > 0)
      return unknown(
        `The windows of ${of.length - silent - vague} of ${of.length} returns were judged.${blind}`,
        seen,
        evidence,
      );
    const all = of.length === 1 ? 'the one return that was' : `all ${of.length} returns that were`;
    return healthy(
      `Verdict and dates agree for ${all} looked at; ${over === 0 ? 'no window' : `the window of ${over}`} is over.`,
      seen,
      evidence,
    );
  },
};

function lineOf({ window }: Windows['of'][number]): string {
  if (window === null) return 'no answer';
  const { eligible, words, deliveredAt, requestedAt, windowDays } = window;
  const dates =
    deliveredAt === null || requestedAt === null
      ? 'dates not told'
      : `asked ${spell(requestedAt - deliveredAt)} after delivery`;
  return `${eligible ? 'eligible' : `not eligible${words === null ? '' : ` (${words})`}`}, ${dates}, window ${windowDays} d`;
}

export const checks = {
  pending,
  approvals,
  scores,
  windows,
  // Runbook 3's and 5's, asked here for what they say of returns; they are no commands of this runbook.
  engine: { ...stuckChecks.engine, source: null },
  labels,
  carriers: { ...carriers, source: null },
  received,
  workflow: workflowLog,
};
