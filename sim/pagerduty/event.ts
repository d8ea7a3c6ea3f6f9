import * as z from 'zod';

/** The Events API refuses bodies beyond 512 KB. */
export const MAX_EVENT_BYTES = 512 * 1024;
const ROUTING_KEY_LENGTH = 32;

const DedupKey = z.string().min(1).max(255);

const Payload = z.object({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});

const Common = {
  routing_key: z.string().length(ROUTING_KEY_LENGTH),
  client: z.string().optional(),
  client_url: z.url().optional(),
  links: z.array(z.object({ href: z.url(), text: z.string().optional() })).optional(),
  images: z
    .array(z.object({ src: z.url(), href: z.url().optional(), alt: z.string().optional() }))
    .optional(),
};

/** A body of `POST /v2/enqueue`. */
export const EventInput = z.discriminatedUnion('event_action', [
  z.object({
    ...Common,
    event_action: z.literal('trigger'),
    dedup_key: DedupKey.optional(),
    payload: Payload,
  }),
  z.object({ ...Common, event_action: z.literal('acknowledge'), dedup_key: DedupKey }),
  z.object({ ...Common, event_action: z.literal('resolve'), dedup_key: DedupKey }),
]);
export type EventInput = z.infer<typeof EventInput>;
export type TriggerInput = Extract<EventInput, { event_action: 'trigger' }>;

/** `payload.severity: Invalid option…`, one per thing that is wrong. */
export function eventErrors(error: z.ZodError): readonly string[] {
  return error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
}
