import type { Act } from '../../acts.ts';
import type { Json } from './json.ts';

/** What a person enters: words, a choice, several of them, or a time in epoch seconds. */
export type Entry = string | number | string[];

/** Where blocks stand, and how their inputs keep what is entered. */
export interface Surface {
  readonly target: Extract<Act, { do: 'click' }>['target'];
  /** What a form's input holds now; undefined in a message, which keeps nothing on the page. */
  readonly keptOf?: (blockId: string, actionId: string) => Json | undefined;
  readonly errorOf?: (blockId: string) => string | undefined;
  /** Entered; `settled` when the person has left the field. */
  readonly enter?: (blockId: string, actionId: string, entry: Entry, settled: boolean) => void;
}
