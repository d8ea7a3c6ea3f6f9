import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import * as z from 'zod';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import { toldModal } from '../views/modal.ts';
import type { Unstored } from './without-database.ts';

/** The insert must have answered by then, ms; Slack waits 3 s for the acknowledgement (design §4). */
const STORE_MS = 400;

export interface StoringParts {
  readonly inner: Receiver;
  readonly journal: Journal;
  readonly log: Log;
  /** Something was stored: whoever works on the inbox need not wait for the next poll. */
  readonly stored: () => void;
  /** Asks whether our own database is gone altogether. */
  readonly gone: () => Promise<boolean>;
}

/**
 * Bolt acknowledges an event before any listener sees it, so a crash would lose it. This receiver stands in front:
 * what Slack sends is stored first, then acknowledged, and worked on later from the inbox, on any replica.
 * A submitted modal is the exception: its answer belongs into the acknowledgement, so its listener runs at once.
 */
export function storingReceiver({ inner, journal, log, stored, gone }: StoringParts): Receiver {
  async function take(app: App, event: ReceiverEvent): Promise<void> {
    // Not stored: the inbox would run it a second time.
    if (needsAnswer(event.body)) {
      await app.processEvent({ ...event, customProperties: { atOnce: true } });
      return;
    }
    try {
      await journal.accept('slack', deliveryId(event.body), event.body, STORE_MS);
    } catch (err) {
      log.error(
        { err: err instanceof Error ? err.message : 'unknown' },
        'a Slack delivery could not be stored',
      );
      // An event stays unacknowledged: Slack sends it again. A person is told.
      if (isEvent(event.body)) throw err;
      const unstored: Unstored = (await gone()) ? 'gone' : 'late';
      if (needsAnswer(event.body)) {
        await event.ack(notStored(event.body, unstored));
        return;
      }
      await event.ack();
      await app.processEvent({ ...event, ack: async () => undefined, customProperties: { unstored } });
      return;
    }
    await event.ack();
    stored();
  }

  return {
    init(app: App) {
      // The inner receiver touches the app only as processEvent; all else of it stays Bolt's.
      inner.init(
        Object.assign(Object.create(app), {
          processEvent: async (event: ReceiverEvent) => await take(app, event),
        }),
      );
    },
    start: async (...args: unknown[]) => await inner.start(...args),
    stop: async (...args: unknown[]) => await inner.stop(...args),
  };
}

type Body = Record<string, unknown>;

/** What makes one delivery the same when it comes again. Interactive payloads have no id of their own. */
export function deliveryId(body: Body): string {
  if (typeof body['event_id'] === 'string') return body['event_id'];
  if (typeof body['trigger_id'] === 'string') return body['trigger_id'];
  const view = body['view'];
  const hash = typeof view === 'object' && view !== null && 'hash' in view ? String(view.hash) : '';
  return [body['type'], hash, JSON.stringify(body['user'] ?? body['user_id'] ?? '')].join(' ');
}

function isEvent(body: Body): boolean {
  return body['type'] === 'event_callback';
}

/** The answer in a modal: at a field where there is one, so that what was typed stays. */
function notStored(body: Body, unstored: Unstored): object {
  const because =
    unstored === 'gone'
      ? 'Our own database does not answer. Nothing was started; send it again later.'
      : 'Not confirmed: our database did not answer in time. Sending it again cannot run it twice.';
  const read = Modal.safeParse(body['view']);
  const field = read.data?.blocks.find(({ type }) => type === 'input')?.block_id;
  return field === undefined
    ? { response_action: 'update', view: toldModal('Not started', because) }
    : { response_action: 'errors', errors: { [field]: because } };
}

const Modal = z.looseObject({
  blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().optional() })),
});

function needsAnswer(body: Body): boolean {
  return body['type'] === 'view_submission' || body['type'] === 'block_suggestion';
}
