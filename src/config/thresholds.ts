import * as z from 'zod';
import { THRESHOLD_NAMES, THRESHOLDS, type ThresholdName, type Unit } from '../runbooks/thresholds.ts';

/** The most that makes sense; what is absent has no such bound. */
const MOST: Partial<Record<Unit, number>> = { percent: 100, 'parts of 1': 1 };
/** Counted in whole ones. */
const WHOLE: ReadonlySet<Unit> = new Set([
  'messages',
  'orders',
  'attempts',
  'deliveries',
  'calls',
  'lines',
  'characters',
  'pods',
  'connections',
  'sessions',
  'kills',
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
  if (WHOLE.has(unit)) number = number.int();
  if (most !== undefined) number = number.max(most);
  return number.default(value).meta({
    description: `${means} In ${unit}; ${origin === 'runbook' ? `the runbook says ${value}` : `${value} is our own default`}.`,
  });
}

function originOf(origin: 'runbook' | 'our default'): string {
  return origin === 'runbook' ? 'the runbook' : origin;
}

/** What a default of `thresholds` is called by `oms config explain`: *the runbook* or *our default*; null: no threshold. */
export function thresholdOrigin(key: string): string | null {
  const [group, name] = key.split('.');
  const found = THRESHOLD_NAMES.find((each) => group === 'thresholds' && each === name);
  return found === undefined ? null : originOf(THRESHOLDS[found].origin);
}
