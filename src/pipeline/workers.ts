import type { Waits } from '../ports/journal.ts';
import type { Page, Pager } from '../ports/pager.ts';
import { SystemError } from '../ports/system-error.ts';
import type { VoiceStore } from '../ports/voice.ts';
import { saying } from './news.ts';
import { PAGE_MS } from './pages.ts';
import type { Parts } from './parts.ts';
import { timeLimit } from './time-limit.ts';

/** A loop looks at least so often, ms: what another replica has left to do wakes nobody here. */
const MOST_MS = 1_000;

/** Sends what waits to be paged; the same dedup key again is harmless, so a lost answer is simply asked again. */
export async function pageOnce(
  parts: Parts,
  voice: VoiceStore,
  pager: Pager,
  held: () => boolean,
): Promise<boolean> {
  let sent = false;
  for (const waiting of await voice.heads('page', 20)) {
    if (!held()) break;
    const page = waiting.payload as Page;
    // Its end waits behind it: the phone would ring for what is over. A try that was heard after all is closed by that end.
    if (page.action === 'trigger' && (await voice.followed(waiting))) {
      await tell(
        parts,
        page,
        `${waiting.key}/over`,
        `The page to team ${page.team} is not sent any more: what it was about has ended.`,
      );
      await voice.sent(waiting.id, '');
      sent = true;
      continue;
    }
    using limit = timeLimit(parts.clock, PAGE_MS);
    try {
      const reference = await parts.step('page', async () => await pager.send(page, limit.signal));
      if (waiting.attempts > 0)
        await tell(parts, page, `${waiting.key}/sent`, `The page to team ${page.team} went out after all.`);
      await voice.sent(waiting.id, reference);
      sent = true;
    } catch (err) {
      // Whatever is wrong with this one, the next must go out.
      const because = err instanceof Error ? err.message : 'unknown';
      parts.log.error({ key: waiting.key, because }, 'a page could not be sent');
      await voice.later(waiting.id, Math.min(60_000, 1_000 * 2 ** Math.min(waiting.attempts, 6)), because);
      const surely = err instanceof SystemError && err.sent === 'no';
      const words = `Team ${page.team} ${surely ? 'was not' : 'may not have been'} paged: ${because} It is tried again; call them by hand meanwhile.`;
      if (waiting.attempts === 0) await tell(parts, page, `${waiting.key}/not sent`, words);
    }
  }
  return sent;
}

/** The card says from the decision on that a page was asked for; what became of it instead is told once, by its key. */
async function tell(parts: Parts, { incident }: Page, key: string, line: string): Promise<void> {
  if (incident === undefined) return;
  await parts.journal.transact('page told', async (tx) => {
    const found = await tx.incident(incident);
    if (found === null) return;
    tx.note({ type: 'page told', key, line });
    tx.say(saying(found, key, [line]));
  });
}

/**
 * Does `work` as long as there is some, then waits until it is woken or something of what it waits for is due, at most a
 * second.
 * @param waits what falls due in the journal for this loop
 * @param until ms until something that only this process knows of is due
 * @param worked told after each round that did something
 */
export function loop(
  parts: Parts,
  name: string,
  work: () => Promise<boolean>,
  given: { readonly waits?: Waits; readonly until?: () => number; readonly worked?: () => void } = {},
) {
  const over = new AbortController();
  let wake = new AbortController();
  async function turn(): Promise<void> {
    while (!over.signal.aborted) {
      wake = new AbortController();
      const more = await work().catch((err) => {
        parts.log.error(
          { loop: name, err: err instanceof Error ? err.message : 'unknown' },
          'a round failed; it is tried again',
        );
        return false;
      });
      if (more) {
        given.worked?.();
        continue;
      }
      const { waits, until = () => Number.POSITIVE_INFINITY } = given;
      const due =
        waits === undefined ? MOST_MS : await parts.journal.untilDue(waits, MOST_MS).catch(() => MOST_MS);
      const ms = Math.min(due, until());
      if (!over.signal.aborted)
        await parts.clock.sleep(Math.max(ms, 10), AbortSignal.any([wake.signal, over.signal]));
    }
  }
  const done = turn();
  return {
    name,
    wake: () => wake.abort(),
    stop: async () => {
      over.abort();
      await done;
    },
  };
}
