import type { Names } from '../names.ts';

/** When large work had better wait for, in words; null: it is welcome now. @param now epoch ms */
export function quieter(now: number, names: Pick<Names, 'quietHours'>): string | null {
  const { from, to, timeZone } = names.quietHours;
  return isQuiet(now, names) ? null : `quiet hours, ${from} to ${to} ${timeZone}`;
}

/** Whether large work is welcome now (`quietHours` in oms.yaml; our default: 22:00 to 06:00). @param now epoch ms */
function isQuiet(now: number, { quietHours: { from, to, timeZone } }: Pick<Names, 'quietHours'>): boolean {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(now);
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
