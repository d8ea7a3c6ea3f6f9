import { shortened, type Words, words } from './words.ts';

/** How much a card may say; the next one says less. What is healthy goes first, what is broken last. */
export interface Room {
  readonly healthy: boolean;
  /** Why a system could not be asked; which one could not is never left out. */
  readonly blind: boolean;
  /** Why a cause is supported; that it is one is never left out. */
  readonly reasons: boolean;
  /** Lines of one list. */
  readonly lines: number;
  /** Characters of one line. */
  readonly width: number;
}

const WHOLE: Room = { healthy: true, blind: true, reasons: true, lines: 30, width: 500 };

export const ROOMS: readonly Room[] = [
  WHOLE,
  { ...WHOLE, healthy: false },
  { ...WHOLE, healthy: false, blind: false },
  { ...WHOLE, healthy: false, blind: false, reasons: false },
  { healthy: false, blind: false, reasons: false, lines: 8, width: 250 },
  { healthy: false, blind: false, reasons: false, lines: 3, width: 120 },
];

/** Something that a card had no room for, whole, and the word under which it is counted. */
export interface Left {
  readonly what: string;
  readonly line: Words;
}

export interface Fitted {
  readonly shown: readonly Words[];
  readonly left: readonly Left[];
}

/** The lines that fit into so many characters; one that is cut short counts among those left out. */
export function fitting(lines: readonly Words[], what: string, room: Room, most: number): Fitted {
  const shown: Words[] = [];
  const left: Left[] = [];
  let length = 0;
  let full = false;
  for (const line of lines) {
    const short = shortened(line, room.width);
    length += short.text.length + 1;
    // Once full, nothing smaller slips in behind: the order of the lines says what matters.
    full ||= shown.length >= room.lines || length > most;
    if (!full) shown.push(short);
    if (full || short.text !== line.text) left.push({ what, line });
  }
  return { shown, left };
}

/** *41 broken, 13 healthy*: what is missing, in one line; null when nothing is. */
export function leftLine(left: readonly Left[]): Words | null {
  if (left.length === 0) return null;
  const kinds = [...new Set(left.map(({ what }) => what))];
  const counts = kinds.map((kind) => `${left.filter(({ what }) => what === kind).length} ${kind}`);
  return words`Cut short or left out here: ${counts.join(', ')}. All of it stands in the card’s thread.`;
}
