import type { Json } from '../state/types.ts';

/** One payload on its way to the app. */
export interface Delivery {
  readonly type: 'events_api' | 'interactive' | 'slash_commands';
  readonly payload: Json;
  /** What the app acknowledges with is looked at. */
  readonly acceptsAnswer: boolean;
  readonly retry: { readonly attempt: number; readonly reason: string };
}

export type Answer =
  | { readonly ok: true; readonly payload: Json }
  /** `noRetry`: the app asked not to be sent this again (HTTP). */
  | { readonly ok: false; readonly reason: string; readonly noRetry?: boolean };

/** Brings a payload to the app and waits for its acknowledgement, at most `ackMs`. Never throws. */
export interface Transport {
  send(delivery: Delivery): Promise<Answer>;
  stop(): void;
}
