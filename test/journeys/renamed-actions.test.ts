import { exportTooLarge } from '../../sim/world/scenarios/exports.ts';
import { inventorySyncStopped } from '../../sim/world/scenarios/inventory-reservation.ts';
import { brokerAway, consumersStuck } from '../../sim/world/scenarios/kafka-lag.ts';
import { gatewayDown } from '../../sim/world/scenarios/payment-failures.ts';
import { returnsWindowWrong } from '../../sim/world/scenarios/returns.ts';
import { carrierDown } from '../../sim/world/scenarios/shipping-labels.ts';
import { journeys } from './renamed-support.ts';

/** More pages of the order service, a consumer group's deployment, and statuses that only these name. */
journeys([
  { scenario: gatewayDown, action: 'Retry payments', recoversAfter: 20, ordersPerHour: 240 },
  { scenario: inventorySyncStopped, action: 'Resync the inventory' },
  { scenario: carrierDown, action: 'Make the label again', recoversAfter: 0 },
  { scenario: consumersStuck, action: 'Restart the consumers' },
  { scenario: brokerAway, action: 'Replay dead letters', recoversAfter: 0 },
  {
    scenario: returnsWindowWrong,
    action: 'Extend return window',
    answers: { days: '14', reason: 'The service counts its days wrongly.' },
    guarded: true,
  },
  { scenario: exportTooLarge, action: 'New export', answers: {} },
]);
