import * as z from 'zod';
import type { Person } from '../slack/people/person.ts';
import type { PageParts } from './parts.ts';

const text = z.string().min(1).max(12_000);
const id = z.string().min(1).max(300);
const json = z.record(z.string(), z.unknown());
const entry = z.union([z.string().max(12_000), z.number(), z.array(id).max(100)]);
const entries = z.record(id, entry);
const target = z.union([
  z.strictObject({
    channel: id,
    ts: id,
    // What stood on the screen when it was pressed: the card may have changed since.
    blocks: z.array(json).max(100).optional(),
    attachments: z.array(json).max(100).optional(),
  }),
  z.strictObject({ ephemeralId: id }),
  z.strictObject({ viewId: id }),
]);
const element = { target, blockId: id, actionId: id };

/** Everything that can be done on the page. */
export const Act = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('say'),
    channel: id,
    text,
    threadTs: id.optional(),
    broadcast: z.boolean().optional(),
  }),
  z.strictObject({ do: z.literal('command'), channel: id, line: text, threadTs: id.optional() }),
  z.strictObject({
    do: z.literal('click'),
    ...element,
    option: entry.optional(),
    confirm: z.boolean().optional(),
  }),
  z.strictObject({ do: z.literal('shortcut'), callbackId: id, channel: id, ts: id }),
  z.strictObject({ do: z.literal('suggestions'), ...element, query: z.string().max(300) }),
  z.strictObject({ do: z.literal('fill'), viewId: id, entries }),
  z.strictObject({ do: z.literal('submit'), viewId: id, entries }),
  z.strictObject({ do: z.literal('close'), viewId: id, all: z.boolean().optional() }),
  z.strictObject({ do: z.literal('read'), channel: id }),
  z.strictObject({ do: z.literal('start'), scenario: id }),
  z.strictObject({ do: z.literal('end'), scenario: id }),
  z.strictObject({ do: z.literal('skip'), minutes: z.number().int().min(1).max(60) }),
  z.strictObject({
    do: z.literal('pagerduty'),
    incident: id,
    to: z.enum(['acknowledged', 'resolved']),
  }),
]);
export type Act = z.infer<typeof Act>;

/** Who does what. */
export const ActRequest = z.strictObject({ as: id, act: Act });

/**
 * Does it as this person and returns what there is to show beyond the new state.
 * @throws Error with words for the person when it cannot be done
 */
export async function perform(parts: PageParts, as: string, act: Act): Promise<unknown> {
  const person = personOf(parts, as);
  switch (act.do) {
    case 'say': {
      const { threadTs, broadcast } = act;
      person.say(act.channel, act.text, {
        ...(threadTs === undefined ? {} : { threadTs }),
        ...(broadcast === undefined ? {} : { broadcast }),
      });
      return null;
    }
    case 'command': {
      const { threadTs } = act;
      return await person.command(act.channel, act.line, threadTs === undefined ? {} : { threadTs });
    }
    case 'click': {
      const { option, confirm } = act;
      return await person.click(pointedAt(act.target), selectorOf(act), {
        ...(option === undefined ? {} : { option }),
        ...(confirm === undefined ? {} : { confirm }),
      });
    }
    case 'shortcut': {
      const { channel, ts } = act;
      return await person.shortcut(act.callbackId, { channel, ts });
    }
    case 'suggestions':
      return await person.suggestions(pointedAt(act.target), selectorOf(act), act.query);
    case 'fill':
      person.fill(act.entries, openView(person, act.viewId));
      return null;
    case 'submit':
      return await person.submit(act.entries, { view: openView(person, act.viewId) });
    case 'close':
      await person.close({ view: openView(person, act.viewId), all: act.all ?? false });
      return null;
    case 'read':
      person.read(act.channel);
      return null;
    case 'start':
      await parts.stories.start(act.scenario);
      return null;
    case 'end':
      await parts.stories.end(act.scenario);
      return null;
    case 'skip':
      await parts.clock.skip(act.minutes);
      return null;
    case 'pagerduty': {
      const press = act.to === 'resolved' ? parts.pagerduty.resolve : parts.pagerduty.acknowledge;
      press(act.incident, person.user.realName);
      return null;
    }
  }
}

/** @throws Error when the page does not offer to be this one */
export function personOf({ slack, personas }: PageParts, as: string): Person {
  if (!personas.some((persona) => persona.id === as)) throw new Error(`Nobody here is ${as}.`);
  return slack.as(as);
}

function openView(person: Person, viewId: string) {
  const view = person.modals().find((one) => one.id === viewId);
  if (view === undefined) throw new Error('This form is closed already.');
  return view;
}

function selectorOf({ blockId, actionId }: { readonly blockId: string; readonly actionId: string }) {
  return { blockId, actionId };
}

type Shown = z.infer<typeof target>;

function pointedAt(shown: Shown) {
  if (!('ts' in shown)) return shown;
  const { channel, ts, blocks, attachments } = shown;
  return {
    channel,
    ts,
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
  };
}
