import { type CompanyNames, called } from '../world/names.ts';
import { ORDER_STATUSES } from '../world/order.ts';
import type { WorldSnapshot } from '../world/snapshot.ts';
import { BOUNDS, type RouteFigures } from '../world/traffic.ts';

const HELP = {
  orders_created_total: 'Orders created.',
  workflow_retries_total: 'Workflows started again through the admin API.',
  workflow_failures_total: 'Workflows that ended without shipping.',
  events_published_total: 'Events that Kafka accepted.',
  events_publish_failures_total: 'Events that Kafka did not accept.',
  webhook_deliveries_total: 'Webhooks to the warehouse by what it answered.',
  labels_total: 'Shipping labels by what came of them.',
} as const satisfies Record<WorldSnapshot['counters'][number]['name'], string>;

/** What one pod shows in Prometheus' text format, version 0.0.4: its own payments and reservations, and the world that all of them see. */
export function metricsText(world: WorldSnapshot, pod: string, names: CompanyNames): string {
  const lines: string[] = [];
  const rate = (share: number) => (names.ratesIn === 'share' ? share : share * 100);
  const mine = world.paymentsByPod[pod];
  if (mine !== undefined) {
    lines.push(
      '# HELP payment_attempts_total Payments tried at the gateway.',
      '# TYPE payment_attempts_total counter',
      `payment_attempts_total ${mine.attempts}`,
      '# HELP payment_declines_total Payments that the customer’s bank declined.',
      '# TYPE payment_declines_total counter',
      `payment_declines_total ${mine.declines}`,
      '# HELP payment_success_rate Successes of the last 5 minutes, declines left out; 0 to 1.',
      '# TYPE payment_success_rate gauge',
      `payment_success_rate ${rate(mine.successRate)}`,
    );
  }
  const reserved = world.reservationsByPod[pod];
  if (reserved !== undefined) {
    lines.push(
      '# HELP inventory_reservation_attempts_total Reservations that were tried.',
      '# TYPE inventory_reservation_attempts_total counter',
      `inventory_reservation_attempts_total ${reserved.attempts}`,
      '# HELP inventory_reservation_success Successes of the last 5 minutes; 0 to 1.',
      '# TYPE inventory_reservation_success gauge',
      `inventory_reservation_success ${rate(reserved.successRate)}`,
    );
  }
  for (const [name, help] of Object.entries(HELP)) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
    const found = world.counters.filter(
      (counter) => counter.name === name && (counter.labels['pod'] ?? pod) === pod,
    );
    for (const { labels: all, value } of found) {
      const { pod: _pod, ...labels } = all;
      lines.push(`${name}${labelText(labels)} ${value}`);
    }
    if (found.length === 0 && !LABELLED.has(name)) lines.push(`${name} 0`);
  }
  lines.push(...requestLines(names, world.trafficByPod[pod] ?? []));
  const pool = world.poolsByPod[pod];
  if (pool !== undefined) {
    lines.push(
      '# HELP db_pool_active Connections of the pool that are in use.',
      '# TYPE db_pool_active gauge',
      `db_pool_active ${pool.active}`,
      '# HELP db_pool_size Connections that the pool has at most.',
      '# TYPE db_pool_size gauge',
      `db_pool_size ${pool.size}`,
    );
  }
  const buffer = world.producers[pod];
  if (buffer !== undefined) {
    lines.push(
      '# HELP kafka_producer_buffer_total_bytes Memory for events that are not sent yet.',
      '# TYPE kafka_producer_buffer_total_bytes gauge',
      `kafka_producer_buffer_total_bytes ${buffer.total}`,
      '# HELP kafka_producer_buffer_available_bytes What is free of it.',
      '# TYPE kafka_producer_buffer_available_bytes gauge',
      `kafka_producer_buffer_available_bytes ${buffer.free}`,
    );
  }
  lines.push('# HELP orders Orders by status.', '# TYPE orders gauge');
  for (const status of ORDER_STATUSES) {
    lines.push(
      `orders${labelText({ status: called(names.orders.statuses, status) })} ${world.orders.byStatus[status] ?? 0}`,
    );
  }
  lines.push(
    '# HELP orders_stuck Orders in processing for more than two hours.',
    '# TYPE orders_stuck gauge',
  );
  lines.push(`orders_stuck ${world.orders.stuck}`);
  return `${lines.map((line) => inWordsOf(names, line)).join('\n')}\n`;
}

/** The metric of a line, and of what is said of it, as the company calls it. */
function inWordsOf({ metrics }: CompanyNames, line: string): string {
  return line.replace(
    /^(# \w+ )?([a-z_]+?)((?:_bucket|_sum|_count)?(?=[ {]))/,
    (_all, before = '', name, after) => `${before}${called(metrics, name)}${after}`,
  );
}

function requestLines(names: CompanyNames, routes: readonly RouteFigures[]): readonly string[] {
  const routeLabel = called(names.metricLabels, 'route');
  const statusLabel = called(names.metricLabels, 'status');
  const scale = names.durationIn === 'seconds' ? 1 : 1_000;
  const counts = routes.flatMap(({ route, statuses }) =>
    Object.entries(statuses)
      .filter(([, count]) => count > 0)
      .map(
        ([status, count]) =>
          `http_requests_total${labelText({ [routeLabel]: route, [statusLabel]: status })} ${count}`,
      ),
  );
  const durations = routes.flatMap(({ route, statuses, within, seconds }) => {
    const total = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    const name = 'http_request_duration_seconds';
    return [
      ...BOUNDS.map(
        (le, place) =>
          `${name}_bucket${labelText({ [routeLabel]: route, le: String(le * scale) })} ${within[place] ?? 0}`,
      ),
      `${name}_bucket${labelText({ [routeLabel]: route, le: '+Inf' })} ${total}`,
      `${name}_sum${labelText({ [routeLabel]: route })} ${(seconds * scale).toFixed(3)}`,
      `${name}_count${labelText({ [routeLabel]: route })} ${total}`,
    ];
  });
  return [
    '# HELP http_requests_total Requests answered, by route and status.',
    '# TYPE http_requests_total counter',
    ...counts,
    '# HELP http_request_duration_seconds How long they took.',
    '# TYPE http_request_duration_seconds histogram',
    ...durations,
  ];
}

/** A counter with labels has no series before its first event. */
const LABELLED: ReadonlySet<string> = new Set([
  'workflow_failures_total',
  'webhook_deliveries_total',
  'labels_total',
]);

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
