import { createContext, useContext } from 'react';
import type { Act } from '../acts.ts';
import type { Acted, Jump, PageState } from '../shapes.ts';

/** What every part of the page works with. */
export interface Desk {
  readonly state: PageState;
  /** Does it; what goes wrong is shown by itself. */
  readonly run: (doing: Act) => Promise<Acted>;
}

const Context = createContext<Desk | null>(null);
export const DeskProvider = Context.Provider;

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (desk === null) throw new Error('There is no desk here.');
  return desk;
}

/** The story's time of something that really happened at `at`, both epoch ms. */
export function storyTime(at: number, jumps: readonly Jump[]): number {
  const offset = jumps.findLast((jump) => jump.at <= at)?.offsetMs ?? 0;
  return at + offset;
}

/** `14:05` in the reader's time zone. */
export function clockText(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** Epoch ms of a Slack ts. */
export function msOf(ts: string): number {
  return Number(ts) * 1_000;
}

/** The name of a person or an app's bot, as the page calls them. */
export function nameOf(state: PageState, user: string): string {
  return state.users.find(({ id }) => id === user)?.realName ?? user;
}
