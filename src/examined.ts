/** What one system says of itself and of what the configuration calls its parts; one sentence each. */
export interface Examined {
  readonly system: string;
  readonly fine: readonly string[];
  readonly trouble: readonly string[];
  /** What cannot be done, and why; nobody's fault. */
  readonly skipped: readonly string[];
}

/** One question may take so long, ms. */
const ASK_MS = 8_000;

/** Collects what is said about one system. */
export interface Notes {
  readonly fine: string[];
  readonly trouble: string[];
  readonly skipped: string[];
}
export const soon = () => AbortSignal.timeout(ASK_MS);
