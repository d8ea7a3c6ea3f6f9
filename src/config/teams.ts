import * as z from 'zod';
import { described as describe } from './words.ts';

export const Channel = z
  .string()
  .regex(/^#[a-z0-9][a-z0-9_-]{0,79}$/, 'a channel is written like #orders-team');
export const Who = z.string().regex(/^[UWS][A-Z0-9]{2,20}$/, 'a user id (U… or W…) or a user group id (S…)');

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
