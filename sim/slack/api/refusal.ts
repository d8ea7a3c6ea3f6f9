import type { Json } from '../state/types.ts';

/** Slack's answer to a call that it does not do: `ok: false` with this error. */
export class Refusal extends Error {
  readonly error: string;
  readonly more: Json;
  /** Seconds; with it the answer is HTTP 429. */
  readonly retryAfter: number | null;

  constructor(error: string, more: Json = {}, retryAfter: number | null = null) {
    super(error);
    this.name = 'Refusal';
    this.error = error;
    this.more = more;
    this.retryAfter = retryAfter;
  }
}

/** Refuses with explanations, in the form in which Slack gives them. */
export function refuseWith(error: string, messages: readonly string[]): Refusal {
  if (messages.length === 0) return new Refusal(error);
  const lines = messages.map((message) => `[ERROR] ${message}`);
  return new Refusal(error, {
    ...(error === 'invalid_blocks' ? { errors: messages } : {}),
    response_metadata: { messages: lines },
  });
}
