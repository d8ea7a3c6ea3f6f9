import { somePod } from '../state.ts';
import { freeStuck, plantStuck, type Scenario } from './scenario.ts';

const MINUTE = 60_000;
const FROM = 165 * MINUTE;
const TO = 140 * MINUTE;
const STUCK = 22;

export const eventsLost: Scenario = {
  id: 'events-lost',
  causes: ['3.C1'],
  runbook: 'stuck-orders',
  title: 'For 25 minutes no order events reached Kafka; 22 orders wait for a workflow that never started.',
  alert: {
    alertname: 'OrdersStuckInProcessing',
    code: 'ORDER_PROCESSING_TIMEOUT',
    severity: 'medium',
    summary: 'Orders have been in processing for more than two hours',
    startsAgoMs: 35 * MINUTE,
  },
  start(state, now) {
    plantStuck(state, {
      label: this.id,
      count: STUCK,
      from: now - FROM,
      to: now - TO,
      eventLost: true,
      each(order) {
        order.errorCode = 'ORDER_PROCESSING_TIMEOUT';
        const pod = somePod(state, 'order-service', order.id);
        state.counters.add('events_publish_failures_total', { pod });
        state.logs.write(
          order.updatedAt,
          pod,
          'ERROR',
          `kafka:publish code=KAFKA_PUBLISH_FAILED topic=order-events order=${order.id} type=fulfillment.requested error="TimeoutException: expired 1 record(s)"`,
        );
      },
    });
  },
  end(state, now) {
    freeStuck(state, now);
  },
};
