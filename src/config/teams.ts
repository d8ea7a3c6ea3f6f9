import * as z from 'zod';
import { described as describe } from './words.ts';

/** Slack takes letters of any language, none of them a capital. */
export const Channel = z
  .string()
  .regex(
    /^#[\p{Ll}\p{Lm}\p{Lo}\p{M}\p{N}_-]{1,80}$/u,
    'a channel is written like "#orders-team": its name in small letters, in quotes, no id',
  );
export const Who = z
  .string()
  .regex(
    /^[UWS][A-Z0-9]{2,20}$/,
    'a user id (U… or W…) or a user group id (S…) is wanted, no name; a person’s is in the menu of their Slack profile, Copy member ID',
  );

/** Called by the ladder. */
const called = (channel: string, ...usedBy: readonly string[]) =>
  z
    .strictObject({
      channel: describe(Channel, 'Where this team is called by an escalation.', ...usedBy).default(channel),
    })
    .prefault({});

export const Teams = z
  .strictObject({
    orders: called('#orders-team'),
    payments: called('#payments'),
    catalog: called('#catalog-team'),
    platform: called('#platform-eng', 'the ladder'),
  })
  .prefault({});
