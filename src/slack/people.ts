import { ErrorCode, type WebClient } from '@slack/web-api';
import type { Clock } from '../ports/clock.ts';
import type { People } from '../ports/people.ts';

/** A group's members are believed for so long, ms. */
const FRESH_MS = 60_000;
/** Somebody waits for the answer to a click, and behind them whatever else came in, ms. */
const ASK_MS = 2_000;

/** Lists of users and user groups; a group that Slack does not tell is *could not tell*, and that is a no. */
export function slackPeople(client: WebClient, clock: Clock): People {
  const groups = new Map<string, { readonly at: number; readonly users: readonly string[] }>();

  /** An answer that comes too late for this click is there for the next one. */
  async function ask(group: string): Promise<boolean> {
    try {
      const told = await client.usergroups.users.list({ usergroup: group });
      groups.set(group, { at: clock.now(), users: told.users ?? [] });
      return true;
    } catch {
      return false;
    }
  }

  return {
    async isOneOf(person, list) {
      if (list.includes(person)) return 'yes';
      for (const group of list.filter((id) => id.startsWith('S'))) {
        const known = groups.get(group);
        if (known === undefined || clock.now() - known.at > FRESH_MS) {
          const timer = new AbortController();
          const told = await Promise.race([ask(group), clock.sleep(ASK_MS, timer.signal).then(() => false)]);
          timer.abort();
          if (!told) return 'could not tell';
        }
        if (groups.get(group)?.users.includes(person)) return 'yes';
      }
      return 'no';
    },
  };
}

/** The direct messages with whoever has this e-mail address in Slack, or why there are none. */
export type FoundPerson = { readonly channel: string } | { readonly because: string };

/**
 * Finds a person by e-mail address and opens the direct messages with them.
 * @throws the web client's error when Slack did not answer
 */
export async function findPerson(client: WebClient, address: string): Promise<FoundPerson> {
  try {
    const { user } = await client.users.lookupByEmail({ email: address });
    const opened = await client.conversations.open({ users: user?.id ?? '' });
    const channel = opened.channel?.id;
    return channel === undefined ? { because: 'Slack opened no direct messages' } : { channel };
  } catch (err) {
    const error = refusal(err);
    if (error === null) throw err;
    return {
      because: error === 'users_not_found' ? 'Slack knows nobody with this address' : `Slack said ${error}`,
    };
  }
}

/** Slack's own word for why it refused; null when that is not what happened. */
export function refusal(err: unknown): string | null {
  if (!(err instanceof Error) || !('code' in err) || err.code !== ErrorCode.PlatformError) return null;
  const data = 'data' in err ? err.data : null;
  return typeof data === 'object' && data !== null && 'error' in data ? String(data.error) : 'no';
}
