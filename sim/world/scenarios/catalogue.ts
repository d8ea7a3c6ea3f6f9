import { blockingQuery, connectionLeak, databaseRestarted, smallPool } from './database-pool.ts';
import { eventsLost } from './events-lost.ts';
import { exportHangs, exportOutOfMemory, exportQuerySlow, exportTooLarge, uploadRefused } from './exports.ts';
import {
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
import { exportEatsMemory, memoryLeak, memoryLimitLow, queryEatsMemory } from './memory.ts';
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
import { returnsEngineCrash, returnsHeld, returnsWindowWrong, returnsWithoutLabel } from './returns.ts';
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

/** Every story that can be started, in the order in which people see them. */
export const scenarios: readonly Scenario[] = [
  workflowEngineCrash,
  webhookRefused,
  eventsLost,
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
  staleLocks,
  inventorySyncStopped,
  reservationsSlow,
  stockCorrected,
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
  databaseRestarted,
  memoryLeak,
  memoryLimitLow,
  exportEatsMemory,
  queryEatsMemory,
];

export function findScenario(id: string): Scenario | null {
  return scenarios.find((scenario) => scenario.id === id) ?? null;
}
