import { createHmac, randomUUID } from 'node:crypto';
import type { Happening, PagerDutyIncident } from './incident.ts';
import { incidentJson, type Shown } from './incident-json.ts';

export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
  /** What the subscription names; acknowledged and resolved unless told. */
  readonly events?: readonly Happening[];
}

export interface Delivery {
  readonly eventId: string;
  readonly eventType: `incident.${Happening}`;
  readonly incidentId: string;
  /** Statuses of the tries so far; 0 where nothing answered. */
  readonly tries: number[];
  state: 'under way' | 'delivered' | 'given up';
}

export interface Webhooks {
  readonly deliveries: readonly Delivery[];
  /** Tells the subscriber, if it wants to know of that. */
  send(incident: PagerDutyIncident, what: Happening, by: string, at: number, text: string): void;
  /** No try begins after this; resolves when the last one ended. */
  stop(): Promise<void>;
}

const CALL_MS = 5_000;

/**
 * Webhooks v3: signed, one after the other as they happened, tried again with the same event id while the answer
 * is not 2xx.
 * @param options.retryDelaysMs waits between tries; when they are used up the delivery is given up
 */
export function createWebhooks(options: {
  readonly target: WebhookTarget;
  readonly shown: () => Shown;
  readonly retryDelaysMs: readonly number[];
  readonly changed: () => void;
}): Webhooks {
  const deliveries: Delivery[] = [];
  const stopping = new AbortController();
  let last: Promise<void> = Promise.resolve();

  async function post(body: string): Promise<number> {
    const signature = createHmac('sha256', options.target.secret).update(body).digest('hex');
    try {
      const response = await fetch(options.target.url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-pagerduty-signature': `v1=${signature}` },
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(CALL_MS)]),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return 0;
    }
  }

  async function deliver(delivery: Delivery, body: string): Promise<void> {
    for (const delay of [0, ...options.retryDelaysMs]) {
      await pause(delay, stopping.signal);
      if (stopping.signal.aborted) return;
      const status = await post(body);
      delivery.tries.push(status);
      if (status >= 200 && status < 300) {
        delivery.state = 'delivered';
        options.changed();
        return;
      }
    }
    delivery.state = 'given up';
    options.changed();
  }

  return {
    deliveries,
    send(incident, what, by, at, text) {
      if (!(options.target.events ?? ['acknowledged', 'resolved']).includes(what)) return;
      const delivery: Delivery = {
        eventId: randomUUID(),
        eventType: `incident.${what}`,
        incidentId: incident.id,
        tries: [],
        state: 'under way',
      };
      deliveries.push(delivery);
      // As it stands now: a try later on must not tell of a later state.
      const body = webhookBody(delivery, incident, { by, at, text, shown: options.shown() });
      last = last.then(async () => await deliver(delivery, body));
    },
    async stop() {
      stopping.abort();
      await last;
    },
  };
}

function webhookBody(
  delivery: Delivery,
  incident: PagerDutyIncident,
  {
    by,
    at,
    text,
    shown,
  }: { readonly by: string; readonly at: number; readonly text: string; readonly shown: Shown },
): string {
  const annotated = delivery.eventType === 'incident.annotated';
  const data = incidentJson(incident, shown);
  return JSON.stringify({
    event: {
      id: delivery.eventId,
      event_type: delivery.eventType,
      resource_type: 'incident',
      occurred_at: new Date(at).toISOString(),
      // A change through the Events API is the integration's, not a person's.
      agent: {
        type: by === incident.service ? 'inbound_integration_reference' : 'user_reference',
        summary: by,
      },
      client: null,
      data: annotated
        ? { id: delivery.eventId, type: 'incident_note', incident: data, content: text, trimmed: false }
        : data,
    },
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
