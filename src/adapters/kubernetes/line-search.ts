import { stripVTControlCharacters } from 'node:util';

export const NEWLINE = 10;
/** Bytes of one line that are kept; of a longer one its beginning, where the time stands, and what is around the match. */
const LONGEST = 8_000;
const HEAD = 200;
const AROUND = 1_000;

/** Looks for lines in a stream of bytes without making text of those that nobody asked for. */
export interface LineSearch {
  /** A piece may end anywhere, also inside of a letter. */
  add(piece: Uint8Array): void;
  /** The last line has no end of its own. */
  end(): void;
}

/** @param containing plain texts; a line counts once, however many of them it contains */
export function lineSearch(containing: readonly string[], found: (line: string) => void): LineSearch {
  const needles = containing.map((text) => Buffer.from(text));
  let open: Buffer[] = [];

  /** Whole lines; the last one without its end. */
  function scan(block: Buffer): void {
    const next = needles.map((needle) => block.indexOf(needle));
    let from = 0;
    while (from < block.length) {
      let at = -1;
      for (const [place, needle] of needles.entries()) {
        let here = next[place] ?? -1;
        if (here !== -1 && here < from) here = block.indexOf(needle, from);
        next[place] = here;
        if (here !== -1 && (at === -1 || here < at)) at = here;
      }
      if (at === -1) return;
      const start = at === 0 ? 0 : block.lastIndexOf(NEWLINE, at - 1) + 1;
      const stop = block.indexOf(NEWLINE, at);
      const end = stop === -1 ? block.length : stop;
      found(textOf(block.subarray(start, end), at - start));
      from = end + 1;
    }
  }

  return {
    add(piece) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      const first = bytes.indexOf(NEWLINE);
      if (first === -1) {
        open.push(bytes);
        return;
      }
      scan(Buffer.concat([...open, bytes.subarray(0, first)]));
      const last = bytes.lastIndexOf(NEWLINE);
      if (last > first) scan(bytes.subarray(first + 1, last));
      open = [bytes.subarray(last + 1)];
    },
    end() {
      scan(Buffer.concat(open));
      open = [];
    },
  };
}

/** Colours are for terminals: they would part a word from its number. */
function textOf(line: Buffer, match: number): string {
  if (line.length <= LONGEST) return stripVTControlCharacters(line.toString('utf8'));
  const from = match < LONGEST - AROUND ? 0 : match - AROUND;
  const piece = line.subarray(from, from + LONGEST).toString('utf8');
  const head = from === 0 ? '' : `${line.subarray(0, HEAD).toString('utf8')} … `;
  return stripVTControlCharacters(`${head}${piece} …`);
}
