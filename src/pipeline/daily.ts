import type { Transaction } from '../ports/journal.ts';
import type { Job } from '../ports/schedule.ts';
import type { Parts } from './parts.ts';

/** A job that fails, our database being gone for one, is tried again so often and so far apart, ms. */
const TRIES = 30;
const AGAIN_MS = 60_000;
const DAY = 24 * 60 * 60_000;

/** What the clock on the wall asks for. One replica does each slot. @param notes what the day's message says besides, one sentence each */
export function dailyJobs(parts: Parts, notes: () => readonly string[]): readonly Job[] {
  return [
    {
      name: 'digest',
      expression: '0 9 * * *',
      run: once(parts, 'digest', async (_parts, tx) => await digest(parts, tx, notes())),
    },
    { name: 'sweep', expression: '30 4 * * *', run: once(parts, 'sweep', sweep) },
  ];
}

/** The claim of the slot and the work are one commit: whoever dies in between has claimed nothing. */
function once(
  parts: Parts,
  name: string,
  work: (parts: Parts, tx: Transaction) => Promise<void>,
): Job['run'] {
  return async (slot) => {
    for (let tries = 1; ; tries += 1) {
      try {
        await parts.journal.transact(name, async (tx) => {
          if (await tx.claimSlot(`${name} ${slot}`)) await work(parts, tx);
        });
        return;
      } catch (err) {
        const because = err instanceof Error ? err.message : 'unknown';
        parts.log.error({ job: name, slot, tries, err: because }, 'a daily job failed');
        if (tries >= TRIES) return;
        await parts.clock.sleep(AGAIN_MS);
      }
    }
  };
}

async function digest(parts: Parts, tx: Transaction, notes: readonly string[]): Promise<void> {
  const head = await tx.head();
  parts.log.info(head, 'the newest row of the journal');
  tx.say({
    stream: `channel ${parts.rules.channels.alerts}`,
    key: `digest/${head.seq}/${tx.now}`,
    kind: 'slack post',
    payload: { what: 'digest', head, since: tx.now - DAY, notes },
  });
}

async function sweep(parts: Parts, tx: Transaction): Promise<void> {
  const swept = await tx.sweep();
  parts.log.info(swept, 'old deliveries and messages were swept');
}
