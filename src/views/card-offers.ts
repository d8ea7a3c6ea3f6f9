import type { KnownBlock } from '@slack/types';
import type { Incident } from '../domain/incident.ts';
import { effectiveTier, type Offer, waitsNow } from '../domain/offer.ts';
import { ACTIONS, type ButtonLike, buttons, evidence, LIMIT, type MenuLike, note, section } from './kit.ts';
import { fitting, type Left, type Room } from './room.ts';
import { answered, joined, person, type Words, words } from './words.ts';

/** So many offers have a button; the others are behind the three dots. */
const BUTTONS = 3;
/** A menu of Slack's has at most this many lines. */
const MENU = 5;
/** Menus of a card (ours); offers beyond them have no button. */
const MENUS = 3;

/** *Do now*: what may be pressed, the most wanted first, and what still waits. */
export function todo(
  { id, offers: all, state }: Incident,
  room: Room,
): { readonly blocks: readonly KnownBlock[]; readonly left: readonly Left[] } {
  if (state === 'resolved') return { blocks: [], left: [] };
  const offers = all
    .filter((offer) => !isAsked(offer, all))
    .map((offer) => ({ ...offer, waits: waitsNow(offer, all) }));
  const ready = offers
    .filter(({ waits }) => waits === null)
    .sort((left, right) => rank(left, offers) - rank(right, offers));
  const first = ready.slice(0, BUTTONS);
  const now = fitting(first.map(offerLine), 'offers', room, LIMIT.section - 100);
  const also = fitting(ready.slice(BUTTONS).map(offerLine), 'offers', room, LIMIT.context - 100);
  const byHand = offers.filter(isTyped);
  const typed = fitting(byHand.map(typedLine), 'commands to type', room, LIMIT.section - 100);
  const commands = [...new Set(byHand.slice(0, typed.shown.length).map(({ equivalent }) => equivalent))];
  // The same for all and for one alone is said once.
  const waiting = [
    ...new Map(
      offers
        .filter((offer) => !isTyped(offer))
        .flatMap(({ title, waits }) =>
          waits === null ? [] : [[`${title} ${waits}`, words`${title} waits: ${answered(waits)}.`] as const],
        ),
    ).values(),
  ];
  const later = fitting(waiting, 'waiting offers', room, LIMIT.context);
  const unpressed = ready.slice(BUTTONS + MENU * MENUS).map(offerLine);
  return {
    left: [
      ...now.left,
      ...also.left,
      ...typed.left,
      ...later.left,
      ...unpressed.map((line) => ({ what: 'offers without a button', line })),
    ],
    blocks: [
      ...(typed.shown.length === 0
        ? []
        : [section([words`*To type: the bot may not do it*`, ...bullets(typed.shown)]), evidence(commands)]),
      ...headed(now.shown, first),
      ...buttons(row(ready)),
      ...(also.shown.length === 0 ? [] : [note([words`*Behind the three dots*`, ...bullets(also.shown)])]),
      ...(later.shown.length === 0 ? [] : [note(later.shown)]),
      ...buttons([
        { text: 'I have it', action: ACTIONS.acknowledge, value: id },
        { text: 'Call for help', action: ACTIONS.escalate, value: id },
        { text: 'Commands to type', action: ACTIONS.commands, value: id },
      ]),
    ],
  };
}

/** Recommended, and only people can do it. */
function isTyped({ lacks, recommended }: Offer): boolean {
  return lacks !== undefined && recommended !== null;
}

function typedLine({ title, recommended, lacks }: Offer): Words {
  return words`*${title}*. Recommended: ${recommended ?? ''}. ${capital(lacks ?? '')}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Somebody asks for the very same already, in the same world; until that is answered it is offered to nobody else. */
function isAsked(offer: Offer, all: readonly Offer[]): boolean {
  if (offer.requestedBy !== null) return false;
  return all.some(
    (other) =>
      other.requestedBy !== null &&
      other.action === offer.action &&
      other.targets.join() === offer.targets.join() &&
      expectedOf(other) === expectedOf(offer),
  );
}

function expectedOf({ binding }: Offer): string | null {
  return binding.kind === 'exact' ? binding.expected : null;
}

function isWanted({ recommended, requestedBy }: Offer): boolean {
  return recommended !== null || requestedBy !== null;
}

/** Nobody is urged to do what nothing speaks for. */
function headed(lines: readonly Words[], offers: readonly Offer[]): readonly KnownBlock[] {
  const of = (wanted: boolean) =>
    lines.filter((_line, place) => offers[place] !== undefined && isWanted(offers[place]) === wanted);
  const [now, also] = [of(true), of(false)];
  return [
    ...(now.length === 0 ? [] : [section([words`*Do now*`, ...bullets(now)])]),
    ...(also.length === 0 ? [] : [section([words`*Possible, not recommended now*`, ...bullets(also)])]),
  ];
}

function bullets(lines: readonly Words[]): readonly Words[] {
  return lines.map((line) => words`• ${line}`);
}

/** What waits for a second person first, then what is recommended, then the gentlest; the same for one more target last. */
function rank(offer: Offer, all: readonly Offer[]): number {
  if (offer.requestedBy !== null) return 0;
  const twin = all.find(({ action, requestedBy }) => action === offer.action && requestedBy === null);
  const again = twin === offer ? (offer.question ? 10 : 0) : 20;
  const tier = { safe: 0, disruptive: 1, guarded: 2 }[offer.tier];
  return (offer.recommended === null ? 10 : 1) + tier + again;
}

function offerLine(offer: Offer): Words {
  const asked =
    offer.requestedBy === null
      ? words``
      : words`${person(offer.requestedBy)} asks; a second person approves. `;
  const preview = joined(
    offer.preview.map((line) => words`${/[.!?…:]$/.test(line) ? line : `${line}.`}`),
    ' ',
  );
  const why = offer.recommended === null ? words`` : words` Recommended: ${offer.recommended}.`;
  return words`*${offer.title}*: ${asked}${preview} ${offer.binding.words}${why}`;
}

function row(ready: readonly Offer[]): readonly (ButtonLike | MenuLike)[] {
  const first = ready[0];
  const pressed = ready
    .slice(0, BUTTONS)
    .map((offer) =>
      offerButton(offer, ready, offer === first && (offer.recommended ?? offer.requestedBy) !== null),
    );
  const request = ready.find(({ requestedBy }) => requestedBy !== null);
  const refusals = request === undefined ? [] : [refusal(request)];
  const menus = Array.from({ length: MENUS }, (_, place) =>
    ready.slice(BUTTONS + place * MENU, BUTTONS + (place + 1) * MENU),
  ).filter(({ length }) => length > 0);
  return [...pressed, ...refusals, ...menus.map((some) => offerMenu(some, ready))];
}

function refusal({ id, title, preview }: Offer): ButtonLike {
  const lines = ['The request ends here and nothing is started.', ...preview];
  const confirm = { title: `Refuse “${title}”?`, lines, yes: 'Yes, refuse' };
  return { text: `Refuse: ${title}`, action: ACTIONS.refuse, value: id, confirm };
}

function offerButton(offer: Offer, all: readonly Offer[], primary: boolean): ButtonLike {
  const text = nameOf(offer, all);
  if (offer.fields.length > 0) return { text, action: ACTIONS.fill, value: offer.id };
  const confirm = {
    title: `${offer.title}?`,
    lines: dialogLines(offer),
    yes: offer.question ? 'Yes, ask' : 'Yes, run it',
  };
  return { text, action: ACTIONS.run, value: offer.id, primary, ...(asksFirst(offer) ? { confirm } : {}) };
}

/** A menu has one dialog for all its lines, so what asks first does so in a window of its own (see `listeners`). */
function offerMenu(some: readonly Offer[], all: readonly Offer[]): MenuLike {
  return {
    action: ACTIONS.run,
    options: some.map((offer) => ({ text: nameOf(offer, all), value: offer.id })),
  };
}

function nameOf(offer: Offer, all: readonly Offer[]): string {
  const { title, targets, requestedBy, fields } = offer;
  const twin = all.some((other) => other !== offer && other.title === title);
  const of = twin && targets.length === 1 ? `: ${targets[0]}` : '';
  if (fields.length > 0) return `${title}${of}…`;
  if (requestedBy !== null) return `Approve: ${title}${of}`;
  return `${title}${targets.length > 1 ? ` (${targets.length})` : of}`;
}

/** Whether a press must be answered with *yes* once more, after what would change was read. */
export function asksFirst(offer: Pick<Offer, 'tier' | 'targets' | 'question'>): boolean {
  return offer.question || effectiveTier(offer) !== 'safe';
}

const REST = 'The card says the rest.';

/**
 * What would change, before → after, what the runbook says of it, and what must still be true for it: whole lines for which a
 * dialog has room. The notes stand nowhere else; all other lines are on the card above the button.
 */
function dialogLines({ preview, notes = [], binding }: Offer): readonly string[] {
  const lines = [...preview, ...notes, binding.words];
  if (lines.join('\n').length <= LIMIT.dialog) return lines;
  let room = LIMIT.dialog - REST.length;
  const kept = [...notes, ...lines.filter((line) => !notes.includes(line))].filter((line) => {
    const fits = line.length < room;
    if (fits) room -= line.length + 1;
    return fits;
  });
  return [...lines.filter((line) => kept.includes(line)), REST];
}
