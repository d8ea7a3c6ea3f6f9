import type { App, BlockAction, ButtonAction, OverflowAction, StaticSelectAction } from '@slack/bolt';
import * as z from 'zod';
import { parseIncidentId } from '../domain/ids.ts';
import { type IntakeRules, idsIn, matches } from '../intake/rules.ts';
import { readSlackMessage } from '../intake/slack-message.ts';
import { approve, offerIn, refuse } from '../pipeline/approve.ts';
import { askByForm } from '../pipeline/ask.ts';
import { tickStep } from '../pipeline/by-hand.ts';
import { complain } from '../pipeline/complain.ts';
import { tickOff } from '../pipeline/duties.ts';
import { workingOn } from '../pipeline/inbox.ts';
import type { Answer, Parts } from '../pipeline/parts.ts';
import { acknowledge, escalateNow } from '../pipeline/people.ts';
import { openByPerson, personsAlert, receive } from '../pipeline/receive.ts';
import { request } from '../pipeline/request.ts';
import { retryListed } from '../pipeline/retry-list.ts';
import { CATALOGUE, findRunbook, runbookById } from '../runbooks/catalogue.ts';
import { ACTIONS, type Message, verbOf } from '../views/kit.ts';
import {
  answersOf,
  CONFIRM_CALLBACK,
  FIELDS_CALLBACK,
  QUESTION_CALLBACK,
  REPORT_CALLBACK,
  reportModal,
  toldModal,
  windowOf,
} from '../views/modal.ts';
import { dutyPost } from '../views/owed.ts';
import { notTrusted, reply, told } from '../views/plain.ts';
import { commandsToType, noSuchRunbook, runCommand, stuckPage, textsOf } from './commands.ts';
import { deliveryOf } from './inbox.ts';

export interface EarParts {
  readonly parts: Parts;
  readonly rules: () => IntakeRules;
  /** The id of the alerts channel. */
  readonly alertsChannel: () => Promise<string>;
}

/** A message of ours that everybody sees. */
const Place = z.looseObject({ channel_id: z.string(), message_ts: z.string() });

type Reply = (
  message: Message & { response_type?: 'ephemeral' | 'in_channel'; replace_original?: boolean },
) => Promise<unknown>;

/** One table of what can be heard. Each listener was acknowledged before; it parses, calls the pipeline, answers. */
export function listen(app: App, ears: EarParts): void {
  const { parts } = ears;

  app.command('/oms', async ({ command, respond, context }) => {
    const delivery = deliveryOf(context);
    const key = delivery?.deliveryId ?? parts.ids.next();
    const answer = await runCommand(workingOn(parts, delivery), command.text, command.user_id, key);
    for (const message of [answer].flat()) await respond({ response_type: 'ephemeral', ...message });
  });

  app.action<BlockAction<ButtonAction | OverflowAction | StaticSelectAction>>(
    { type: 'block_actions' },
    async ({ body, action, respond, client, context }) => {
      const here = workingOn(parts, deliveryOf(context));
      const answer: Reply = async (message) =>
        await respond({ response_type: 'ephemeral', replace_original: false, ...message });
      const verb = verbOf(action.action_id);
      const fromMenu = action.type === 'overflow';
      const value = (action.type === 'button' ? action.value : action.selected_option?.value) ?? '';
      if (verb === ACTIONS.done && body.container['is_ephemeral'] !== true) {
        const { incident, duty, ...done } = await tickOff(here, value, body.user.id);
        const place = Place.safeParse(body.container);
        if (incident !== undefined && duty !== undefined && place.success) {
          const { channel_id: channel, message_ts: ts } = place.data;
          const { title } = runbookById(incident.runbook);
          const words = dutyPost(incident, title, duty, null);
          await client.chat
            .update({ channel, ts, ...words })
            .catch((err) => parts.log.warn({ err: String(err) }, 'a posted duty keeps its button'));
        }
        await answer(said(done));
        return;
      }
      if (verb === ACTIONS.tick) {
        await answer(said(await tickStep(here, value, body.user.id)));
        return;
      }
      if (verb === ACTIONS.fill || fromMenu) {
        const offer = await offerOf(parts, value);
        const window = offer === null ? null : windowOf(offer);
        if (window !== null) {
          await client.views.open({ trigger_id: body.trigger_id, view: window });
          return;
        }
        if (verb === ACTIONS.fill) {
          await answer(told('This form belongs to nothing that stands now. The card has the newest one.'));
          return;
        }
      }
      await answer(await press(here, verb, value, body.user.id, body.trigger_id));
    },
  );

  // The yes to what a menu's line showed; the same approval as a button's.
  app.view(CONFIRM_CALLBACK, async ({ ack, body, view }) => {
    const answer = await approve(parts, view.private_metadata, body.user.id);
    await ack({ response_action: 'update', view: toldModal(view.title.text, answer.because) });
  });

  // Its answer belongs into the acknowledgement, so it runs before it.
  app.view(FIELDS_CALLBACK, async ({ ack, body, view }) => {
    const answer = await request(parts, view.private_metadata, body.user.id, answersOf(view.state.values));
    await (answer.ok ? ack() : ack({ response_action: 'errors', errors: complaints(view.blocks, answer) }));
  });

  // The answers of this form are somebody's address: they go to the service and nowhere else.
  app.view(QUESTION_CALLBACK, async ({ ack, body, view, client }) => {
    const asked = await askByForm(
      parts,
      view.private_metadata,
      body.user.id,
      answersOf(view.state.values),
      async () =>
        await ack({
          response_action: 'update',
          view: toldModal(view.title.text, 'The service is being asked.'),
        }),
    );
    if (asked.begun)
      await client.views.update({ view_id: view.id, view: toldModal(view.title.text, asked.because) });
    else await ack({ response_action: 'errors', errors: complaints(view.blocks, asked) });
  });

  // What it is about is guessed from the words; whoever reports it says.
  app.shortcut(REPORT_CALLBACK, async ({ shortcut, client }) => {
    const text = shortcut.type === 'message_action' ? (shortcut.message.text ?? '') : '';
    const [guess] = matches(text, {}, ears.rules());
    const choices = CATALOGUE.map(({ id, title }) => ({ value: id, text: title }));
    const view = reportModal({ key: shortcut.trigger_id, text, choices, chosen: guess?.runbook });
    await client.views.open({ trigger_id: shortcut.trigger_id, view });
  });

  app.view(REPORT_CALLBACK, async ({ ack, body, view }) => {
    const { runbook = '', text = '' } = answersOf(view.state.values);
    const found = findRunbook(runbook);
    const answer: Answer =
      found === null
        ? { ok: false, because: 'Choose what it is about.', fields: { runbook: 'Choose what it is about.' } }
        : await complain(
            parts,
            { runbook: found.id, text, ids: idsIn(text), key: view.private_metadata },
            body.user.id,
          );
    await (answer.ok
      ? ack({ response_action: 'update', view: toldModal(view.title.text, answer.because) })
      : ack({ response_action: 'errors', errors: complaints(view.blocks, answer) }));
  });

  app.event('message', async ({ event, context, client }) => {
    const delivery = deliveryOf(context);
    const alerts = await ears.alertsChannel();
    if (!('channel' in event) || event.channel !== alerts) return;
    const heard = readSlackMessage(event, ears.rules());
    if (heard.kind === 'ignored') return;
    if (heard.trusted) {
      await receive(parts, heard.reading, delivery);
      if (heard.answer !== null) {
        // It is noted already; were this answer retried, the alert would be taken twice.
        await client.chat
          .postMessage({ channel: alerts, thread_ts: heard.ts, ...reply(heard.answer) })
          .catch((err) => parts.log.warn({ err: String(err) }, 'an unknown alert could not be answered'));
      }
      return;
    }
    const first = heard.reading.alerts[0];
    if (first === undefined || heard.person === null) return;
    const question = notTrusted(heard.person, first.runbook, runbookById(first.runbook).title);
    await client.chat.postEphemeral({ channel: alerts, user: heard.person, ...question });
  });

  // Whatever is not in this table was acknowledged all the same, and must not look like a failure.
  app.error(async (error) => {
    throw error;
  });
}

/** Each complaint at its field; one about no field at the first. */
function complaints(
  blocks: readonly { readonly type: string; readonly block_id?: string }[],
  { because, fields }: Pick<Answer, 'because' | 'fields'>,
): Record<string, string> {
  if (fields !== undefined) return { ...fields };
  const first = blocks.find(({ type }) => type === 'input')?.block_id ?? 'reason';
  return { [first]: because };
}

async function offerOf(parts: Parts, id: string) {
  return await parts.journal.transact('read offer', async (tx) => await offerIn(tx, id));
}

async function press(
  parts: Parts,
  verb: string,
  value: string,
  by: string,
  trigger: string,
): Promise<Message> {
  switch (verb) {
    case ACTIONS.run:
      return said(
        value.startsWith('retry ')
          ? await retryListed(parts, by, value.split(' ').slice(1), trigger)
          : await approve(parts, value, by),
      );
    case ACTIONS.refuse:
      return said(await refuse(parts, value, by));
    case ACTIONS.acknowledge:
      return await aboutIncident(value, async (id) => said(await acknowledge(parts, id, by)));
    case ACTIONS.escalate:
      return await aboutIncident(value, async (id) => said(await escalateNow(parts, id, by, '')));
    case ACTIONS.commands:
      return await aboutIncident(value, async (id) => await commandsToType(parts, id));
    case ACTIONS.texts:
      return await aboutIncident(value, async (id) => await textsOf(parts, id));
    case ACTIONS.done:
      return said(await tickOff(parts, value, by));
    case ACTIONS.diagnoseAnyway:
      return await diagnoseAnyway(parts, value, by, trigger);
    case ACTIONS.share:
    case ACTIONS.more: {
      const [status, minutes, cursor] = value.split(' ');
      const page = await stuckPage(parts, status ?? null, Number(minutes), cursor ?? null);
      if (verb === ACTIONS.more) return page;
      // What everybody sees is said once at most, and by somebody with a name.
      await parts.journal.transact('share', async (tx) => tx.note({ type: 'list shared', by, value }));
      return Object.assign(page, { response_type: 'in_channel' as const });
    }
    default:
      // A verb of another version: what it was about stands in its value.
      return said(await approve(parts, value, by));
  }
}

async function diagnoseAnyway(parts: Parts, runbook: string, by: string, trigger: string): Promise<Message> {
  const found = findRunbook(runbook);
  if (found === null) return noSuchRunbook(runbook);
  const id = await parts.journal.transact('diagnose anyway', async (tx) => {
    const alert = personsAlert(
      found.id,
      by,
      'A person asked for the diagnosis of an untrusted message.',
      trigger,
    );
    return (await openByPerson(parts, tx, alert)).id;
  });
  return told(`${id} is open; its card comes into the channel.`);
}

async function aboutIncident(
  text: string,
  then: (id: `OMS-${number}`) => Promise<Message>,
): Promise<Message> {
  const id = parseIncidentId(text);
  return id.ok ? await then(id.value) : told('This button belongs to nothing that is known here.');
}

function said(answer: Answer): Message {
  return told(answer.because);
}
