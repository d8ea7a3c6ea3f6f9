import * as z from 'zod';
import type { Manifest } from './manifest.ts';
import type { createRates } from './rates.ts';
import type { Posted, SlackLimits, Workspace } from './workspace.ts';

export type Answer = Readonly<Record<string, unknown>> & { readonly ok: boolean };
export type Called = { readonly status: 200 | 429; readonly answer: Answer; readonly retryAfter?: number };

export interface ApiParts {
  readonly manifest: Manifest;
  readonly workspace: Workspace;
  readonly limits: SlackLimits;
  readonly rates: ReturnType<typeof createRates>;
  readonly tokens: { readonly bot: string; readonly app: string };
  readonly openSocket: () => string;
  readonly useTrigger: (
    id: string,
  ) => { readonly user: string } | 'expired_trigger_id' | 'exchanged_trigger_id' | 'invalid_trigger';
  /** A message was posted, changed or deleted: members' events follow. */
  readonly changed: (what: 'posted' | 'changed' | 'deleted', message: Posted, before?: Posted) => void;
}

export interface Method {
  readonly scope: string | null;
  readonly args: z.ZodObject;
  readonly tier3?: boolean;
  readonly app?: boolean;
  readonly run: (args: Record<string, never> & Record<string, unknown>, parts: ApiParts) => Answer | Called;
}

export const flag = z.union([z.boolean(), z.stringbool()]);
export const count = z.coerce.number().int().positive().max(1000);
export const channel = { channel: z.string() };

export function no(error: string): Answer & { readonly error: string } {
  return { ok: false, error };
}

export function done(answer: Answer): Called {
  return { status: 200, answer };
}

export function limited(retryAfter: number): Called {
  return { status: 429, answer: no('ratelimited'), retryAfter };
}
