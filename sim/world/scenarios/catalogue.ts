import {
  blockingQuery,
  connectionLeak,
  databaseRestarted,
  smallPool,
  trafficJumped,
} from './database-pool.ts';
import { eventsLost } from './events-lost.ts';
import { exportHangs, exportOutOfMemory, exportQuerySlow, exportTooLarge, uploadRefused } from './exports.ts';
import {
  crowdCollides,
  inventorySyncStopped,
  reservationsSlow,
  staleLocks,
  stockCorrected,
} from './inventory-reservation.ts';
import {
  brokerAway,
  bufferFull,
  consumersStuck,
  kafkaCutOff,
  poisonMessage,
  replicasBehind,
} from './kafka-lag.ts';
import {
  exportEatsMemory,
  leakyRelease,
  memoryLeak,
  memoryLimitLow,
  queryEatsMemory,
  wastefulRoute,
} from './memory.ts';
import {
  declines,
  gatewayDown,
  keyRotated,
  networkOnePod,
  networkPath,
  rateLimited,
} from './payment-failures.ts';
import {
  refundAboveCharge,
  refundLimit,
  refundMethodGone,
  refundsCutOff,
  refundsGatewayDown,
  refundsThrottled,
} from './refunds.ts';
import {
  returnsEngineCrash,
  returnsEngineRefuses,
  returnsHeld,
  returnsViolate,
  returnsWindowWrong,
  returnsWithoutLabel,
} from './returns.ts';
import type { Scenario } from './scenario.ts';
import {
  carrierCredentialsExpired,
  carrierDown,
  countryNotServed,
  invalidAddresses,
  parcelsIncomplete,
} from './shipping-labels.ts';
import { webhookRefused } from './webhook-refused.ts';
import { workflowEngineCrash } from './workflow-engine-crash.ts';
import { illegalTransitions, transactionTimeouts } from './workflow-refused.ts';

/** Every story that can be started, in the order in which people see them. */
export const scenarios: readonly Scenario[] = [
  workflowEngineCrash,
  webhookRefused,
  eventsLost,
  illegalTransitions,
  transactionTimeouts,
  gatewayDown,
  networkPath,
  networkOnePod,
  keyRotated,
  rateLimited,
  declines,
  refundsGatewayDown,
  refundsThrottled,
  refundLimit,
  refundMethodGone,
  refundAboveCharge,
  refundsCutOff,
  returnsHeld,
  returnsEngineCrash,
  returnsWindowWrong,
  returnsWithoutLabel,
  returnsEngineRefuses,
  returnsViolate,
  staleLocks,
  inventorySyncStopped,
  reservationsSlow,
  stockCorrected,
  crowdCollides,
  carrierCredentialsExpired,
  carrierDown,
  invalidAddresses,
  parcelsIncomplete,
  countryNotServed,
  consumersStuck,
  poisonMessage,
  brokerAway,
  kafkaCutOff,
  bufferFull,
  replicasBehind,
  uploadRefused,
  exportTooLarge,
  exportHangs,
  exportOutOfMemory,
  exportQuerySlow,
  connectionLeak,
  blockingQuery,
  smallPool,
  trafficJumped,
  databaseRestarted,
  memoryLeak,
  memoryLimitLow,
  wastefulRoute,
  leakyRelease,
  exportEatsMemory,
  queryEatsMemory,
];

export function findScenario(id: string): Scenario | null {
  return scenarios.find((scenario) => scenario.id === id) ?? null;
}
