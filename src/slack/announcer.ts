import type { WebClient } from '@slack/web-api';
import { nextRung } from '../domain/escalation.ts';
import type { Freeze } from '../domain/freeze.ts';
import type { Incident } from '../domain/incident.ts';
import { announced } from '../pipeline/announce.ts';
import type { Parts } from '../pipeline/parts.ts';
import type { StaleCard, VoiceStore, Waiting } from '../ports/voice.ts';
import { runbookById } from '../runbooks/catalogue.ts';
import { type CardView, cardRest, incidentCard } from '../views/incident-card.ts';
import type { Message } from '../views/kit.ts';
import type { Channels } from './channels.ts';
import { prepare } from './outgoing.ts';
import { edit, failure, findOwn, newest, type Place, post, type Said } from './post.ts';
import type { Reach } from './reach.ts';

/** The first post waits so long for findings, ms of story time (design §1). */
const WAIT_FOR_FINDINGS_MS = 1_000;
/** While a card waits for its findings, real ms. */
const LOOK_AGAIN_MS = 50;
const AGAIN_MS = 1_000;
const REFUSED_MS = 60_000;

export interface AnnouncerParts {
  readonly parts: Parts;
  readonly voice: VoiceStore;
  readonly client: WebClient;
  readonly channels: Channels;
  readonly reach: Reach;
  readonly links: readonly { readonly label: string; readonly url: string }[];
  /** Real time between two posts in one channel, ms; Slack takes about one a second. */
  readonly paceMs: number;
}

/** The background voice: reconciles cards with what they should show, and says what waits in the outbox. */
export function createAnnouncer(mouth: AnnouncerParts) {
  const { parts, voice, client, channels, reach } = mouth;
  const quietUntil = new Map<string, number>();

  /** One round. True when something was said, so that the next follows at once. */
  async function speak(): Promise<boolean> {
    const now = await parts.journal.now();
    let said = false;
    let soon = false;
    for (const card of await voice.staleCards(parts.rules.channels.alerts, 20)) {
      if (card.incident.diagnosis === null && now - card.incident.openedAt < WAIT_FOR_FINDINGS_MS) {
        soon = true;
        continue;
      }
      said = (await showCard(card).catch(notHeard)) || said;
    }
    for (const waiting of await voice.heads('slack post', 20)) said = (await sayWaiting(waiting)) || said;
    if (soon && !said) await parts.clock.sleep(LOOK_AGAIN_MS);
    return said || soon;
  }

  /** Slack did not even say where the channel is. */
  function notHeard(err: unknown): boolean {
    reach.heard(failure(err), parts.clock.now());
    return false;
  }

  async function showCard({ incident, ts, afterMark, freeze, freezeVersion }: StaleCard): Promise<boolean> {
    const began = parts.clock.now();
    const shown = { version: incident.version, freezeVersion };
    const channel = parts.rules.channels.alerts;
    const id = await channels.idOf(channel);
    const view = viewOf(incident, freeze);
    const card = incidentCard(view);
    const key = `card/${incident.id}`;
    if (ts !== null) {
      if (!mayCall(id)) return false;
      const said = await parts.step('edit card', async () => await edit(client, id, ts, card));
      reach.heard(said, began);
      if (said.kind === 'not now') quietUntil.set(id, parts.clock.now() + said.afterMs);
      if (said.kind === 'shown' || said.kind === 'unsure')
        await voice.cardShown(incident.id, channel, ts, said.kind === 'shown' ? shown : null);
      if (said.kind === 'refused')
        parts.log.error({ incident: incident.id, because: said.because }, 'Slack refused a card');
      if (said.kind === 'shown') await showRest(view, id, ts);
      return said.kind === 'shown';
    }
    const place: Place = { channel: id, threadTs: null };
    const said = await postOnce(
      place,
      key,
      afterMark,
      card,
      async (mark) => await voice.cardTried(incident.id, channel, mark),
    ).catch(failure);
    if (said !== null) reach.heard(said, began);
    if (said?.kind !== 'shown') return false;
    const adopted = said.adopted ?? false;
    await voice.cardShown(incident.id, channel, said.ts, adopted ? null : shown);
    await announced(parts, incident.id, incident.diagnosis !== null && !adopted);
    await showRest(view, id, said.ts);
    return true;
  }

  function viewOf(incident: Incident, freeze: Freeze | null): CardView {
    const { title } = runbookById(incident.runbook);
    return { incident, title, freeze, next: nextRung(incident, parts.rules.escalation), links: mouth.links };
  }

  /** What had no room on the card stands in its thread, in messages of our own that are edited as the card is. */
  async function showRest(view: CardView, channel: string, card: string): Promise<void> {
    const place: Place = { channel, threadTs: card };
    for (const [page, words] of cardRest(view).entries()) {
      const key = `rest/${view.incident.id}/${page}`;
      const known = await findOwn(client, place, key, card).catch(() => 'not now' as const);
      // The card counts what is missing and every later edit comes by here again, so a failure needs no retry.
      if (known === 'not now') return;
      const said =
        known === null ? await post(client, place, key, words) : await edit(client, channel, known, words);
      if (said.kind === 'not now') quietUntil.set(channel, parts.clock.now() + said.afterMs);
      if (said.kind !== 'shown') {
        parts.log.warn({ key, because: said.because }, 'what a card left out could not be shown');
        return;
      }
    }
  }

  /** Posts once, whatever happens in between: after a try without an answer it first looks for its own message. */
  async function postOnce(
    place: Place,
    key: string,
    afterMark: string | null,
    words: Message,
    tried: (mark: string) => Promise<void>,
  ): Promise<Said | null> {
    if (!mayCall(place.channel)) return null;
    if (afterMark !== null) {
      const found = await findOwn(client, place, key, afterMark);
      if (found !== null) return { kind: 'shown', ts: found, adopted: true };
    }
    await tried(afterMark ?? (await newest(client, place)));
    const said = await parts.step('post', async () => await post(client, place, key, words));
    quietUntil.set(
      place.channel,
      parts.clock.now() + (said.kind === 'not now' ? said.afterMs : mouth.paceMs),
    );
    return said;
  }

  function mayCall(channel: string): boolean {
    return (quietUntil.get(channel) ?? 0) <= parts.clock.now();
  }

  async function sayWaiting(waiting: Waiting): Promise<boolean> {
    const began = parts.clock.now();
    const said = await say(waiting).catch(failure);
    if (said === null) return false;
    if (said === 'nothing to say') {
      await voice.sent(waiting.id, '');
      return true;
    }
    if (said === 'not yet') {
      await voice.later(waiting.id, AGAIN_MS, 'The card does not stand yet.');
      return false;
    }
    reach.heard(said, began);
    if (said.kind === 'shown') await voice.sent(waiting.id, said.ts);
    else
      await voice.later(
        waiting.id,
        said.kind === 'refused' ? REFUSED_MS : said.kind === 'not now' ? said.afterMs : AGAIN_MS,
        said.because,
      );
    if (said.kind === 'refused')
      parts.log.error({ key: waiting.key, because: said.because }, 'Slack refused a message');
    return said.kind === 'shown';
  }

  async function say(waiting: Waiting): Promise<Said | 'not yet' | 'nothing to say' | null> {
    const ready = await prepare(mouth, waiting);
    if (typeof ready === 'string') return ready;
    return await postOnce(
      ready.place,
      waiting.key,
      waiting.afterMark,
      ready.words,
      async (mark) => await voice.tried(waiting.id, mark),
    );
  }

  return { speak };
}
