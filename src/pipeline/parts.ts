import type { Clock, Ids, Step } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Levers } from '../ports/levers.ts';
import type { Log } from '../ports/log.ts';
import type { People } from '../ports/people.ts';
import type { Probes } from '../ports/probes.ts';
import type { Samples } from '../ports/samples.ts';
import type { Rules } from './rules.ts';

/** All that the pipeline's verbs stand on. Levers are handed to `run.ts` alone. */
export interface Parts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly people: People;
  readonly probes: Probes;
  readonly levers: Levers;
  readonly samples: Samples;
  readonly step: Step;
  readonly rules: Rules;
}

/** An answer to a person: done, with what happened in one sentence, or not, with what stands in the way. */
export interface Answer {
  readonly ok: boolean;
  readonly because: string;
  /** What is wrong with a form, by field. */
  readonly fields?: Readonly<Record<string, string>>;
}
