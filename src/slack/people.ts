import type { WebClient } from '@slack/web-api';
import type { Clock } from '../ports/clock.ts';
import type { People } from '../ports/people.ts';

/** A group's members are believed for so long, ms. */
const FRESH_MS = 60_000;

/** Lists of users and user groups; a group that Slack does not tell is *could not tell*, and that is a no. */
export function slackPeople(client: WebClient, clock: Clock): People {
  const groups = new Map<string, { readonly at: number; readonly users: readonly string[] }>();
  return {
    async isOneOf(person, list) {
      if (list.includes(person)) return 'yes';
      for (const group of list.filter((id) => id.startsWith('S'))) {
        const known = groups.get(group);
        if (known === undefined || clock.now() - known.at > FRESH_MS) {
          const told = await client.usergroups.users.list({ usergroup: group }).catch(() => null);
          if (told === null) return 'could not tell';
          groups.set(group, { at: clock.now(), users: told.users ?? [] });
        }
        if (groups.get(group)?.users.includes(person)) return 'yes';
      }
      return 'no';
    },
  };
}
