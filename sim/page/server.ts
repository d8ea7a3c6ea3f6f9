import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { ActRequest, perform } from './acts.ts';
import { bundlePage } from './bundle.ts';
import { createChanges } from './changes.ts';
import { ownPageOnly } from './guard.ts';
import type { PageParts } from './parts.ts';
import type { PageFailure } from './shapes.ts';
import { stateFor } from './state.ts';

/** Changes within this time reach the page as one, ms. */
const TOGETHER_MS = 50;
/** A comment on the stream, so that a dead connection is noticed, ms. */
const ALIVE_MS = 15_000;
const LARGEST_BODY = 512 * 1024;
const CONTENT =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; frame-ancestors 'none'";
const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>oms-bot demo</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body><div id="page"></div><script type="module" src="/page.js"></script></body>
</html>
`;

/** The pretend Slack in a browser, on 127.0.0.1. */
export interface Page {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Bundles the page and serves it with its state, its changes and its actions. */
export async function startPage(parts: PageParts, options: { readonly port?: number } = {}): Promise<Page> {
  const { script, style } = await bundlePage();
  const changes = createChanges(TOGETHER_MS);
  const failures: (PageFailure & { readonly user: string })[] = [];
  const ends = [
    parts.slack.events.subscribe((change) => {
      if (change.kind === 'failure shown')
        failures.push({ ...change.failure, id: failures.length, at: Date.now() });
      changes.changed();
    }),
    parts.pagerduty.onChange(changes.changed),
    parts.world.onChange(changes.changed),
    parts.clock.onChange(changes.changed),
    changes.stop,
  ];
  let port = 0;
  const app = new Hono();
  app.use(ownPageOnly(() => port));
  app.use(bodyLimit({ maxSize: LARGEST_BODY, onError: (c) => c.json(refused('This is too long.'), 413) }));
  app.get('/', (c) => {
    c.header('content-security-policy', CONTENT);
    return c.html(HTML);
  });
  app.get('/page.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  app.get('/page.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));

  app.get('/state', async (c) => {
    c.header('cache-control', 'no-store');
    const as = c.req.query('as') ?? parts.personas[0]?.id ?? '';
    try {
      return c.json(await stateFor(parts, as, failures));
    } catch (err) {
      return c.json(refused(wordsOf(err)), 404);
    }
  });

  app.get('/events', (c) =>
    streamSSE(c, async (stream) => {
      const tell = () => void stream.writeSSE({ event: 'changed', data: '' }).catch(() => undefined);
      const end = changes.subscribe(tell);
      stream.onAbort(end);
      // Whoever connects again may have missed something.
      tell();
      while (!stream.aborted && !stream.closed) {
        await stream.sleep(ALIVE_MS);
        await stream.write(': alive\n\n');
      }
    }),
  );

  app.post('/act', async (c) => {
    const body: unknown = await c.req.json().catch(() => null);
    const read = ActRequest.safeParse(body);
    if (!read.success) return c.json(refused(`This was not understood: ${z.prettifyError(read.error)}`), 400);
    try {
      const result = await perform(parts, read.data.as, read.data.act);
      return c.json({ ok: true as const, result });
    } catch (err) {
      return c.json(refused(wordsOf(err)), 409);
    }
  });
  app.notFound((c) => c.json(refused('There is nothing here.'), 404));
  app.onError((err, c) => c.json(refused(wordsOf(err)), 500));

  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const opened = serve({ fetch: app.fetch, port: options.port ?? 0, hostname: '127.0.0.1' }, (info) => {
      port = info.port;
      resolve(opened);
    });
    opened.once('error', reject);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      for (const end of ends) end();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

function refused(because: string) {
  return { ok: false as const, because };
}

function wordsOf(err: unknown): string {
  return err instanceof Error ? err.message : 'It failed here.';
}
