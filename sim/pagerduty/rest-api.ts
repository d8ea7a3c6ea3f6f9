import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import type { IncidentBook } from './incident-book.ts';
import { incidentJson } from './json.ts';

const Note = z.object({ note: z.object({ content: z.string().trim().min(1) }) });
const From = z.email();

/** The part of the REST API v2 that a note needs: find the incident of a dedup key, write, read. */
export function restApi(options: { readonly book: IncidentBook; readonly apiToken: string | null }): Hono {
  const { book, apiToken } = options;
  const app = new Hono();

  app.use('/incidents', async (c, next) => (authorised(c, apiToken) ? await next() : unauthorised(c)));
  app.use('/incidents/*', async (c, next) => (authorised(c, apiToken) ? await next() : unauthorised(c)));

  app.get('/incidents', (c) => {
    const key = c.req.query('incident_key');
    const statuses = c.req.queries('statuses[]') ?? [];
    const found = book
      .all()
      .filter((one) => key === undefined || one.dedupKey === key)
      .filter((one) => statuses.length === 0 || statuses.includes(one.status));
    return c.json({ incidents: found.map(incidentJson), limit: 25, offset: 0, more: false, total: null });
  });

  app.get('/incidents/:id', (c) => {
    const incident = book.find(c.req.param('id'));
    return incident === null ? notFound(c) : c.json({ incident: incidentJson(incident) });
  });

  app.get('/incidents/:id/notes', (c) => {
    const incident = book.find(c.req.param('id'));
    if (incident === null) return notFound(c);
    const notes = incident.history.filter((entry) => entry.what === 'note');
    return c.json({ notes: notes.map((entry) => noteJson(incident.id, entry.by, entry.text, entry.at)) });
  });

  app.post('/incidents/:id/notes', async (c) => {
    const from = From.safeParse(c.req.header('from'));
    if (!from.success) return invalid(c, 'The From header must be the e-mail address of a user');
    const read = Note.safeParse(await c.req.json().catch(() => undefined));
    if (!read.success) return invalid(c, 'Note content cannot be empty');
    const id = c.req.param('id');
    const { content } = read.data.note;
    if (!book.annotate(id, { kind: 'person', name: from.data }, content)) return notFound(c);
    const at = book.find(id)?.updatedAt ?? 0;
    return c.json({ note: noteJson(id, from.data, content, at) }, 201);
  });
  return app;
}

function authorised(c: Context, apiToken: string | null): boolean {
  return apiToken !== null && c.req.header('authorization') === `Token token=${apiToken}`;
}

function unauthorised(c: Context): Response {
  return c.json({ error: { code: 2006, message: 'Authentication failed' } }, 401);
}

function notFound(c: Context): Response {
  return c.json({ error: { code: 2100, message: 'Not Found' } }, 404);
}

function invalid(c: Context, because: string): Response {
  return c.json({ error: { code: 2001, message: 'Invalid Input Provided', errors: [because] } }, 400);
}

function noteJson(incident: string, by: string, content: string, at: number): object {
  const id = createHash('sha256').update(`${incident} ${at} ${content}`).digest('hex').slice(0, 7);
  return {
    id: `P${id.toUpperCase()}`,
    user: { summary: by, type: 'user_reference' },
    content,
    created_at: new Date(at).toISOString(),
    channel: { summary: 'The PagerDuty website or APIs' },
  };
}
