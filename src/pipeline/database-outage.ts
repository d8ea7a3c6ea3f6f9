import type { Page, Pager } from '../ports/pager.ts';
import { SystemError } from '../ports/system-error.ts';
import { PAGE_MS } from './pages.ts';
import type { Parts } from './parts.ts';
import { timeLimit } from './time-limit.ts';

/** One question to our own database may take this long, ms. */
const ASK_MS = 1_500;

export interface DatabaseWatchParts {
  readonly parts: Parts;
  readonly pager: Pager | null;
  /** Says it in the alerts channel without the outbox, once whatever other replicas say; null: it could not be said. */
  readonly say: (since: number) => Promise<string | null>;
}

/**
 * Watches our own database. While it is gone nothing is decided and nothing is run; people and PagerDuty are told once
 * for an outage, and it is journaled when the database is back. Real time throughout.
 */
export function createDatabaseWatch({ parts, pager, say }: DatabaseWatchParts) {
  const { clock, rules } = parts;
  let since: number | null = null;
  let said: string | null = null;
  let paged = false;
  let answers = 0;
  const told = () => said !== null || paged;

  /** Asks once. Remembers since when it has not answered. */
  async function gone(): Promise<boolean> {
    const began = clock.now();
    const timer = new AbortController();
    const answered = await Promise.race([
      parts.journal.now().then(
        () => true,
        () => false,
      ),
      clock.sleep(ASK_MS, timer.signal).then(() => false),
    ]);
    timer.abort();
    if (answered) return false;
    since ??= began;
    return true;
  }

  async function round(): Promise<boolean> {
    if (!(await gone())) {
      await back();
      return false;
    }
    if (since === null || clock.now() - since < rules.timing.databaseGoneMs) return false;
    said ??= await say(since);
    paged ||= await page(since);
    return false;
  }

  async function page(from: number): Promise<boolean> {
    if (pager === null || rules.environment !== 'prod') return false;
    using limit = timeLimit(clock, PAGE_MS);
    const because = `The bot’s own database has not answered since ${new Date(from).toISOString()}. Nothing is recorded and nothing is run.`;
    try {
      await parts.step('page', async () => await pager.send(pageOf('trigger', because), limit.signal));
      return true;
    } catch (err) {
      if (!(err instanceof SystemError)) throw err;
      parts.log.error({ because: err.message }, 'the page about our own database could not be sent');
      return false;
    }
  }

  async function back(): Promise<void> {
    const from = since;
    if (from === null) return;
    if (told()) {
      const to = clock.now();
      // Replicas that shared the message share this key, so that its end is said once.
      const outage = said ?? String(from);
      await parts.journal.transact('database is back', async (tx) => {
        tx.note({ type: 'database outage', from, to, answers });
        tx.say({
          stream: `channel ${rules.channels.alerts}`,
          key: `database back/${outage}`,
          kind: 'slack post',
          payload: { what: 'database back', from, to },
        });
        if (paged)
          tx.say({
            stream: `page ${dedupKey()}`,
            key: `${dedupKey()}/${outage}/resolve`,
            kind: 'page',
            payload: pageOf('resolve', 'The database answers again.'),
          });
      });
    }
    since = null;
    said = null;
    paged = false;
    answers = 0;
  }

  function pageOf(action: Page['action'], summary: string): Page {
    return {
      action,
      team: 'platform',
      dedupKey: dedupKey(),
      summary: `${rules.service} (${rules.environment}). ${summary}`,
      severity: 'critical',
      details: { service: rules.service },
      links: [],
    };
  }

  function dedupKey(): string {
    return `oms/${rules.environment}/database`;
  }

  return {
    round,
    gone,
    since: () => since,
    /** Somebody got an answer that could not be journaled. */
    answered: () => {
      answers += 1;
    },
  };
}

export type DatabaseWatch = ReturnType<typeof createDatabaseWatch>;
