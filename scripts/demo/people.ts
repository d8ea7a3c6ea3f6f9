import type { Persona } from '../../sim/page/shapes.ts';
import type { SimulatedSlack } from '../../sim/slack/simulated-slack.ts';

const ONCALL = 'U0MARA';
const MANAGER = 'U0JONAS';
const BYSTANDER = 'U0PRIYA';

/** Whom the visitor of the page can be. */
export const PERSONAS: readonly Persona[] = [
  { id: ONCALL, role: 'On call: may approve safe actions' },
  { id: MANAGER, role: 'Manager: may approve guarded actions' },
  { id: BYSTANDER, role: 'Bystander: may look and call for help' },
];

/** `oms.yaml` of the pretend company. */
export const YAML = `
environment: prod
trustedSenders: [Alertmanager]
approvals:
  responders: [${ONCALL}]
  approvers: [${MANAGER}]
  managers: [${MANAGER}]
people:
  teamLead: jonas@shop.example
actions:
  rollback: on
payments:
  expiryAnnotation: oms.example.com/expires-at
admin:
  exports: /admin/exports
  failedEvents: /admin/events/failed
  inventoryItem: /admin/inventory/items/{id}
  return: /admin/returns/{id}
metrics:
  requests: http_requests_total
  duration: http_request_duration_seconds
  paymentAttempts: payment_attempts_total
  paymentDeclines: payment_declines_total
  reservationAttempts: inventory_reservation_attempts_total
  publishFailed: events_publish_failures_total
  bufferFree: kafka_producer_buffer_available_bytes
  bufferTotal: kafka_producer_buffer_total_bytes
logPatterns:
  workflow: {}
kafka:
  parkedTopic: order-events-parked
  orderEvents: [order.created, payment.captured, fulfillment.requested]
  consumers:
    notification-consumer: { deployment: notification-service, selector: app=notification-service }
    order-inventory-consumer: { deployment: inventory-consumer, selector: app=inventory-consumer }
redis:
  lockTtlSeconds: 3600
returns:
  received: received
carriers:
  expiryAnnotation: oms.example.com/expires-at
  countries: { swiftpost: [US, CA, GB, DE] }
channels:
  warehouse: "#warehouse"
links:
  dashboard: https://grafana.example.com/d/order-service
  runbook: https://wiki.example.com/runbooks/orders
`;

/** The people and channels of the pretend company. */
export function furnish(slack: SimulatedSlack): void {
  slack.addUser({ id: ONCALL, name: 'mara', realName: 'Mara Lindqvist', email: 'mara@shop.example' });
  slack.addUser({ id: MANAGER, name: 'jonas', realName: 'Jonas Okafor', email: 'jonas@shop.example' });
  slack.addUser({ id: BYSTANDER, name: 'priya', realName: 'Priya Raman', email: 'priya@shop.example' });
  for (const name of [
    'orders-alerts',
    'orders-team',
    'payments',
    'catalog-team',
    'platform-eng',
    'warehouse',
  ])
    slack.addChannel(name);
}
