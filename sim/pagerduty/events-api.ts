import { Hono } from 'hono';
import * as z from 'zod';
import type { IncidentBook } from './incident-book.ts';

/** PagerDuty's documented limits of the Events API v2. */
const LARGEST_EVENT_BYTES = 512 * 1024;
const MINUTE_MS = 60_000;

const filled = z.string().trim().min(1);
const Link = z.object({ href: z.string(), text: z.string().default('') });
const Image = z.object({ src: z.string(), href: z.string().optional(), alt: z.string().optional() });
const Head = z.object({ routing_key: z.string().length(32), dedup_key: z.string().max(255).optional() });
const Keyed = Head.extend({ dedup_key: filled.max(255) });

const Event = z.discriminatedUnion('event_action', [
  Head.extend({
    event_action: z.literal('trigger'),
    payload: z.object({
      summary: filled.max(1024),
      source: filled,
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime({ offset: true }).optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.unknown().optional(),
    }),
    links: z.array(Link).default([]),
    images: z.array(Image).default([]),
    client: z.string().optional(),
    client_url: z.string().optional(),
  }),
  Keyed.extend({ event_action: z.literal('acknowledge') }),
  Keyed.extend({ event_action: z.literal('resolve') }),
]);

/** `POST /v2/enqueue`: checks as PagerDuty does, then writes into the book. */
export function eventsApi(options: {
  readonly book: IncidentBook;
  /** Routing key → name of the service. */
  readonly routingKeys: Readonly<Record<string, string>>;
  /** Asked at each event; accepted events a minute for one routing key. */
  readonly eventsPerMinute: () => number;
}): Hono {
  const { book, routingKeys } = options;
  const taken = new Map<string, number[]>();

  function throttled(routingKey: string): boolean {
    const at = Date.now();
    const recent = (taken.get(routingKey) ?? []).filter((one) => one > at - MINUTE_MS);
    taken.set(routingKey, recent);
    if (recent.length >= options.eventsPerMinute()) return true;
    recent.push(at);
    return false;
  }

  return new Hono().post('/v2/enqueue', async (c) => {
    const raw = await c.req.text();
    if (Buffer.byteLength(raw) > LARGEST_EVENT_BYTES) {
      return c.json(invalid(['The event is larger than 512 KB']), 413);
    }
    const read = Event.safeParse(parse(raw));
    if (!read.success) return c.json(invalid(read.error.issues.map(words)), 400);
    const event = read.data;
    const service = Object.hasOwn(routingKeys, event.routing_key)
      ? routingKeys[event.routing_key]
      : undefined;
    if (service === undefined) return c.json(invalid(["'routing_key' is not known"]), 400);
    if (throttled(event.routing_key)) {
      const message = 'Requests for this service are arriving too quickly. Please retry later.';
      return c.json({ status: 'throttle exceeded', message }, 429);
    }
    if (event.event_action === 'trigger') {
      const { summary, source, severity, custom_details: details = null } = event.payload;
      const key = event.dedup_key === undefined || event.dedup_key === '' ? null : event.dedup_key;
      const dedupKey = book.trigger(service, key, { summary, source, severity, details, links: event.links });
      return c.json(processed(dedupKey), 202);
    }
    // For a key under which nothing is open PagerDuty says yes as well, and does nothing.
    const open = book.open(service, event.dedup_key);
    const agent = { kind: 'integration', name: service } as const;
    if (open !== null && event.event_action === 'acknowledge') book.acknowledge(open.id, agent);
    if (open !== null && event.event_action === 'resolve') book.resolve(open.id, agent);
    return c.json(processed(event.dedup_key), 202);
  });
}

function processed(dedupKey: string): object {
  return { status: 'success', message: 'Event processed', dedup_key: dedupKey };
}

function invalid(errors: readonly string[]): object {
  return { status: 'invalid event', message: 'Event object is invalid', errors };
}

/** PagerDuty's own words where they are known. */
function words(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.');
  if (field === '') return 'The event is no JSON object';
  if (field === 'routing_key') return "Length of 'routing_key' is incorrect (should be 32 characters)";
  if (issue.code === 'invalid_type' || issue.code === 'too_small') return `'${field}' is missing or blank`;
  return `'${field}' is invalid: ${issue.message}`;
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
