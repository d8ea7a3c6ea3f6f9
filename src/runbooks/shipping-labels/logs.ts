import type { Check } from '../define-runbook.ts';
import { failureLogs } from '../shared/log-check.ts';
import type { LogCounts } from '../shared/log-classes.ts';
import { statusOf, timedOut } from '../shared/log-lines.ts';

export const LABEL_CODES = ['LABEL_GENERATION_FAILED', 'CARRIER_API_ERROR', 'INVALID_ADDRESS'] as const;

/** What a line about a label that was not made says of its reason. */
export type LabelClass = 'credentials' | 'rate limit' | 'outage' | 'address' | 'package' | 'destination';
export const LABEL_CLASSES = [
  'credentials',
  'rate limit',
  'outage',
  'address',
  'package',
  'destination',
] as const;

const PACKAGE =
  /\b(?:missing|no|without|unknown|invalid)\b.{0,40}\b(?:dimensions?|weight|package size)\b|\b(?:dimensions?|weight|package size)\b.{0,40}\b(?:missing|required|unknown|not (?:set|provided|given))\b/i;
const DESTINATION =
  /\b(?:destination|country|region|service area)\b.{0,40}\b(?:not|un)[ -]?(?:supported|served|serviceable|available)\b|\bunsupported (?:destination|country|region)\b/i;

/** The carrier's own answer decides before any code, and a code before words. */
function classOf(line: string): LabelClass | null {
  const status = statusOf(line);
  if (status === 401 || status === 403) return 'credentials';
  if (status === 429) return 'rate limit';
  if (status !== null && status >= 500) return 'outage';
  if (line.includes('INVALID_ADDRESS')) return 'address';
  if (PACKAGE.test(line)) return 'package';
  if (DESTINATION.test(line)) return 'destination';
  return status === null && timedOut(line) ? 'outage' : null;
}

export type LabelLogs = LogCounts<LabelClass>;

/** R30: what the labels that were not made in the log window say, by class and over all pods. */
export const labelLogs: Check<LabelLogs> = failureLogs<LabelClass>({
  step: 'R30',
  title: 'Why are labels not made?',
  source: 'kubectl logs -l app=order-service | grep LABEL_GENERATION_FAILED',
  containing: LABEL_CODES,
  one: 'label',
  more: 'labels',
  unclassed: 'without a reason',
  failures: LABEL_CLASSES,
  classOf,
});
