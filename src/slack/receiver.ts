import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import * as z from 'zod';
import type { IntakeRules } from '../intake/rules.ts';
import { isOurs } from '../intake/slack-message.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import { toldModal } from '../views/modal.ts';
import type { Unstored } from './without-database.ts';

/** The insert must have answered by then, ms; Slack waits 3 s for the acknowledgement (design §4). */
const STORE_MS = 400;
/** A form must have been answered by then, ms; Slack waits 3 s. */
const ANSWER_MS = 2_500;

export interface StoringParts {
  readonly inner: Receiver;
  /** Who we are, known when the first event comes. */
  readonly own: () => IntakeRules['own'];
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Something was stored or decided: whoever takes it on need not wait for the next poll. */
  readonly stored: () => void;
  /** Asks whether our own database is gone altogether. */
  readonly gone: () => Promise<boolean>;
}

/**
 * Bolt acknowledges an event before any listener sees it, so a crash would lose it. This receiver stands in front:
 * what Slack sends is stored first, then acknowledged, and worked on later from the inbox, on any replica.
 * A submitted modal is the exception: its answer belongs into the acknowledgement, so its listener runs at once.
 */
export function storingReceiver({ inner, own, journal, clock, log, stored, gone }: StoringParts): Receiver {
  async function take(app: App, event: ReceiverEvent): Promise<void> {
    if (event.body['type'] === 'view_submission') {
      await answerForm(app, event);
      return;
    }
    // Most of what comes is that; what has been stored is worked on, and looked for by all loops.
    if (isOurs(event.body['event'], own())) {
      await event.ack();
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
      await event.ack();
      await app.processEvent({ ...event, ack: async () => undefined, customProperties: { unstored } });
      return;
    }
    await event.ack();
    stored();
  }

  /** Not stored: the inbox would run it a second time. Whoever sent it reads in the form that it failed or took too long. */
  async function answerForm(app: App, event: ReceiverEvent): Promise<void> {
    let answered = false;
    const ack: ReceiverEvent['ack'] = async (response) => {
      if (answered) return;
      answered = true;
      await event.ack(response);
    };
    const work = app.processEvent({ ...event, ack }).catch((err) => {
      log.error({ err: err instanceof Error ? err.message : 'unknown' }, 'a form could not be worked on');
    });
    const timer = new AbortController();
    const unstored = await Promise.race([
      work.then(async (): Promise<Unstored> => (!answered && (await gone()) ? 'gone' : 'late')),
      // It may yet come to an end, so nobody can say that nothing was started.
      clock.sleep(ANSWER_MS, timer.signal).then((): Unstored => 'late'),
    ]);
    timer.abort();
    if (!answered) await ack(notStored(event.body, unstored));
    await work;
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
  // An answer that was lost may have been a yes, whatever became of the connection afterwards.
  const because =
    unstored === 'gone'
      ? 'Not confirmed: our own database does not answer. Once it does, the card shows whether this was taken.'
      : 'Not confirmed: it took too long. The card shows whether this was taken.';
  const read = Modal.safeParse(body['view']);
  const field = read.data?.blocks.find(({ type }) => type === 'input')?.block_id;
  return field === undefined
    ? { response_action: 'update', view: toldModal('Not confirmed', because) }
    : { response_action: 'errors', errors: { [field]: because } };
}

const Modal = z.looseObject({
  blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().optional() })),
});
