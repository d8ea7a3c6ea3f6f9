import { OVER_MS } from '../domain/cause-history.ts';
import { reminderAt } from '../domain/duty.ts';
import { WATCH_AT_LEAST_MS, WATCH_GAPS } from '../domain/ending.ts';
import { REFUSAL_MS } from '../domain/run.ts';
import { TREND_APART_MS, TREND_SAMPLES } from './shared/lag-memory.ts';
import { MEDIAN_DAYS } from './shared/usual.ts';
import { FINISHED_MINUTES } from './shared/viewed.ts';
import type { Threshold } from './thresholds.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const fixed = (value: number, unit: Threshold['unit'], means: string): Threshold => ({
  value,
  unit,
  means,
  origin: 'our default',
});

/** After how many minutes somebody is reminded of a change for now, when it was reminded of so often before. */
function reminder(reminded: number): number {
  const duty = { id: '', what: '', owner: '', targets: [], run: null, undo: 'R43-undo', done: null } as const;
  return (reminderAt({ ...duty, at: 0, reminded }) ?? 0) / MINUTE;
}

/** Numbers of ours that no company sets, for `oms runbooks`: texts, journaled samples and views of theirs hold them. */
export const CONSTANTS = {
  trendSamples: fixed(TREND_SAMPLES, 'samples', 'So many looks, each higher or each lower, are a trend.'),
  trendSeconds: fixed(TREND_APART_MS / SECOND, 'seconds', 'The looks of a trend are so far apart at least.'),
  overSeconds: fixed(OVER_MS / SECOND, 'seconds', 'A cause that has been ruled out for so long is over.'),
  watchMinutes: fixed(WATCH_AT_LEAST_MS / MINUTE, 'minutes', 'What is mitigated is watched for so long.'),
  watchGaps: fixed(
    WATCH_GAPS,
    'times the gap',
    'It is watched for so many times the gap between its last two failures, where that is longer.',
  ),
  medianDays: fixed(MEDIAN_DAYS, 'days', 'A usual share is the median of so many days of samples.'),
  firstReminderMinutes: fixed(reminder(0), 'minutes', 'A change for now is reminded of first after this.'),
  secondReminderMinutes: fixed(reminder(1), 'minutes', 'It is reminded of a second time after this.'),
  laterRemindersMinutes: fixed(reminder(2) - reminder(1), 'minutes', 'Then it is reminded of so often.'),
  refusalMinutes: fixed(REFUSAL_MS / MINUTE, 'minutes', 'A refused run has no button again for so long.'),
  mostShare: fixed(0.5, 'parts of 1', 'Pods or orders from this share on are most of them.'),
  finishedMinutes: fixed(
    FINISHED_MINUTES,
    'minutes',
    'Refunds and returns that were finished count for so long.',
  ),
} as const satisfies Record<string, Threshold>;
