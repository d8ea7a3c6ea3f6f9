import { NOT_THERE } from './channels.ts';
import type { Said } from './post.ts';

/** Slack answers and lets the bot say nothing to anybody: its token was taken back, or the app removed. */
const LOCKED_OUT = /: (token_revoked|token_expired|invalid_auth|not_authed|account_inactive)$/;

/** Nobody can be told anything where the cards stand; the last are our own words for a channel that was looked for. */
const NO_CHANNEL = new RegExp(`${NOT_THERE.source}|restricted_action|has no public channel`);

/** Whether Slack answers the background voice, and lets its cards stand. Real time. */
export function createReach() {
  let silent: number | null = null;
  /** Since when the alerts channel is closed to the cards. */
  let shutOut: number | null = null;
  let answered = false;

  /** What one call came to; a refusal of what was said and *not now* are answers too. */
  function heard(said: Said): boolean {
    const away = said.kind === 'unsure' || (said.kind === 'refused' && LOCKED_OUT.test(said.because));
    if (!away) answered = true;
    return !away;
  }

  return {
    /** Of a message that is no card: one that Slack cannot say while the cards are taken is no outage. */
    heard,
    /** Of a card, whose place is the alerts channel. `began`: when it was sent. */
    card(said: Said, began: number): void {
      if (heard(said)) silent = null;
      else silent ??= began;
      if (said.kind === 'shown') shutOut = null;
      if (said.kind === 'refused' && NO_CHANNEL.test(said.because)) shutOut ??= began;
    },
    /** Since when no card was answered, or taken, although one had to be said; null while all are. */
    silentSince: () => silent ?? shutOut,
    /** Whether it has answered, and takes cards, since somebody last forgot. */
    answered: () => answered && shutOut === null,
    /** Somebody else speaks now: what was seen here says nothing any more. */
    forget(): void {
      silent = null;
      shutOut = null;
      answered = false;
    },
  };
}

export type Reach = ReturnType<typeof createReach>;
