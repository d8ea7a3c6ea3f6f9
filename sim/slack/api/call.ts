import type { Json } from '../state/types.ts';
import { missingScope } from './channels.ts';
import type { ApiContext, Method } from './method.ts';
import { AUTH } from './methods/auth.ts';
import { CHAT } from './methods/chat.ts';
import { CONVERSATIONS } from './methods/conversations.ts';
import { PEOPLE } from './methods/people.ts';
import { VIEWS } from './methods/views.ts';
import { Refusal } from './refusal.ts';

/** Every method that we know. Any other is `unknown_method`. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [...AUTH, ...CHAT, ...CONVERSATIONS, ...PEOPLE, ...VIEWS].map((method) => [method.name, method]),
);

/** One call of the Web API with its answer, as the log keeps it. */
export interface ApiCall {
  /** Real time, epoch ms. */
  readonly at: number;
  readonly method: string;
  readonly args: Json;
  readonly ok: boolean;
  /** Slack's error; null when it was done. */
  readonly error: string | null;
  readonly httpStatus: number;
  readonly answer: Json;
  /** Seconds, with a 429. */
  readonly retryAfter: number | null;
}

export interface Tokens {
  readonly bot: string;
  readonly app: string;
}

/** One call. Never throws for what Slack answers with an error. */
export function callMethod(
  name: string,
  token: string | null,
  args: Json,
  context: ApiContext,
  tokens: Tokens,
): ApiCall {
  const at = Date.now();
  try {
    const answer = { ok: true, ...run(name, token, args, context, tokens) };
    return { at, method: name, args, ok: true, error: null, httpStatus: 200, answer, retryAfter: null };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    const { error, more, retryAfter } = refusal;
    const answer = { ok: false, error, ...more };
    return {
      at,
      method: name,
      args,
      ok: false,
      error,
      httpStatus: retryAfter === null ? 200 : 429,
      answer,
      retryAfter,
    };
  }
}

function run(name: string, token: string | null, args: Json, context: ApiContext, tokens: Tokens): Json {
  const method = METHODS.get(name);
  if (method === undefined) throw new Refusal('unknown_method', { req_method: name });
  if (token === null || token === '') throw new Refusal('not_authed');
  const kind = token === tokens.bot ? 'bot' : token === tokens.app ? 'app' : null;
  if (kind === null) throw new Refusal('invalid_auth');
  if (name !== 'api.test' && kind !== method.token) throw new Refusal('not_allowed_token_type');
  if (method.tier !== null) context.rates.call(name, method.tier);
  const { scopes } = context.app;
  if (method.scopes.length > 0 && !method.scopes.some((scope) => scopes.has(scope))) {
    throw missingScope(method.scopes, scopes);
  }
  return method.call(args, context);
}
