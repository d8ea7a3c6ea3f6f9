/** Counters that only rise, as Prometheus has them. */
export interface Counters {
  add(name: CounterName, labels?: Readonly<Record<string, string>>): void;
  all(): readonly Counter[];
}

export type CounterName =
  | 'orders_created_total'
  | 'payment_attempts_total'
  | 'payment_declines_total'
  | 'workflow_retries_total'
  | 'workflow_failures_total'
  | 'events_published_total'
  | 'events_publish_failures_total'
  | 'webhook_deliveries_total';

export interface Counter {
  readonly name: CounterName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function createCounters(): Counters {
  const counters = new Map<string, Counter>();
  return {
    add(name, labels = {}) {
      const key = `${name} ${JSON.stringify(labels)}`;
      counters.set(key, { name, labels, value: (counters.get(key)?.value ?? 0) + 1 });
    },
    all() {
      return [...counters.values()].sort((one, other) => one.name.localeCompare(other.name));
    },
  };
}
