import { type Context, Hono } from 'hono';
import { showAnswer } from './answers.ts';
import { type ApiCall, callMethod, type Tokens } from './api/call.ts';
import type { ApiContext } from './api/method.ts';
import { Refusal } from './api/refusal.ts';
import type { ResponseUrls } from './interactivity.ts';
import type { OtherBot } from './other-bots.ts';
import { isJson } from './state/normalise.ts';
import type { Json } from './state/types.ts';

export interface RouteParts {
  readonly api: ApiContext;
  readonly tokens: Tokens;
  readonly responses: ResponseUrls;
  /** Incoming webhooks of other apps by the secret in their address. */
  readonly webhooks: ReadonlyMap<string, { readonly bot: OtherBot; readonly channel: string }>;
  readonly called: (call: ApiCall) => void;
}

/** What Slack answers over HTTP: the Web API, response_urls, incoming webhooks. */
export function createRoutes(parts: () => RouteParts): Hono {
  const routes = new Hono();

  routes.all('/api/:method', async (c) => {
    const { api, tokens, called } = parts();
    const given = await readBody(c);
    const call =
      given === null
        ? malformed(c.req.param('method'))
        : callMethod(c.req.param('method'), tokenOf(c, given), argumentsOf(given), api, tokens);
    called(call);
    c.header('x-oauth-scopes', [...api.app.scopes].join(','));
    if (call.retryAfter !== null) c.header('retry-after', String(call.retryAfter));
    return c.json(call.answer, call.httpStatus === 429 ? 429 : 200);
  });

  routes.post('/actions/:team/:id', async (c) => {
    const { api, responses, called } = parts();
    const id = c.req.param('id');
    const body = await readBody(c);
    const log = (error: string | null, httpStatus: number) => {
      const answer = error === null ? { ok: true } : { ok: false, error };
      const args = body ?? {};
      called({
        at: Date.now(),
        method: 'response_url',
        args,
        ok: error === null,
        error,
        httpStatus,
        answer,
        retryAfter: null,
      });
      return c.json(answer, error === null ? 200 : httpStatus === 404 ? 404 : 400);
    };
    const target = responses.look(id);
    if (typeof target === 'string') return log(target, 404);
    if (body === null) return log('invalid_payload', 400);
    try {
      showAnswer(api.workspace, target, body);
      responses.use(id);
      return log(null, 200);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return log(refusal.error, 400);
    }
  });

  routes.post('/services/:secret', async (c) => {
    const hook = parts().webhooks.get(c.req.param('secret'));
    const body = await readBody(c);
    if (hook === undefined) return c.text('no_service', 404);
    if (body === null) return c.text('invalid_payload', 400);
    try {
      const { text, blocks, attachments, username } = body;
      hook.bot.post(hook.channel, {
        ...(typeof text === 'string' ? { text } : {}),
        ...(Array.isArray(blocks) ? { blocks } : {}),
        ...(Array.isArray(attachments) ? { attachments } : {}),
        ...(typeof username === 'string' ? { username } : {}),
      });
      return c.text('ok');
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return c.text(refusal.error, 400);
    }
  });

  return routes;
}

/** The arguments of a form or of JSON; null: they cannot be read. */
async function readBody(c: Context): Promise<Json | null> {
  const query = c.req.query();
  if (c.req.method === 'GET') return query;
  const type = c.req.header('content-type') ?? '';
  try {
    if (type.startsWith('application/json')) {
      const body: unknown = await c.req.json();
      return isJson(body) ? { ...query, ...body } : null;
    }
    if (type === '') return query;
    return { ...query, ...(await c.req.parseBody()) };
  } catch {
    return null;
  }
}

function tokenOf(c: Context, given: Json): string | null {
  const header = c.req.header('authorization');
  if (header !== undefined) return header.replace(/^Bearer\s+/i, '');
  return typeof given['token'] === 'string' ? given['token'] : null;
}

/** The SDK sends `team_id` with every call of a listener's client; Slack takes it everywhere. */
function argumentsOf({ token: _token, team_id: _team, ...args }: Json): Json {
  return args;
}

function malformed(method: string): ApiCall {
  const error = 'invalid_json';
  const answer = { ok: false, error };
  return { at: Date.now(), method, args: {}, ok: false, error, httpStatus: 200, answer, retryAfter: null };
}
