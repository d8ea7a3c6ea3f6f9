import type { Said } from './post.ts';

/** Slack answers and lets the bot say nothing to anybody: its token was taken back, or the app removed. */
const LOCKED_OUT = /: (token_revoked|token_expired|invalid_auth|not_authed|account_inactive)$/;

/** Nobody can be told anything where the cards stand. */
const NO_CHANNEL = /channel_not_found|is_archived|not_in_channel|restricted_action|has no public channel/;

/** Whether Slack answers what the background voice says, and lets its cards stand. Real time. */
export function createReach() {
  let silent: number | null = null;
  /** Since when the alerts channel is closed to the cards. */
  let shutOut: number | null = null;
  let answered = false;

  function heard(said: Said, began: number): void {
    if (said.kind === 'unsure' || (said.kind === 'refused' && LOCKED_OUT.test(said.because))) {
      silent ??= began;
      return;
    }
    silent = null;
    answered = true;
  }

  return {
    /** What one call came to; a refusal of what was said and *not now* are answers too. `began`: when it was sent. */
    heard,
    /** The same of a card, whose place is the alerts channel. */
    card(said: Said, began: number): void {
      heard(said, began);
      if (said.kind === 'shown') shutOut = null;
      if (said.kind === 'refused' && NO_CHANNEL.test(said.because)) shutOut ??= began;
    },
    /** Since when nothing was answered, or no card taken, although something had to be said; null while all is. */
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
