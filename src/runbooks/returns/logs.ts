import { broken, healthy, type Seen, unknown } from '../../domain/finding.ts';
import { findIds } from '../../domain/ids.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { grepLogs, type Names, orderWorkload } from '../names.ts';
import { count, missing, readLog } from '../shared/log-check.ts';
import { countClasses, goesOn, type LogCounts } from '../shared/log-classes.ts';
import { statusOf, timedOut, withoutPeople } from '../shared/log-lines.ts';

/** Ids that a finding keeps at most. */
const KEPT = 50;

export type ApprovalClass = 'approved' | 'held' | 'window' | 'constraint' | 'engine';
export const STOPS = ['held', 'window', 'constraint', 'engine'] as const satisfies readonly ApprovalClass[];

export interface ApprovalLogs extends LogCounts<ApprovalClass> {
  /** Returns that a line names, each once. */
  readonly returns: { readonly all: number; readonly held: number; readonly window: number };
  /** Those that the database refused. */
  readonly violating: readonly string[];
}

const CONSTRAINT = /constraint|duplicate key|violates|unique[_ ]violation/i;
const WINDOW = /RETURN_WINDOW_EXPIRED|window[ _-]expired/i;
const HELD = /result=held|\bheld\b|fraud[ _-]?(?:hold|flag)|flagged/i;
const ENGINE = /engine|ECONN[A-Z]+|ENOTFOUND|EAI_AGAIN/i;
const APPROVED = /result=approved|\bapproved\b/i;

function approvalOf(line: string): ApprovalClass | null {
  if (CONSTRAINT.test(line)) return 'constraint';
  if (WINDOW.test(line)) return 'window';
  if (HELD.test(line)) return 'held';
  if (ENGINE.test(line) || timedOut(line)) return 'engine';
  return APPROVED.test(line) ? 'approved' : null;
}

function said<T>(bad: boolean, whole: boolean, line: string, data: T, evidence: readonly string[]): Seen<T> {
  if (bad) return broken(line, data, evidence);
  return whole ? healthy(line, data, evidence) : unknown(line, data, evidence);
}

/** R63: how the approvals of returns ended. */
export const approvals: Check<ApprovalLogs> = {
  step: 'R63',
  title: 'How do the approvals of returns end?',
  system: 'Kubernetes',
  source: 'kubectl logs -l app=order-service | grep "return:approval"',
  equivalent: (names: Names) => grepLogs(names, names.orderService, [names.logPatterns.returnApproval]),
  deadlineMs: 4_500,
  async look(ask) {
    const { names, thresholds, now } = ask;
    const logs = await readLog(ask, orderWorkload(names), [names.logPatterns.returnApproval]);
    const counts = countClasses(logs, ['approved', ...STOPS], approvalOf, ask);
    const lines = logs.flatMap((one) => one.lines.map(withoutPeople));
    const idsOf = (some: readonly string[]) => [...new Set(some.flatMap((line) => findIds('return', line)))];
    const of = (name: ApprovalClass) => idsOf(lines.filter((line) => approvalOf(line) === name));
    const data: ApprovalLogs = {
      ...counts,
      returns: { all: idsOf(lines).length, held: of('held').length, window: of('window').length },
      violating: of('constraint').slice(0, KEPT),
    };
    const { classes } = counts;
    const parts = STOPS.filter((name) => classes[name].lines > 0).map(
      (name) => `${name} ${classes[name].lines}`,
    );
    const stops = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
    const stopped = STOPS.reduce((sum, name) => sum + classes[name].lines, 0) + counts.unclassed;
    const line = `${count(classes.approved.lines, 'return was', 'returns were')} approved in ${thresholds.logWindowMinutes} min, ${stopped} stopped${stops}.${missing(counts)}`;
    const bad = (['constraint', 'engine'] as const).some(
      (name) =>
        classes[name].lines >= thresholds.dominatesLines &&
        classes[name].lines * 2 >= stopped &&
        goesOn(classes[name], now, thresholds),
    );
    return said(
      bad,
      counts.whole,
      line,
      data,
      lines.filter((one) => approvalOf(one) !== 'approved').slice(-5),
    );
  },
};

export type LabelLogs = LogCounts<'made' | 'failed'>;

/** Not the level of the line, and not the field of an error that there was not. */
const FAILED = /\bfail\w*|\brefused\b|\berror["']?\s*[=:]\s*["']?(?!null|none|false|0\b)\w/i;
const MADE = /\b(?:created|made|printed)\b|result=ok/i;

function labelOf(line: string): 'made' | 'failed' | null {
  const status = statusOf(line);
  if (status !== null) return status < 300 ? 'made' : 'failed';
  if (timedOut(line) || FAILED.test(line)) return 'failed';
  return MADE.test(line) ? 'made' : null;
}

/** X11 for return labels: the source greps no line of theirs. */
export const labels: Check<LabelLogs> = {
  step: 'X11',
  title: 'Do the labels of returns get made?',
  system: 'Kubernetes',
  source: null,
  equivalent: (names: Names) => grepLogs(names, names.orderService, [names.logPatterns.returnLabel]),
  deadlineMs: 4_500,
  async look(ask) {
    const { names, thresholds, now } = ask;
    const logs = await readLog(ask, orderWorkload(names), [names.logPatterns.returnLabel]);
    const counts = countClasses(logs, ['made', 'failed'], labelOf, ask);
    const { made, failed } = counts.classes;
    const line = `${count(made.lines, 'label of a return was', 'labels of returns were')} made in ${thresholds.logWindowMinutes} min, ${failed.lines} failed.${missing(counts)}`;
    const evidence = logs
      .flatMap((one) => one.lines)
      .filter((one) => labelOf(withoutPeople(one)) === 'failed');
    return said(
      labelsFail(counts, ask) && goesOn(failed, now, thresholds),
      counts.whole,
      line,
      counts,
      evidence.slice(-5),
    );
  },
};

/** Failures dominate: enough of them, and at least as many as were made. */
export function labelsFail(
  { classes: { made, failed } }: LabelLogs,
  { thresholds }: Pick<Asking, 'thresholds'>,
): boolean {
  return failed.lines >= thresholds.dominatesLines && failed.lines >= made.lines;
}
