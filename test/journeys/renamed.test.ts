import { connectionLeak } from '../../sim/world/scenarios/database-pool.ts';
import { eventsLost } from '../../sim/world/scenarios/events-lost.ts';
import { exportHangs } from '../../sim/world/scenarios/exports.ts';
import { staleLocks } from '../../sim/world/scenarios/inventory-reservation.ts';
import { bufferFull } from '../../sim/world/scenarios/kafka-lag.ts';
import { memoryLimitLow } from '../../sim/world/scenarios/memory.ts';
import { keyRotated } from '../../sim/world/scenarios/payment-failures.ts';
import { refundsGatewayDown } from '../../sim/world/scenarios/refunds.ts';
import { returnsEngineCrash } from '../../sim/world/scenarios/returns.ts';
import { carrierCredentialsExpired } from '../../sim/world/scenarios/shipping-labels.ts';
import { journeys } from './renamed-support.ts';

/** What cures each runbook's trouble soonest. */
journeys([
  { scenario: keyRotated, action: 'Restart the service' },
  { scenario: staleLocks, action: 'Clear stale locks', answers: {} },
  { scenario: eventsLost, action: 'Republish events' },
  { scenario: refundsGatewayDown, action: 'Retry refund', recoversAfter: 0 },
  {
    scenario: carrierCredentialsExpired,
    action: 'Put the staged credentials in use',
    answers: { reason: 'The key ran out last night.' },
    guarded: true,
    restarts: true,
  },
  { scenario: connectionLeak, action: 'Restart the service' },
  { scenario: bufferFull, action: 'Restart the service' },
  { scenario: memoryLimitLow, action: 'Raise the memory limit', answers: {} },
  { scenario: returnsEngineCrash, action: 'Retry return workflow' },
  { scenario: exportHangs, action: 'Cancel the export' },
]);
