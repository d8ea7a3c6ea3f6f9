/** One way in which a pretend system misbehaves. Milliseconds and seconds are real time. */
export type Fault =
  /** The connection is torn down at once; the handler does not run. */
  | { readonly mode: 'down' }
  /** The answer takes so long. Somebody who hangs up before that caused nothing. */
  | { readonly mode: 'slow'; readonly ms: number }
  /** This status instead of the handler. */
  | { readonly mode: 'status'; readonly status: number; readonly body?: unknown }
  /** 200, said to be JSON, and is not. The handler does not run. */
  | { readonly mode: 'garbage' }
  /** The handler runs; status, headers and half of the body arrive, then the connection breaks. */
  | { readonly mode: 'cut' }
  /** The handler runs; nothing of its answer arrives. */
  | { readonly mode: 'lost' }
  /** The handler runs after `ms`, also when the caller has hung up long ago. */
  | { readonly mode: 'late'; readonly ms: number }
  /** 429 with `Retry-After`. */
  | { readonly mode: 'rate-limited'; readonly retryAfterS: number };

export interface FaultRule {
  /** Without it every request matches. */
  readonly match?: { readonly method?: string; readonly path?: RegExp };
  readonly fault: Fault;
  /** How many requests it hits; without it, until it is taken back. */
  readonly times?: number;
}

export interface Faults {
  /** Adds a rule; the returned function takes it back. The oldest rule that matches wins. */
  add(rule: FaultRule): () => void;
  /** Takes back all rules. */
  clear(): void;
}

export interface FaultTable extends Faults {
  /** The fault for this request, if any; counts it as used. */
  take(method: string, path: string): Fault | null;
}

export function createFaults(): FaultTable {
  let rules: { rule: FaultRule; left: number }[] = [];
  return {
    add(rule) {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.push(entry);
      return () => {
        rules = rules.filter((other) => other !== entry);
      };
    },
    clear() {
      rules = [];
    },
    take(method, path) {
      const hit = rules.find((entry) => entry.left > 0 && matches(entry.rule, method, path));
      if (hit === undefined) return null;
      hit.left -= 1;
      if (hit.left <= 0) rules = rules.filter((other) => other !== hit);
      return hit.rule.fault;
    },
  };
}

function matches({ match }: FaultRule, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) return false;
  // `search` ignores `lastIndex`, so a pattern with the g flag matches every time.
  return match?.path === undefined || path.search(match.path) >= 0;
}
