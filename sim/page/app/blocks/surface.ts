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

/** What an entry looks like before Slack has made its value object of it. */
export function shownAs(entry: Entry): Json {
  if (Array.isArray(entry)) return { selected_options: entry.map((value) => ({ value })) };
  if (typeof entry === 'number') return { selected_date_time: entry };
  return { selected_option: { value: entry }, value: entry };
}
