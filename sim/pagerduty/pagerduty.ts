import { type FaultyServer, startFaultyServer } from '../lib/faulty-server.ts';
import { pagerDutyApp } from './app.ts';
import { createIncidentBook, type PagerDutyIncident } from './incident.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { createWebhooks, type Delivery, type WebhookTarget } from './webhooks.ts';

export interface PagerDuty extends FaultyServer {
  /** Oldest first, resolved ones too. */
  readonly incidents: readonly PagerDutyIncident[];
  /** What was sent to the webhook; empty without one. */
  readonly deliveries: readonly Delivery[];
  /** `perMinute` may be set at any time; 120 at PagerDuty. */
  readonly limiter: RateLimiter;
  /** Somebody presses the button in PagerDuty. Throws for an unknown id; false when nothing changed. */
  acknowledge(id: string, user: string): boolean;
  resolve(id: string, user: string): boolean;
  /** Called after each change; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

const EVENTS_PER_MINUTE = 120;
const RETRY_DELAYS_MS = [200, 500, 1_000, 2_000, 5_000, 10_000];

/**
 * PagerDuty on the loopback.
 * @param options.routingKeys integration key (32 characters) → name of the service it pages
 * @param options.incidentKeys false: `incident_key` is null, as where PagerDuty groups alerts
 * @param options.apiToken without one every REST call is refused
 */
export async function startPagerDuty(options: {
  readonly routingKeys: Readonly<Record<string, string>>;
  readonly webhook?: WebhookTarget;
  readonly apiToken?: string;
  readonly incidentKeys?: boolean;
  readonly port?: number;
  /** Waits between tries of one webhook. */
  readonly retryDelaysMs?: readonly number[];
}): Promise<PagerDuty> {
  const listeners = new Set<() => void>();
  function changed(): void {
    for (const listener of listeners) listener();
  }
  const shown = () => ({ baseUrl: server.url, incidentKeys: options.incidentKeys ?? true });
  const webhooks =
    options.webhook === undefined
      ? null
      : createWebhooks({
          target: options.webhook,
          shown,
          retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS,
          changed,
        });
  const book = createIncidentBook((...happened) => webhooks?.send(...happened));
  const limiter = createRateLimiter(EVENTS_PER_MINUTE);
  const apiToken = options.apiToken ?? null;
  const server = await startFaultyServer({
    name: 'pagerduty',
    app: pagerDutyApp({ book, routingKeys: options.routingKeys, apiToken, limiter, changed, shown }),
    ...(options.port === undefined ? {} : { port: options.port }),
  });

  function press(move: (id: string, user: string) => boolean) {
    return (id: string, user: string) => {
      const moved = move(id, user);
      if (moved) changed();
      return moved;
    };
  }

  return {
    ...server,
    incidents: book.incidents,
    deliveries: webhooks?.deliveries ?? [],
    limiter,
    acknowledge: press(book.acknowledge),
    resolve: press(book.resolve),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      await webhooks?.stop();
      await server.stop();
    },
  };
}
