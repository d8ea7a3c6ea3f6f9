import { masked } from '../domain/secrets.ts';
import type { Delivery } from '../ports/journal.ts';
import type { Parts } from './parts.ts';

/** A delivery that fails so often is given up, eight minutes after it came; it stays in the inbox, and people are told. */
const TRIES = 10;

/** Works on one stored delivery, which stays ours however long that takes. False when there was none. */
export async function inboxOnce(parts: Parts, work: (delivery: Delivery) => Promise<void>): Promise<boolean> {
  const { journal, log } = parts;
  const delivery = await journal.claimDelivery(parts.rules.timing.deliveryMs);
  if (delivery === null) return false;
  const stopKeeping = keep(parts, delivery);
  try {
    await work(delivery);
  } catch (err) {
    stopKeeping();
    const because = err instanceof Error ? err.message : 'unknown';
    log.error(
      { delivery: delivery.deliveryId, attempts: delivery.attempts, err: because },
      'a delivery could not be worked on',
    );
    if (delivery.attempts < TRIES) {
      await journal.postpone(delivery, 500 * 2 ** delivery.attempts, because);
      return true;
    }
    await journal.transact('give up', async (tx) => {
      tx.note({ type: 'delivery given up', delivery: delivery.deliveryId, because });
      tx.say({
        stream: `channel ${parts.rules.channels.alerts}`,
        key: `given up/${delivery.id}`,
        kind: 'slack post',
        payload: { what: 'given up', source: delivery.source, tries: TRIES, because: masked(because) },
      });
      await tx.done(delivery);
    });
  } finally {
    stopKeeping();
  }
  return true;
}

/**
 * The same parts for whoever works on a delivery: the commit that decides something is the delivery's end as well. Were
 * it worked on again, because its answer failed or its process died, it would find nothing to do.
 */
export function workingOn(parts: Parts, delivery: Delivery | null): Parts {
  if (delivery === null) return parts;
  const { journal } = parts;
  let ended = false;
  const transact: typeof journal.transact = async (name, work) => {
    let decided = false;
    const deciding =
      <Given extends unknown[]>(decide: (...given: Given) => void) =>
      (...given: Given) => {
        decided = true;
        decide(...given);
      };
    let done = ended;
    const result = await journal.transact(name, async (tx) => {
      const end = async () => {
        done = true;
        return await tx.done(delivery);
      };
      const came = await work({ ...tx, save: deciding(tx.save), note: deciding(tx.note), done: end });
      // Whoever stalled for longer than its lease must not decide what somebody else has decided.
      if (decided && !done && !(await end()))
        throw new Error('Somebody else has worked on this delivery meanwhile.');
      return came;
    });
    ended = done;
    return result;
  };
  return { ...parts, journal: { ...journal, transact } };
}

/** A command may wait longer for its system than the lease: nobody else must answer it a second time. */
function keep({ clock, journal, rules }: Parts, delivery: Delivery): () => void {
  const { deliveryMs } = rules.timing;
  const over = new AbortController();
  void (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(deliveryMs / 3, over.signal);
      if (!over.signal.aborted)
        await journal.postpone(delivery, deliveryMs, 'It is being worked on.').catch(() => undefined);
    }
  })();
  return () => over.abort();
}
