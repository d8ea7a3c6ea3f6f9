import type { WebClient } from '@slack/web-api';
import { nextRung } from '../domain/escalation.ts';
import type { Freeze } from '../domain/freeze.ts';
import type { Incident } from '../domain/incident.ts';
import { announced } from '../pipeline/announce.ts';
import { shownSteps } from '../pipeline/by-hand.ts';
import type { Parts } from '../pipeline/parts.ts';
import { JournalUnavailable } from '../ports/journal.ts';
import { SystemError } from '../ports/system-error.ts';
import type { StaleCard, VoiceStore, Waiting } from '../ports/voice.ts';
import { runbookById } from '../runbooks/catalogue.ts';
import { toPage } from '../runbooks/page-name.ts';
import { type CardView, cardRest, incidentCard } from '../views/incident-card.ts';
import type { Message } from '../views/kit.ts';
import type { Channels } from './channels.ts';
import { createDoubts, createRests } from './doubts.ts';
import { channelRefused, prepare } from './outgoing.ts';
import { edit, failure, findOwn, newest, type Place, post, type Said } from './post.ts';
import type { Reach } from './reach.ts';

/** The first post waits so long for findings, ms of story time (design §1). */
const WAIT_FOR_FINDINGS_MS = 1_000;
/** While a card waits for its findings, real ms. */
const LOOK_AGAIN_MS = 50;
/** A message whose card does not stand yet, or of which nobody knows whether it does, is tried again after this, ms; ours. */
const AGAIN_MS = 1_000;
/** What Slack refused is tried again so seldom, ms: until a person has mended it, it is refused; ours. */
const REFUSED_MS = 60_000;
/** After an error of our own with one card, ms; the others go on meanwhile. */
const FAILED_MS = 5_000;

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
  /** Cards that Slack refused, by incident and version: they must not keep the others waiting. */
  const resting = createRests(parts.clock);
  const doubts = createDoubts(parts);
  let held: () => boolean = () => true;
  let alertsId: string | null = null;
  /** When the alerts channel was looked for anew last, real ms. */
  let soughtAt = 0;
  /** Since when the voice is ours, real ms. A call of whoever had it before may be under way for as long as calls last. */
  let oursSince: number | null = null;

  /**
   * One round. True when something was said, so that the next follows at once.
   * @param stillHeld whether the voice is still ours; asked before each call
   */
  async function speak(stillHeld: () => boolean): Promise<boolean> {
    held = stillHeld;
    oursSince ??= parts.clock.now();
    await doubts.lookAgain();
    const now = await parts.journal.now();
    let said = false;
    let soon = false;
    // In a storm the channel rests most of the time, and the question goes through all open incidents.
    const rests = alertsId !== null && !mayCall(alertsId);
    const stale = rests ? [] : await voice.staleCards(parts.rules.channels.alerts, 20 + resting.count());
    for (const card of stale) {
      if (resting.has(nameOf(card))) continue;
      if (card.incident.diagnosis === null && now - card.incident.openedAt < WAIT_FOR_FINDINGS_MS) {
        soon = true;
        continue;
      }
      said = (await showCard(card).catch((err) => notHeard(card, err))) || said;
    }
    for (const waiting of await voice.heads('slack post', 20)) {
      if (held()) said = (await sayWaiting(waiting)) || said;
    }
    if (soon && !said) await parts.clock.sleep(LOOK_AGAIN_MS);
    return said || soon;
  }

  /** Slack did not even say where the channel is, or the trouble is our own: the next card has its turn. */
  function notHeard(card: StaleCard, err: unknown): boolean {
    const own = ownTrouble(err);
    const said = own ?? failure(err);
    if (own === null) reach.card(said, parts.clock.now());
    if (said.kind === 'refused') refused(card, said.because, own === null ? REFUSED_MS : FAILED_MS);
    return false;
  }

  function refused(card: StaleCard, because: string, forMs = REFUSED_MS): void {
    parts.log.error({ incident: card.incident.id, because }, 'a card could not be shown');
    const now = parts.clock.now();
    // Archived, deleted or left: where it is looked for anew, it may be joined or found under another id at once.
    const again = channels.forget(parts.rules.channels.alerts, because) && now - soughtAt > REFUSED_MS;
    if (again) soughtAt = now;
    resting.add(nameOf(card), again ? AGAIN_MS : forMs);
  }

  async function showCard(stale: StaleCard): Promise<boolean> {
    const { incident, ts, afterMark, freeze, freezeVersion } = stale;
    const began = parts.clock.now();
    const shown = { version: incident.version, freezeVersion };
    const channel = parts.rules.channels.alerts;
    const id = await channels.idOf(channel);
    alertsId = id;
    const view = viewOf(incident, freeze);
    const card = incidentCard(view);
    const key = `card/${incident.id}`;
    if (ts !== null) {
      if (!mayCall(id)) return false;
      const said = await parts.step('edit card', async () => await edit(client, id, ts, card));
      reach.card(said, began);
      if (said.kind === 'not now') quietUntil.set(id, parts.clock.now() + said.afterMs);
      if (said.kind === 'shown' || said.kind === 'unsure')
        await voice.cardShown(incident.id, channel, ts, said.kind === 'shown' ? shown : null);
      // The late edit may yet land on a newer one, and so may one of whoever had the voice before.
      if (said.kind === 'unsure' || began - (oursSince ?? 0) < parts.rules.timing.slackCallMs)
        doubts.add(async () => await voice.cardShown(incident.id, channel, ts, null));
      // Somebody deleted it: it is posted anew, and its thread goes on there.
      if (said.kind === 'refused' && said.because.includes('message_not_found')) {
        await voice.cardShown(incident.id, channel, null, null);
        return true;
      }
      if (said.kind === 'refused') refused(stale, said.because);
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
      async (kept) => await voice.cardShown(incident.id, channel, kept, null),
    );
    if (said !== null) reach.card(said, began);
    if (said?.kind === 'refused') refused(stale, said.because);
    if (said?.kind !== 'shown') return false;
    const adopted = said.adopted ?? false;
    await voice.cardShown(incident.id, channel, said.ts, adopted ? null : shown);
    await announced(parts, incident.id, incident.diagnosis !== null && !adopted);
    await showRest(view, id, said.ts);
    return true;
  }

  function viewOf(incident: Incident, freeze: Freeze | null): CardView {
    const runbook = runbookById(incident.runbook);
    return {
      incident,
      title: runbook.title,
      freeze,
      next: nextRung(incident, parts.rules.escalation),
      byHand: shownSteps(parts.rules, incident),
      links: mouth.links.map((link) => toPage(link, runbook)),
    };
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
    /** The message that stays is another than was thought. */
    moved: (ts: string) => Promise<void> = async () => undefined,
  ): Promise<Said | null> {
    if (!mayCall(place.channel)) return null;
    if (afterMark !== null) {
      const found = await findOwn(client, place, key, afterMark);
      if (found !== null) return { kind: 'shown', ts: found, adopted: true };
    }
    const after = afterMark ?? (await newest(client, place));
    await tried(after);
    if (!held()) return null;
    const said = await parts.step('post', async () => await post(client, place, key, words));
    quietUntil.set(
      place.channel,
      parts.clock.now() + (said.kind === 'not now' ? said.afterMs : mouth.paceMs),
    );
    // It was tried before, and that one may come late.
    if (afterMark !== null && said.kind === 'shown') {
      doubts.add(async () => {
        const kept = await findOwn(client, place, key, after);
        if (kept !== null && kept !== said.ts) await moved(kept);
      });
    }
    return said;
  }

  function mayCall(channel: string): boolean {
    return held() && (quietUntil.get(channel) ?? 0) <= parts.clock.now();
  }

  async function sayWaiting(waiting: Waiting): Promise<boolean> {
    let own: Said | null = null;
    const said = await say(waiting).catch((err) => {
      own = ownTrouble(err);
      return own ?? failure(err);
    });
    if (said === null) return false;
    if (said === 'nothing to say') {
      await voice.sent(waiting.id, '');
      return true;
    }
    if (said === 'not yet') {
      await voice.later(waiting.id, AGAIN_MS, 'The card does not stand yet.');
      return false;
    }
    if (own === null) reach.heard(said);
    if (said.kind === 'shown') await voice.sent(waiting.id, said.ts);
    else
      await voice.later(
        waiting.id,
        said.kind === 'refused' ? REFUSED_MS : said.kind === 'not now' ? said.afterMs : AGAIN_MS,
        said.because,
      );
    if (said.kind === 'refused') {
      parts.log.error({ key: waiting.key, because: said.because }, 'a message could not be said');
      await channelRefused(parts, channels, waiting, said.because);
    }
    return said.kind === 'shown';
  }

  /** An error that is not Slack's concerns this one message only. A database that is gone concerns all. */
  function ownTrouble(err: unknown): Extract<Said, { kind: 'refused' }> | null {
    const slacks = err instanceof SystemError || (err instanceof Error && 'code' in err);
    if (slacks || err instanceof JournalUnavailable) return null;
    return { kind: 'refused', because: err instanceof Error ? err.message.slice(0, 300) : 'unknown' };
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

  /** Somebody else has the voice. */
  const lost = () => {
    oursSince = null;
  };

  /** Until the next place that was spoken to may be spoken to again, ms; Infinity: none rests. */
  const restsFor = () => {
    const now = parts.clock.now();
    return Math.min(...[...quietUntil.values()].flatMap((until) => (until > now ? [until - now] : [])));
  };

  return { speak, lost, restsFor };
}

/** One state of one card. */
function nameOf({ incident, freezeVersion }: StaleCard): string {
  return `${incident.id}/${incident.version}/${freezeVersion}`;
}
