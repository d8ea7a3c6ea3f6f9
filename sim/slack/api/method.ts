import type * as z from 'zod';
import type { InstalledApp } from '../installation.ts';
import type { ResponseTarget, Triggers } from '../interactivity.ts';
import type { SlackLimits } from '../limits.ts';
import type { Json } from '../state/types.ts';
import type { Workspace } from '../state/workspace.ts';
import type { Views } from '../views.ts';
import { readArguments } from './arguments.ts';
import type { Rates, Tier } from './rates.ts';

/** What every method may look at. */
export interface ApiContext {
  readonly url: string;
  readonly app: InstalledApp;
  readonly workspace: Workspace;
  readonly limits: SlackLimits;
  readonly rates: Rates;
  readonly triggers: Triggers;
  readonly views: Views;
  /** A WebSocket address for one use; null: the app is not in Socket Mode. */
  readonly openSocket: () => string | null;
  readonly responseUrl: (target: ResponseTarget) => string;
}

/** One method of the Web API, as the table of all methods holds it. */
export interface Method {
  readonly name: string;
  /** One of these scopes is needed before anything else is looked at; empty: none. */
  readonly scopes: readonly string[];
  readonly token: 'bot' | 'app';
  /** Null: the method looks after its rate itself. */
  readonly tier: Tier | null;
  /** @throws Refusal */
  readonly call: (given: Json, context: ApiContext) => Json;
}

export function method<T>(options: {
  readonly name: string;
  readonly scopes?: readonly string[];
  readonly token?: 'bot' | 'app';
  readonly tier: Tier | null;
  readonly args: z.ZodType<T>;
  readonly run: (args: T, context: ApiContext) => Json | undefined;
}): Method {
  const { name, scopes = [], token = 'bot', tier, args, run } = options;
  return {
    name,
    scopes,
    token,
    tier,
    call: (given, context) => run(readArguments(args, given), context) ?? {},
  };
}
