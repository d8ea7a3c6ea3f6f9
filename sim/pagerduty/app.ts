import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { EventInput, eventErrors, MAX_EVENT_BYTES } from './event.ts';
import type { IncidentBook } from './incident.ts';
import { incidentJson, type Shown } from './incident-json.ts';
import type { RateLimiter } from './rate-limiter.ts';

const NoteInput = z.object({ note: z.object({ content: z.string().min(1).max(65_535) }) });

/** Events v2 and the REST calls that the bot may use. */
export function pagerDutyApp(options: {
  readonly book: IncidentBook;
  /** Routing key → service. */
  readonly routingKeys: Readonly<Record<string, string>>;
  readonly apiToken: string | null;
  readonly limiter: RateLimiter;
  readonly changed: () => void;
  readonly shown: () => Shown;
}): Hono {
  const { book } = options;
  const app = new Hono();
  app.notFound((c) => c.json({ error: { code: 2100, message: 'Not Found' } }, 404));

  app.post('/v2/enqueue', async (c) => {
    const text = await c.req.text();
    if (Buffer.byteLength(text) > MAX_EVENT_BYTES) {
      return c.json(
        { status: 'invalid event', message: 'Event is too large', errors: ['max size is 512 KB'] },
        413,
      );
    }
    const read = EventInput.safeParse(parseJson(text));
    if (!read.success) return invalid(c, eventErrors(read.error));
    const event = read.data;
    const service = options.routingKeys[event.routing_key];
    if (service === undefined) return invalid(c, ['routing_key: is not a known integration key']);
    if (!options.limiter.take(event.routing_key)) {
      const message = 'Requests for this service are arriving too quickly.  Please retry later.';
      return c.json({ status: 'throttle exceeded', message }, 429);
    }
    const key = event.dedup_key ?? randomUUID().replaceAll('-', '');
    if (event.event_action === 'trigger') book.trigger(service, key, event);
    else if (event.event_action === 'acknowledge') book.acknowledgeKey(service, key);
    else book.resolveKey(service, key);
    options.changed();
    return c.json({ status: 'success', message: 'Event processed', dedup_key: key }, 202);
  });

  app.use('/incidents/*', async (c, next) => {
    const token = c.req.header('authorization');
    if (options.apiToken === null || token !== `Token token=${options.apiToken}`) {
      return c.json({ error: { code: 2006, message: 'Authentication failed' } }, 401);
    }
    return await next();
  });

  app.get('/incidents/:id', (c) => {
    const incident = book.find(c.req.param('id'));
    if (incident === null) return c.json({ error: { code: 2100, message: 'Not Found' } }, 404);
    return c.json({ incident: incidentJson(incident, options.shown()) });
  });

  app.post('/incidents/:id/notes', async (c) => {
    const from = c.req.header('from');
    if (from === undefined || !from.includes('@')) {
      const errors = ['Requester User Not Found'];
      return c.json({ error: { code: 1008, message: 'Missing or invalid From header', errors } }, 400);
    }
    const read = NoteInput.safeParse(parseJson(await c.req.text()));
    if (!read.success) {
      const errors = eventErrors(read.error);
      return c.json({ error: { code: 2001, message: 'Invalid Input Provided', errors } }, 400);
    }
    const note = book.note(c.req.param('id'), from, read.data.note.content);
    if (note === null) return c.json({ error: { code: 2100, message: 'Not Found' } }, 404);
    options.changed();
    const created = { id: randomUUID(), user: { summary: from }, content: note.text };
    return c.json({ note: { ...created, created_at: new Date(note.at).toISOString() } }, 200);
  });
  return app;
}

function invalid(c: Context, errors: readonly string[]): Response {
  return c.json({ status: 'invalid event', message: 'Event object is invalid', errors }, 400);
}

/** Undefined for what is no JSON, which no schema accepts. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
