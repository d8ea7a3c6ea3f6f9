import type { WebClient } from '@slack/web-api';
import { SystemError } from '../ports/system-error.ts';

/** Slack’s words for a channel that was archived, deleted or left. */
export const NOT_THERE = /channel_not_found|is_archived|not_in_channel/;

/** Channel names of `oms.yaml` to Slack's ids; the bot joins each channel that it posts to. */
export function createChannels(client: WebClient) {
  const known = new Map<string, string>();

  async function refresh(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await client.conversations.list({
        types: 'public_channel',
        exclude_archived: true,
        limit: 200,
        ...(cursor ? { cursor } : {}),
      });
      for (const { id, name, is_member } of page.channels ?? []) {
        if (id === undefined || name === undefined) continue;
        if (is_member) known.set(`#${name}`, id);
        else known.set(`?#${name}`, id);
      }
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
  }

  return {
    /** @throws SystemError when there is no such channel */
    async idOf(name: string): Promise<string> {
      const id = known.get(name);
      if (id !== undefined) return id;
      await refresh();
      const now = known.get(name);
      if (now !== undefined) return now;
      const other = known.get(`?${name}`);
      if (other === undefined)
        throw new SystemError(
          'Slack',
          'not found',
          `Slack has no public channel ${name}. Make it, or name another in oms.yaml.`,
          {
            sent: 'no',
            mayRetry: false,
          },
        );
      await client.conversations.join({ channel: other });
      known.set(name, other);
      return other;
    },
    /** After Slack refused it: archived, deleted or left, it is looked for anew. Whether there was something to forget. */
    forget(name: string, because: string): boolean {
      if (!NOT_THERE.test(because)) return false;
      known.delete(`?${name}`);
      return known.delete(name);
    },
    nameOf: (id: string): string | null =>
      [...known].find(([name, other]) => other === id && name.startsWith('#'))?.[0] ?? null,
  };
}

export type Channels = ReturnType<typeof createChannels>;
