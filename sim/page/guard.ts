import type { MiddlewareHandler } from 'hono';

const NAMES = ['127.0.0.1', 'localhost'];

/**
 * Lets only this page itself in. A foreign site could otherwise reach the loopback by a name that it points here, or
 * by a form that it sends.
 */
export function ownPageOnly(port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const hosts = NAMES.map((name) => `${name}:${port()}`);
    const host = c.req.header('host') ?? '';
    if (!hosts.includes(host)) return c.json(refused(`This page is ${hosts[0]}, not ${host}.`), 403);
    const origin = c.req.header('origin');
    if (origin !== undefined && !hosts.some((one) => origin === `http://${one}`))
      return c.json(refused(`Requests of ${origin} are not taken.`), 403);
    if (c.req.header('sec-fetch-site') === 'cross-site' && c.req.path !== '/')
      return c.json(refused('Requests of other sites are not taken.'), 403);
    const type = c.req.header('content-type') ?? '';
    if (c.req.method === 'POST' && !type.startsWith('application/json'))
      return c.json(refused('Send application/json.'), 415);
    return await next();
  };
}

function refused(because: string) {
  return { ok: false as const, because };
}
