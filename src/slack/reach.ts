import type { Said } from './post.ts';

/** Slack answers and lets the bot say nothing to anybody: its token was taken back, or the app removed. */
const LOCKED_OUT = /: (token_revoked|token_expired|invalid_auth|not_authed|account_inactive)$/;

/** Whether Slack answers what the background voice says. Real time. */
export function createReach() {
  let silent: number | null = null;
  let answered = false;
  return {
    /** What one call came to; a refusal of what was said and *not now* are answers too. `began`: when it was sent. */
    heard(said: Said, began: number): void {
      if (said.kind === 'unsure' || (said.kind === 'refused' && LOCKED_OUT.test(said.because))) {
        silent ??= began;
        return;
      }
      silent = null;
      answered = true;
    },
    /** Since when nothing was answered although something had to be said; null while it answers. */
    silentSince: () => silent,
    /** Whether it has answered at all since somebody last forgot. */
    answered: () => answered,
    /** Somebody else speaks now: what was seen here says nothing any more. */
    forget(): void {
      silent = null;
      answered = false;
    },
  };
}

export type Reach = ReturnType<typeof createReach>;
