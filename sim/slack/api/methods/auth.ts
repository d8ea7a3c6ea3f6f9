import * as z from 'zod';
import { wireBot } from '../../state/wire.ts';
import { OWN } from '../../state/workspace.ts';
import { flag, words } from '../arguments.ts';
import { type Method, method } from '../method.ts';
import { Refusal } from '../refusal.ts';

export const AUTH: readonly Method[] = [
  method({
    name: 'auth.test',
    tier: 4,
    args: z.strictObject({}),
    run: (_args, { url, app }) => ({
      url: `${url}/`,
      team: 'Sim',
      user: app.name,
      team_id: OWN.team,
      user_id: OWN.user,
      bot_id: OWN.bot,
      is_enterprise_install: false,
    }),
  }),
  method({
    name: 'api.test',
    tier: 4,
    args: z.strictObject({ error: words.optional(), foo: words.optional() }),
    run: ({ error }) => {
      if (error !== undefined) throw new Refusal(error);
      return {};
    },
  }),
  method({
    name: 'apps.connections.open',
    token: 'app',
    tier: 1,
    args: z.strictObject({}),
    run: (_args, { openSocket }) => {
      const url = openSocket();
      if (url === null) throw new Refusal('forbidden', { detail: 'Socket Mode is not turned on.' });
      return { url };
    },
  }),
  method({
    name: 'bots.info',
    scopes: ['users:read'],
    tier: 3,
    args: z.strictObject({ bot: words.optional() }),
    run: ({ bot = OWN.bot }, { workspace }) => {
      const found = workspace.bots.get(bot);
      if (found === undefined) throw new Refusal('bot_not_found');
      return { bot: { ...wireBot(found), ...(found.userId === null ? {} : { user_id: found.userId }) } };
    },
  }),
  method({
    name: 'team.info',
    scopes: ['team:read'],
    tier: 3,
    args: z.strictObject({
      team: words.optional(),
      domain: words.optional(),
      include_locale: flag.optional(),
    }),
    run: () => ({ team: { id: OWN.team, name: 'Sim', domain: OWN.domain, email_domain: '', icon: {} } }),
  }),
];
