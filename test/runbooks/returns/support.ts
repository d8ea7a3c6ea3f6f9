import { OrderId, ReturnId } from '../../../src/domain/ids.ts';
import type {
  CarrierAnswer,
  FraudScore,
  PageQuestion,
  ReturnEligibility,
  ReturnSummary,
} from '../../../src/ports/order-service.ts';
import type { OrderServiceProbe } from '../../../src/ports/probes.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { ReturnData } from '../../../src/runbooks/returns/checks.ts';
import { agrees } from '../../../src/runbooks/returns/listed.ts';
import type { ApprovalClass, ApprovalLogs, LabelLogs } from '../../../src/runbooks/returns/logs.ts';
import type { CarriersSeen } from '../../../src/runbooks/shipping-labels/carriers.ts';
import { MINUTE, NOW, seen, silent } from '../../support/runbooks.ts';
import { engine, workflowLogs } from '../stuck-orders/support.ts';

export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function aReturn(id: string, change: Partial<ReturnSummary> = {}): ReturnSummary {
  return {
    id: ReturnId.parse(id),
    order: OrderId.parse(`ord_${id.slice(4)}`),
    status: 'pending',
    createdAt: NOW - 30 * HOUR,
    updatedAt: NOW - 30 * HOUR,
    errorCode: 'RETURN_APPROVAL_FAILED',
    ...change,
  };
}

export function aScore(score: number): FraudScore {
  return { score, threshold: 0.8, held: score >= 0.8 };
}

/** Asked for so many days after delivery. */
export function aWindow(days: number, change: Partial<ReturnEligibility> = {}): ReturnEligibility {
  return {
    eligible: days <= 30,
    words: days <= 30 ? null : 'return window expired',
    deliveredAt: NOW - 40 * DAY,
    requestedAt: NOW - 40 * DAY + days * DAY,
    windowDays: 30,
    ...change,
  };
}

export function approvals(
  lines: Partial<Record<ApprovalClass, number>> = {},
  change: Partial<ApprovalLogs> = {},
): ApprovalLogs {
  const of = (name: ApprovalClass) => ({
    lines: lines[name] ?? 0,
    lastAt: lines[name] ? NOW - MINUTE : null,
  });
  return {
    classes: {
      approved: of('approved'),
      held: of('held'),
      window: of('window'),
      constraint: of('constraint'),
      engine: of('engine'),
    },
    unclassed: 0,
    newestAt: NOW - MINUTE,
    whole: true,
    containers: 3,
    problems: [],
    returns: { all: 0, held: 0, window: 0 },
    violating: [],
    ...change,
  };
}

export function labels(made: number, failed: number, change: Partial<LabelLogs> = {}): LabelLogs {
  const of = (lines: number) => ({ lines, lastAt: lines > 0 ? NOW - MINUTE : null });
  return {
    classes: { made: of(made), failed: of(failed) },
    unclassed: 0,
    newestAt: NOW - MINUTE,
    whole: true,
    containers: 3,
    problems: [],
    ...change,
  };
}

/** The one carrier; down since so many ms, where that is given. */
export function carriersSay(status: CarrierAnswer['status'], downFor: number | null = null): CarriersSeen {
  return {
    carriers: [{ carrier: 'swiftpost', status, words: null }],
    downSince: downFor === null ? null : NOW - downFor,
    down: downFor !== null && downFor >= 15_000,
    refused: status === 'unauthorised',
  };
}

/** One return with what R64 and R65 said of it; null: nobody could say. */
export type Row = readonly [ReturnSummary, FraudScore | null, ReturnEligibility | null];

export const waits = (id: string): Row => [aReturn(id), aScore(0.2), aWindow(10)];
export const held = (id: string): Row => [aReturn(id), aScore(0.91), aWindow(10)];

/** R62, R64 and R65 of these returns. */
export function rows(...given: readonly Row[]): Pick<Findings<ReturnData>, 'pending' | 'scores' | 'windows'> {
  const returns = given.map(([one]) => one);
  const windows = given.map(([{ id, order }, , window]) => ({
    id,
    order,
    window,
    agrees: window === null ? null : agrees(window, 30),
  }));
  const silentScore = given.some(([, score]) => score === null);
  const wrong = windows.some((one) => one.agrees === false);
  const dark = windows.some((one) => one.agrees === null);
  return {
    pending: seen(given.length === 0 ? 'healthy' : 'broken', { total: given.length, returns, elsewhere: [] }),
    scores: seen(given.some(([, score]) => score?.held) ? 'broken' : silentScore ? 'unknown' : 'healthy', {
      of: given.map(([{ id }, score]) => ({ id, score })),
    }),
    windows: seen(wrong ? 'broken' : dark ? 'unknown' : 'healthy', { of: windows }),
  };
}

/** Nothing waits and all is well, but for what is given. */
export function findings(change: Partial<Findings<ReturnData>> = {}): Findings<ReturnData> {
  return {
    ...rows(),
    approvals: seen('healthy', approvals({ approved: 9 })),
    engine: seen('healthy', engine()),
    labels: seen('healthy', labels(9, 0)),
    carriers: seen('healthy', carriersSay('up')),
    received: seen('skipped', null),
    workflow: seen('healthy', workflowLogs()),
    ...change,
  };
}

/** A service with these returns; by id, `silent` where it does not answer. */
export function service(
  returns: readonly ReturnSummary[],
  more: {
    readonly scores?: Readonly<Record<string, number | 'silent' | null>>;
    readonly windows?: Readonly<Record<string, ReturnEligibility | 'silent' | null>>;
    readonly unread?: number;
  } = {},
): Partial<OrderServiceProbe> {
  return {
    async returns({ olderThanMinutes, limit }: PageQuestion) {
      const old = returns.filter(({ createdAt }) => createdAt < NOW - olderThanMinutes * MINUTE);
      return { rows: old.slice(0, limit), unread: more.unread ?? 0, total: old.length, next: null };
    },
    async fraudScore(id) {
      const said = more.scores?.[id];
      if (said === 'silent') throw silent();
      return said === null ? null : aScore(said ?? 0.2);
    },
    async returnEligibility(order) {
      const said = more.windows?.[`ret_${order.slice(4)}`];
      if (said === 'silent') throw silent();
      return said === null ? null : (said ?? aWindow(10));
    },
  };
}
