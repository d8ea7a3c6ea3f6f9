import * as z from 'zod';
import {
  THRESHOLD_NAMES,
  THRESHOLDS,
  type Threshold,
  type ThresholdName,
  type Unit,
} from '../runbooks/thresholds.ts';

/** The most that makes sense; what is absent has no such bound. */
const MOST: Partial<Record<Unit, number>> = { percent: 100, 'parts of 1': 1 };
/** Counted in whole ones. */
const WHOLE: ReadonlySet<Unit> = new Set([
  'messages',
  'orders',
  'rows',
  'attempts',
  'deliveries',
  'calls',
  'lines',
  'characters',
  'pods',
  'connections',
  'sessions',
  'kills',
  'products',
  'business days',
]);

/** Days of a calendar, or of a form that takes whole ones; what is kept for some time may be kept for half a day. */
const WHOLE_DAYS: ReadonlySet<ThresholdName> = new Set([
  'exportPieceDays',
  'modalDays',
  'mostDays',
  'returnWindowDays',
]);

/** The schema of `thresholds`, from the one table of them. */
export const thresholdsSchema = z.strictObject(
  Object.fromEntries(THRESHOLD_NAMES.map((name) => [name, schemaOf(name)])) as {
    [Name in ThresholdName]: z.ZodDefault<z.ZodNumber>;
  },
);

function schemaOf(name: ThresholdName): z.ZodDefault<z.ZodNumber> {
  const { value, unit, means, origin } = THRESHOLDS[name];
  const most = MOST[unit];
  let number = z.number().positive();
  if (WHOLE.has(unit) || WHOLE_DAYS.has(name)) number = number.int();
  if (most !== undefined) number = number.max(most);
  return number.default(value).meta({
    description: `${means} In ${unit}; ${origin === 'runbook' ? `the runbook says ${value}` : `${value} is our own default`}.`,
  });
}

function originOf(origin: 'runbook' | 'our default'): string {
  return origin === 'runbook' ? 'the runbook' : origin;
}

/** Numbers that stand under a key of their own, with what they count and whose they are. */
export const OWN_KEYS = {
  'escalation.afterMinutes': { unit: 'minutes', origin: 'runbook' },
  'escalation.impactPercent': { unit: 'percent', origin: 'runbook' },
  'escalation.rungEveryMinutes': { unit: 'minutes', origin: 'our default' },
  'escalation.notBeforeCardMinutes': { unit: 'minutes', origin: 'our default' },
  'approvals.expireAfterMinutes': { unit: 'minutes', origin: 'our default' },
  lookEverySeconds: { unit: 'seconds', origin: 'our default' },
} as const satisfies Record<string, Pick<Threshold, 'unit' | 'origin'>>;

/** Whose number a default is, as `oms config explain` calls it: *the runbook* or *our default*; null: it is none of them. */
export function thresholdOrigin(key: string): string | null {
  const [group, name] = key.split('.');
  const found = THRESHOLD_NAMES.find((each) => group === 'thresholds' && each === name);
  const row = found === undefined ? OWN_KEYS[key as keyof typeof OWN_KEYS] : THRESHOLDS[found];
  return row === undefined ? null : originOf(row.origin);
}
