import { WebClient } from '@slack/web-api';
import { refusal } from './people.ts';

/** What Slack says of the people that a configuration names, one sentence each where something is wrong. */
export interface SlackExamined {
  /** Who the bot is there. */
  readonly fine: string;
  readonly trouble: readonly string[];
}

const OPTIONS = { timeout: 5_000, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true } as const;

/**
 * Asks Slack who we are and whether those are still there who may approve or are called.
 * @param apiUrl another Slack-compatible server; undefined: Slack itself
 * @throws Error when Slack does not answer or does not take the token
 */
export async function examineSlack(
  token: string,
  apiUrl: string | undefined,
  wanted: { readonly ids: readonly string[]; readonly addresses: readonly string[] },
): Promise<SlackExamined> {
  const client = new WebClient(token, {
    ...OPTIONS,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  });
  const { team, user } = await client.auth.test();
  const trouble: string[] = [];
  const ask = async (who: string, question: () => Promise<string | null>) => {
    const said = await question().catch(inWords);
    if (said !== null) trouble.push(`${who}: ${said}`);
  };
  for (const id of wanted.ids)
    await ask(id, async () => {
      if (id.startsWith('S')) {
        const { users } = await client.usergroups.users.list({ usergroup: id });
        return (users ?? []).length === 0 ? 'the group has no members, so nobody may approve by it.' : null;
      }
      const found = (await client.users.info({ user: id })).user;
      if (found?.deleted === true) return 'has left Slack and can approve nothing.';
      return found?.is_bot === true ? 'is a bot and can press nothing.' : null;
    });
  for (const address of wanted.addresses)
    await ask(address, async () => {
      const { user: found } = await client.users.lookupByEmail({ email: address });
      return found?.deleted === true ? 'has left Slack and cannot be called.' : null;
    });
  return { fine: `Slack knows us as ${user ?? 'a bot'} of ${team ?? 'a workspace'}.`, trouble };
}

/** Slack's own word, as a sentence; what is no answer of Slack's is thrown on. */
function inWords(err: unknown): string {
  const word = refusal(err);
  if (word === null) throw err;
  if (word === 'users_not_found' || word === 'user_not_found') return 'Slack knows nobody of that name.';
  if (word === 'no_such_subteam') return 'Slack knows no such group.';
  if (word === 'missing_scope') return 'Slack does not let the bot ask for it (missing_scope).';
  return `Slack said ${word}.`;
}
