/** Many changes at once are told as one. */
export interface Changes {
  readonly changed: () => void;
  subscribe(listener: () => void): () => void;
  stop(): void;
}

/** @param afterMs what happens within this time after a change is told with it */
export function createChanges(afterMs: number): Changes {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | null = null;
  return {
    changed() {
      timer ??= setTimeout(() => {
        timer = null;
        for (const listener of [...listeners]) listener();
      }, afterMs);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      listeners.clear();
    },
  };
}
