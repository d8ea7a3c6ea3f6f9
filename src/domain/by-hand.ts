import type { IncidentId } from './ids.ts';
import type { ByHandId, Incident, Tick } from './incident.ts';

/** What a tick says of a step that has no answers of its own. */
export const DONE = 'done';

/** The newest word about a step by hand; null: nobody said anything. */
export function tickOf({ ticks }: Pick<Incident, 'ticks'>, step: ByHandId): Tick | null {
  return ticks.find((tick) => tick.step === step) ?? null;
}

/** A step by hand as its incident's card shows it. */
export interface ShownStep {
  readonly incident: IncidentId;
  readonly step: ByHandId;
  readonly what: string;
  readonly owner: string;
  readonly because: string;
  /** The key below `links`, and where it leads; url null: nothing is configured. */
  readonly link: { readonly key: string; readonly url: string | null } | null;
  /** What a tick may say; null: that it is done. */
  readonly answers: readonly string[] | null;
  readonly tick: Tick | null;
  /** Nothing more can be said of it. */
  readonly done: boolean;
  /** What was seen is too old to count; somebody looks again. */
  readonly old: boolean;
  /** What was done may not be all: `because` says so beside the tick. */
  readonly more: boolean;
  /** It has a text that is ready to be copied. */
  readonly text: boolean;
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
