import type { Names } from '../names.ts';

/** Whether large work is welcome now (`quietHours` in oms.yaml; our default: 22:00 to 06:00). @param now epoch ms */
export function isQuiet(
  now: number,
  { quietHours: { from, to, timeZone } }: Pick<Names, 'quietHours'>,
): boolean {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(now);
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
