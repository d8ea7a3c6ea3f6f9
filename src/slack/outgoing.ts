import type { WebClient } from '@slack/web-api';
import * as z from 'zod';
import type { IncidentId } from '../domain/ids.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import { notReached as sayNotReached } from '../pipeline/announce.ts';
import { whoLeft } from '../pipeline/duties.ts';
import type { Parts } from '../pipeline/parts.ts';
import type { VoiceStore, Waiting } from '../ports/voice.ts';
import { byHandOf, runbookById, titlesOf } from '../runbooks/catalogue.ts';
import { allClear, calledPerson, channelNotReached, escalation, notReached } from '../views/calls.ts';
import { databaseBack } from '../views/database.ts';
import { type DetailsView, details } from '../views/details.ts';
import { digest } from '../views/digest.ts';
import { freezeNews } from '../views/freeze.ts';
import { givenUp } from '../views/given-up.ts';
import type { Message } from '../views/kit.ts';
import { dutyNotReached, dutyPost, reminder } from '../views/owed.ts';
import { news, threadLine } from '../views/plain.ts';
import type { Channels } from './channels.ts';
import { findPerson } from './people.ts';
import type { Place } from './post.ts';

/** One message, ready to be posted. */
export interface Ready {
  readonly place: Place;
  readonly words: Message;
}

export interface OutgoingParts {
  readonly parts: Parts;
  readonly voice: VoiceStore;
  readonly client: WebClient;
  readonly channels: Channels;
}

const Payload = z.discriminatedUnion('what', [
  z.object({ what: z.literal('thread'), incident: z.string(), event: z.looseObject({ type: z.string() }) }),
  z.object({
    what: z.literal('escalation'),
    incident: z.string(),
    channel: z.string(),
    rung: z.number(),
    because: z.string(),
  }),
  z.object({
    what: z.literal('not reached'),
    incident: z.string(),
    channel: z.string(),
    rung: z.number(),
    because: z.string(),
  }),
  z.object({ what: z.literal('news'), incident: z.string(), lines: z.array(z.string()) }),
  z.object({
    what: z.literal('details'),
    incident: z.string(),
    diagnosis: z.looseObject({ at: z.number() }),
  }),
  z.object({
    what: z.literal('duty'),
    incident: z.string(),
    duty: z.string(),
    channel: z.string(),
  }),
  z.object({ what: z.literal('reminder'), incident: z.string(), duty: z.string() }),
  z.object({
    what: z.literal('duty not reached'),
    incident: z.string(),
    duty: z.string(),
    channel: z.string(),
    because: z.string(),
  }),
  z.object({
    what: z.literal('given up'),
    source: z.enum(['slack', 'alertmanager', 'pagerduty']),
    tries: z.number(),
    because: z.string(),
  }),
  z.object({ what: z.literal('database back'), from: z.number(), to: z.number() }),
  z.object({
    what: z.literal('digest'),
    since: z.number(),
    head: z.object({ seq: z.number(), hash: z.string() }),
    notes: z.array(z.string()).default([]),
  }),
  z.object({
    what: z.literal('freeze'),
    change: z.string(),
    by: z.string(),
    freeze: z.object({
      until: z.number(),
      by: z.string(),
      at: z.number(),
      reason: z.string(),
      liftAskedBy: z.string().nullable(),
    }),
  }),
  z.object({
    what: z.literal('over'),
    incident: z.string(),
    channel: z.string().optional(),
    address: z.string().optional(),
  }),
  z.object({
    what: z.literal('person'),
    incident: z.string(),
    address: z.string(),
    rung: z.number(),
    because: z.string(),
  }),
]);

/**
 * What waits in the outbox, as a message in its place. *Not yet*: the card whose thread it belongs to does not stand.
 * @throws the web client's own errors, when Slack has to be asked and does not answer
 */
export async function prepare(
  { parts, voice, client, channels }: OutgoingParts,
  waiting: Waiting,
): Promise<Ready | 'not yet' | 'nothing to say'> {
  const payload = Payload.parse(waiting.payload);
  const alerts = parts.rules.channels.alerts;
  const inChannel = async (name: string) => ({ channel: await channels.idOf(name), threadTs: null });
  if (payload.what === 'database back')
    return { place: await inChannel(alerts), words: databaseBack(payload.from, payload.to) };
  if (payload.what === 'given up') {
    const words = givenUp(payload.source, payload.tries, payload.because);
    return { place: await inChannel(alerts), words };
  }
  if (payload.what === 'digest') {
    const [open, resolved, owed, notTaken, freeze] = await Promise.all([
      parts.journal.openIncidents(),
      parts.journal.resolvedSince(payload.since),
      parts.journal.owed(),
      parts.journal.notTaken(payload.since),
      parts.journal.freeze(),
    ]);
    const titleOf = ({ runbook }: Incident) => runbookById(runbook).title;
    const { head, notes } = payload;
    const words = digest({ open, resolved, owed, notTaken, freeze, titleOf, head, notes });
    return { place: await inChannel(alerts), words };
  }
  if (payload.what === 'freeze') {
    const words = freezeNews(payload.change, payload.freeze, payload.by);
    return { place: await inChannel(alerts), words };
  }
  const id = payload.incident as IncidentId;
  const incident = await parts.journal.incidentById(id);
  if (incident === null) return 'nothing to say';
  const { title } = runbookById(incident.runbook);
  async function inThread(words: Message, broadcast = false): Promise<Ready | 'not yet'> {
    const card = await voice.cardOf(id, alerts);
    if (card === null) return 'not yet';
    return { place: { channel: await channels.idOf(alerts), threadTs: card, broadcast }, words };
  }

  /** A help, never a need: without it the channel and the incident's name are enough to find the card. */
  async function linkOf(card: string | null): Promise<string | null> {
    if (card === null) return null;
    const channel = await channels.idOf(alerts);
    const found = await client.chat.getPermalink({ channel, message_ts: card }).catch(() => null);
    return found?.permalink ?? null;
  }

  switch (payload.what) {
    case 'thread': {
      const words = threadLine(
        payload.event as IncidentEvent,
        incident,
        (step) => byHandOf(incident.runbook, step)?.what ?? step,
      );
      return words === null ? 'nothing to say' : await inThread(words);
    }
    case 'news':
      return await inThread(news(incident, title, payload.lines), true);
    case 'details': {
      const diagnosis = payload.diagnosis as unknown as DetailsView['diagnosis'];
      return await inThread(details({ of: id, diagnosis, titleOf: titlesOf(incident.runbook) }));
    }
    case 'escalation': {
      const card = await linkOf(await voice.cardOf(id, alerts));
      const words = escalation(incident, title, payload.rung, payload.because, card);
      return { place: await inChannel(payload.channel), words };
    }
    case 'not reached': {
      const { rung, channel, because } = payload;
      return await inThread(channelNotReached(incident, title, rung, channel, because), true);
    }
    case 'duty':
    case 'reminder':
    case 'duty not reached': {
      const duty = incident.owed.find((one) => one.id === payload.duty);
      if (duty === undefined || duty.done !== null) return 'nothing to say';
      if (payload.what === 'duty not reached')
        return await inThread(dutyNotReached(duty, payload.channel, payload.because), true);
      if (payload.what === 'duty')
        return {
          place: await inChannel(payload.channel),
          words: dutyPost(incident, title, duty, whoLeft(incident, duty)),
        };
      return await inThread(reminder(duty, whoLeft(incident, duty) ?? duty.owner), true);
    }
    case 'over': {
      // It may have come back meanwhile.
      if (incident.state !== 'resolved') return 'nothing to say';
      const { channel, address = '' } = payload;
      const words = allClear(incident, title, await linkOf(await voice.cardOf(id, alerts)));
      if (channel !== undefined) return { place: await inChannel(channel), words };
      const found = await parts.step('find person', async () => await findPerson(client, address));
      return 'channel' in found
        ? { place: { channel: found.channel, threadTs: null }, words }
        : 'nothing to say';
    }
    case 'person': {
      // Nobody is woken for what is over.
      if (incident.state === 'resolved') return 'nothing to say';
      const found = await parts.step('find person', async () => await findPerson(client, payload.address));
      if ('channel' in found) {
        const words = calledPerson(incident, title, payload.rung, payload.because, alerts);
        return { place: { channel: found.channel, threadTs: null }, words };
      }
      parts.log.error(
        { incident: id, rung: payload.rung, because: found.because },
        'a person of the ladder cannot be reached in Slack',
      );
      const words = notReached(incident, title, payload.rung, payload.address, found.because);
      return { place: await inChannel(parts.rules.channels.platform), words };
    }
  }
}

/** A team that could not be called in its channel: the people at the card read it, once. */
export async function channelRefused(
  parts: Parts,
  channels: Channels,
  waiting: Waiting,
  because: string,
): Promise<void> {
  const read = Payload.safeParse(waiting.payload);
  if (read.success && read.data.what === 'duty') {
    const { channel, incident, duty } = read.data;
    channels.forget(channel, because);
    const key = `${waiting.key}/not reached`;
    const what = 'duty not reached' as const;
    await sayNotReached(parts, incident as IncidentId, key, { what, duty, channel, because });
    return;
  }
  if (!read.success || read.data.what !== 'escalation') return;
  channels.forget(read.data.channel, because);
  const { channel, rung } = read.data;
  await sayNotReached(parts, read.data.incident as IncidentId, `${waiting.key}/not reached`, {
    what: 'not reached',
    channel,
    rung,
    because,
  });
}
