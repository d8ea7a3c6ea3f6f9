import type { ByHandId, Incident, Tick } from './incident.ts';

/** What a tick says of a step that has no answers of its own. */
export const DONE = 'done';

/** The newest word about a step by hand; null: nobody said anything. */
export function tickOf({ ticks }: Pick<Incident, 'ticks'>, step: ByHandId): Tick | null {
  return ticks.find((tick) => tick.step === step) ?? null;
}

/** What a menu's line carries: incident, step, and what is said. */
export interface TickValue {
  readonly incident: string;
  readonly step: ByHandId;
  readonly answer: string;
}

export function tickValue({ incident, step, answer }: TickValue): string {
  return `${incident} ${step} ${answer}`;
}

/** Reads what `tickValue` wrote; null when it is nothing of ours. */
export function readTickValue(value: string): TickValue | null {
  const read = /^(OMS-[1-9]\d{0,8}) m(\d{1,2})\.(\d{1,2}) (.{1,60})$/.exec(value);
  if (read === null) return null;
  const [, incident = '', runbook, number, answer = ''] = read;
  return { incident, step: `m${Number(runbook)}.${Number(number)}`, answer };
}
