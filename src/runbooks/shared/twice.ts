import type { Thresholds } from '../thresholds.ts';

/** Whether a row of looks that began then said it again, far enough apart to be no accident (runbook-knowledge §0: 15 s). */
export function isTwice(since: number | null, now: number, { downSeconds }: Thresholds): boolean {
  return since !== null && now - since >= downSeconds * 1_000;
}
