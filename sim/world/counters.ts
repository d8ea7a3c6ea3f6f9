/** Counters that only rise, as Prometheus has them. */
export interface Counters {
  add(name: CounterName, labels?: Readonly<Record<string, string>>): void;
  /** One less, for what a scenario says never happened. */
  takeBack(name: CounterName, labels?: Readonly<Record<string, string>>): void;
  all(): readonly Counter[];
}

export type CounterName =
  | 'orders_created_total'
  | 'workflow_retries_total'
  | 'workflow_failures_total'
  | 'events_published_total'
  | 'events_publish_failures_total'
  | 'webhook_deliveries_total'
  | 'labels_total';

export interface Counter {
  readonly name: CounterName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function createCounters(): Counters {
  const counters = new Map<string, Counter>();

  function change(name: CounterName, labels: Counter['labels'], by: 1 | -1): void {
    const key = `${name} ${JSON.stringify(labels)}`;
    counters.set(key, { name, labels, value: Math.max(0, (counters.get(key)?.value ?? 0) + by) });
  }

  return {
    add(name, labels = {}) {
      change(name, labels, 1);
    },
    takeBack(name, labels = {}) {
      change(name, labels, -1);
    },
    all() {
      return [...counters.values()].sort((one, other) => one.name.localeCompare(other.name));
    },
  };
}
