import { percentile } from './statistics.ts';

/** `%` and `of all` count what went wrong, out of `samples`. */
export type Unit = 'ms' | 'MB' | '%' | 'of all';

/** A measured number and whose it is. */
export interface Amount {
  readonly name: string;
  readonly value: number;
}

/** One figure as it is published: ours, a peer's or a floor's of the same run, and what it is to reach. */
export interface Figure {
  readonly name: string;
  /** What was done to get it, in one sentence. */
  readonly how: string;
  readonly unit: Unit;
  readonly ours: Amount;
  readonly beside: Amount;
  /** What the goal is about: our number itself, or ours ÷ the other. */
  readonly goal: { readonly on: 'ratio' | 'value'; readonly most: number };
  /** The lowest and the highest of the goal's number over the rounds of this run: how noisy it was. */
  readonly range: readonly [low: number, high: number];
  /** How many times ours was measured. */
  readonly samples: number;
  /** What the number is made of, as lines of a table. */
  readonly details?: readonly string[];
}

/** What a long measurement may be cut down to. */
export interface Limits {
  readonly seeds?: number;
  /** Ids. */
  readonly scenarios?: readonly string[];
}

/** What `npm run bench -- <name>` runs. */
export interface Bench {
  readonly name: string;
  run(progress: (line: string) => void, limits: Limits): Promise<readonly Figure[]>;
}

export interface Verdict {
  /** Ours ÷ the other's. */
  readonly ratio: number;
  readonly met: boolean;
  /** How far above the goal, in the goal's own unit; 0 when it is met. */
  readonly missedBy: number;
}

/** Whether a figure reaches its goal. The goal itself is still met. */
export function verdictOn({ ours, beside, goal }: Pick<Figure, 'ours' | 'beside' | 'goal'>): Verdict {
  const ratio = ours.value / beside.value;
  const reached = goal.on === 'ratio' ? ratio : ours.value;
  // A number that could not be measured is never good enough.
  const met = reached <= goal.most;
  return { ratio, met, missedBy: met ? 0 : reached - goal.most };
}

/** Rounds of two sides that were measured in turn. */
export interface Round {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** One percentile of all rounds together, with the range of that percentile's ratio over the single rounds. */
export function compared(rounds: readonly Round[], share: number) {
  const ratios = rounds.map(({ ours, theirs }) => percentile(ours, share) / percentile(theirs, share));
  const ours = rounds.flatMap((round) => round.ours);
  return {
    ours: percentile(ours, share),
    theirs: percentile(
      rounds.flatMap((round) => round.theirs),
      share,
    ),
    range: [Math.min(...ratios), Math.max(...ratios)] as const,
    samples: ours.length,
  };
}
