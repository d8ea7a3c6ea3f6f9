import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Reading } from '../domain/alert.ts';
import type { Ear } from '../ports/ears.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';

/** A body over this is refused, bytes. Alertmanager's largest seen is far below 1 MB. */
const LARGEST_BODY = 2 * 1024 * 1024;
/** The insert must have answered by then, ms (ours): a sender that hears 503 sends again. */
const STORE_MS = 2_000;
/** Alerts of one delivery that are answered one by one. */
const MOST_TOLD = 20;

export interface HttpParts {
  readonly port: number;
  readonly host: string;
  /** Bearer token of `POST /alerts/…`; null: these answer 503, because anybody could call them. */
  readonly alertToken: string | null;
  /** Reads an Alertmanager body; throws an error with a clear sentence when it is none. */
  readonly readAlerts: (body: unknown) => Pick<Reading, 'unmatched' | 'remarks'>;
  /** The signature of a PagerDuty webhook over the raw body; null: not configured. */
  readonly pagerDutySecret: string | null;
  readonly journal: Journal;
  readonly log: Log;
  readonly stored: () => void;
  /** What somebody should know of a process that works, one sentence each. */
  readonly notes: () => readonly string[];
  /** What keeps this process from working, one sentence each; empty when ready. */
  readonly notReady: () => readonly string[];
}

/** The second ear: webhooks, health. Stores, then answers. */
export function createHttp(parts: HttpParts): Ear & { readonly port: () => number } {
  const app = new Hono();
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: (c) =>
        c.json(problem('The body is larger than 2 MB. Nothing was taken; send fewer alerts at once.'), 413),
    }),
  );
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', (c) => {
    const waiting = parts.notReady();
    const notes = parts.notes();
    const noted = notes.length === 0 ? {} : { notes };
    return waiting.length === 0
      ? c.json({ status: 'ready', ...noted })
      : c.json({ status: 'not ready', waiting, ...noted }, 503);
  });

  app.post('/alerts/alertmanager', async (c) => {
    if (parts.alertToken === null)
      return c.json(problem('ALERT_WEBHOOK_TOKEN is not set, so no alert is taken here.'), 503);
    if (!sameText(c.req.header('authorization') ?? '', `Bearer ${parts.alertToken}`)) {
      return c.json(problem('The bearer token is missing or wrong. Nothing was taken.'), 401);
    }
    const raw = await c.req.text();
    let body: unknown;
    let told: object;
    try {
      body = JSON.parse(raw);
      told = toSender(parts.readAlerts(body));
    } catch (err) {
      const because =
        err instanceof SyntaxError
          ? 'The body is no JSON.'
          : err instanceof Error
            ? err.message
            : 'It was not understood.';
      parts.log.warn({ because }, 'an alert webhook was refused');
      return c.json(problem(`${because} Nothing was taken.`), 400);
    }
    return await store(c, 'alertmanager', digest(raw), body, told);
  });

  app.post('/pagerduty/webhook', async (c) => {
    if (parts.pagerDutySecret === null) return c.json(problem('PAGERDUTY_WEBHOOK_SECRET is not set.'), 503);
    const raw = await c.req.text();
    const right = `v1=${createHmac('sha256', parts.pagerDutySecret).update(raw).digest('hex')}`;
    // While a secret is being changed PagerDuty signs with both, separated by commas.
    const signatures = (c.req.header('x-pagerduty-signature') ?? '').split(',');
    if (!signatures.some((one) => sameText(one.trim(), right)))
      return c.json(problem('The signature is wrong.'), 401);
    try {
      return await store(c, 'pagerduty', digest(raw), JSON.parse(raw));
    } catch {
      return c.json(problem('The body is no JSON.'), 400);
    }
  });

  app.notFound((c) => c.json(problem('There is nothing here. Alerts go to POST /alerts/alertmanager.'), 404));
  app.onError((err, c) => {
    parts.log.error({ err: err.message }, 'a request failed');
    return c.json(problem('It failed here; send it again.'), 500);
  });

  async function store(
    c: { json: (body: object, status: 202 | 503) => Response },
    source: 'alertmanager' | 'pagerduty',
    id: string,
    body: unknown,
    told: object = {},
  ) {
    try {
      const fresh = await parts.journal.accept(source, id, body, STORE_MS);
      parts.stored();
      return c.json({ status: fresh ? 'stored' : 'known already', ...told }, 202);
    } catch (err) {
      parts.log.error(
        { err: err instanceof Error ? err.message : 'unknown' },
        'a webhook could not be stored',
      );
      return c.json(problem('It could not be stored; send it again.'), 503);
    }
  }

  let server: ReturnType<typeof serve> | null = null;
  let port = parts.port;
  return {
    port: () => port,
    async start() {
      port = await new Promise<number>((resolve, reject) => {
        const opened = serve({ fetch: app.fetch, port: parts.port, hostname: parts.host }, (info) =>
          resolve(info.port),
        );
        opened.on('error', reject);
        server = opened;
      });
    },
    async stop() {
      await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
    },
  };
}

/** What no incident will take, for whoever sent it; a sender that reads no answers loses nothing by it. */
function toSender({ unmatched, remarks }: Pick<Reading, 'unmatched' | 'remarks'>): object {
  const notTaken = unmatched.slice(0, MOST_TOLD).map(({ key, because }) => ({ fingerprint: key, because }));
  return {
    ...(notTaken.length === 0 ? {} : { notTaken: unmatched.length, because: notTaken }),
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}

function problem(because: string): { error: string } {
  return { error: because };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares without telling by its time where they differ. */
function sameText(left: string, right: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(left).digest(),
    createHash('sha256').update(right).digest(),
  );
}
