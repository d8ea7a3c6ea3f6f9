import type { Freeze } from '../domain/freeze.ts';
import { type Message, message, section } from './kit.ts';
import { clock, person, type Words, words } from './words.ts';

/** What became of a freeze, for the channel. */
export function freezeNews(change: string, freeze: Freeze, by: string): Message {
  const line = newsLine(change, freeze, by);
  return message(line, [section([line])]);
}

/** One line for a card: what holds while it lasts. */
export function freezeLine({ until, by, reason, liftAskedBy }: Freeze): Words {
  const asked =
    liftAskedBy === null
      ? words``
      : words` ${person(liftAskedBy)} asks to lift it; a second responder is needed.`;
  return words`*Frozen* until ${clock(until)} by ${person(by)}: ${reason}. Nothing is started until then.${asked}`;
}

function newsLine(change: string, freeze: Freeze, by: string): Words {
  switch (change) {
    case 'lift asked':
      return words`${person(by)} asks to lift the freeze. A second responder has to type \`/oms unfreeze\` too; until then nothing is started.`;
    case 'lifted':
      return words`The freeze is lifted by ${lifters(freeze, by)}; buttons work again.`;
    case 'ended':
      return words`The freeze of ${person(freeze.by)} is over; buttons work again.`;
    default:
      return freezeLine(freeze);
  }
}

function lifters({ liftAskedBy }: Freeze, by: string): Words {
  return liftAskedBy === null || liftAskedBy === by
    ? person(by)
    : words`${person(liftAskedBy)} and ${person(by)}`;
}
