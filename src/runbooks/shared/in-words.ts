import type { Thresholds } from '../thresholds.ts';

// Rules that all runbooks share, in words, for the pages that print them (runbook-knowledge §0).

/** *At least 5 lines and 50 % of the classified failures of 30 min*. */
export function dominating({ dominatesLines, dominatesShare, logWindowMinutes }: Thresholds): string {
  return `at least ${dominatesLines} lines and ${dominatesShare * 100} % of the classified failures of ${logWindowMinutes} min`;
}

/** *Under 5 % of the classified failures, or none for 5 min, with the logs read whole*. */
export function absent({ absentShare, stoppedMinutes }: Thresholds): string {
  return `under ${absentShare * 100} % of the classified failures, or none for ${stoppedMinutes} min, with the logs read whole`;
}
