/** Remembers how to close what was opened; closes it in reverse order. */
export interface Closers {
  add(close: () => Promise<unknown>): void;
  /** Closes everything, also when something of it fails. */
  close(): Promise<void>;
}

export function createClosers(): Closers {
  const closers: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => void closers.push(close),
    async close() {
      for (const close of closers.splice(0).reverse())
        await close().catch((err: unknown) => console.error('oms-bot demo: while ending:', err));
    },
  };
}
