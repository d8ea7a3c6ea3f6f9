import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { StoryClock } from '../../sim/page/parts.ts';
import type { Jump } from '../../sim/page/shapes.ts';

const MINUTE = 60_000;
/** The bot gets so long for what is due in one skipped minute, ms. */
const SETTLE_MS = 4_000;

/** What a skipped minute has to move. */
export interface Skipped {
  /** Lets happen what is due in the pretend systems. */
  readonly settle: () => Promise<void>;
  readonly wakeBot: () => void;
  /** Whether the bot has done what is due now, what it still has to say apart. */
  readonly botIsDone: () => Promise<boolean>;
}

/** The story's clock. It moves the world and the bot's database together. */
export interface DemoClock extends StoryClock {
  /** Wires what a skip moves; before that a skip moves only the clock. */
  wire(skipped: Skipped): void;
}

/** @param owner the bot's database as its owner: its `clock` row is the bot's time */
export function createDemoClock(owner: pg.Pool): DemoClock {
  const jumps: Jump[] = [];
  const listeners = new Set<() => void>();
  let offset = 0;
  let skipping = 0;
  let last: Promise<void> = Promise.resolve();
  let skipped: Skipped | null = null;

  function tell(): void {
    for (const listener of listeners) listener();
  }

  /** Minute by minute: the bot then looks as often as it would have, and is late for nothing. */
  async function minute(): Promise<void> {
    offset += MINUTE;
    jumps.push({ at: Date.now(), offsetMs: offset });
    await skipped?.settle();
    await owner.query(`update clock set story_offset = story_offset + $1 * interval '1 ms'`, [MINUTE]);
    tell();
    const until = Date.now() + SETTLE_MS;
    do {
      skipped?.wakeBot();
      await sleep(25);
    } while (skipped !== null && Date.now() < until && !(await skipped.botIsDone()));
  }

  return {
    now: () => Date.now() + offset,
    jumps: () => jumps,
    skipping: () => skipping > 0,
    async skip(minutes) {
      skipping += 1;
      tell();
      const mine = last.then(async () => {
        for (let done = 0; done < minutes; done += 1) await minute();
      });
      last = mine.catch(() => undefined);
      await mine.finally(() => {
        skipping -= 1;
        tell();
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    wire(given) {
      skipped = given;
    },
  };
}
