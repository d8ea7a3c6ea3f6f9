import { ExportId } from '../../domain/ids.ts';
import type { Run } from '../../domain/run.ts';
import type { ExportJob } from '../../ports/order-service.ts';
import type { Proving } from '../define-runbook.ts';
import type { Thresholds } from '../thresholds.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Processing for longer than an export may take (runbook: 30 min). */
export function overdue(job: ExportJob, now: number, { exportMinutes }: Thresholds): boolean {
  return job.status === 'processing' && now - job.startedAt > exportMinutes * MINUTE;
}

/** It wrote something a moment ago (our default: 5 min). A job that never says so does not move. */
export function moves(job: ExportJob, now: number, { exportMovesMinutes }: Thresholds): boolean {
  return job.progressAt !== null && now - job.progressAt <= exportMovesMinutes * MINUTE;
}

/** Ended well and whole, with a link. */
export function whole({ status, link, rows, expectedRows }: ExportJob): boolean {
  const short = rows !== null && expectedRows !== null && rows < expectedRows;
  return status === 'completed' && link && !short;
}

/** Its whole range was exported anew in this incident (R75), in one piece or in several. */
export function replaced({ from, to }: ExportJob, runs: readonly Run[]): boolean {
  if (from === null || to === null) return false;
  const pieces = runs
    .filter(({ action, proof }) => action === 'R75' && proof?.verdict === 'helped')
    .map(({ parameters }) => ({ from: parameters['from'] ?? '', to: parameters['to'] ?? '' }))
    .sort((left, right) => (left.from < right.from ? -1 : 1));
  let next = from;
  for (const piece of pieces) if (piece.from <= next && piece.to >= next) next = dayAfter(piece.to, 1);
  return next > to;
}

export async function jobNow({ probes, signal }: Pick<Proving, 'probes' | 'signal'>, id: string) {
  return await probes.orderService.exportJob(ExportId.parse(id), signal);
}

/** Days of a range, both inclusive; null: it is none. */
export function daysOf(from: string, to: string): number | null {
  const [first, last] = [from, to].map((day) =>
    /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN,
  );
  if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) return null;
  return last < first ? null : Math.round((last - first) / DAY) + 1;
}

/** `2024-01-31` plus so many days. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** What is wrong with the days that it was asked for; null: nothing, or they are not told. */
export function senseless({ from, to }: ExportJob, now: number): string | null {
  if (from === null || to === null) return null;
  if (daysOf(from, to) === null) return 'ends before it begins';
  return to > new Date(now).toISOString().slice(0, 10) ? 'is partly still to come' : null;
}

/** *Asked for: csv, 2024-01-01 to 2024-01-31.* */
export function askedFor(job: ExportJob, now: number): string {
  const { format, from, to } = job;
  const wrong = senseless(job, now);
  const days = from === null || to === null ? [] : [`${from} to ${to}`];
  const asked = [...(format === null ? [] : [format]), ...days].join(', ');
  return asked === ''
    ? 'What was asked for is not told.'
    : `Asked for: ${asked}${wrong === null ? '' : `, which ${wrong}`}.`;
}
