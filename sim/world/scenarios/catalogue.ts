import { blockingQuery, connectionLeak, databaseRestarted, smallPool } from './database-pool.ts';
import { eventsLost } from './events-lost.ts';
import { exportHangs, exportTooLarge, uploadRefused } from './exports.ts';
import { inventorySyncStopped, staleLocks } from './inventory-reservation.ts';
import { brokerAway, bufferFull, consumersStuck, kafkaCutOff, poisonMessage } from './kafka-lag.ts';
import { exportEatsMemory, memoryLeak, memoryLimitLow } from './memory.ts';
import {
  declines,
  gatewayDown,
  keyRotated,
  networkOnePod,
  networkPath,
  rateLimited,
} from './payment-failures.ts';
import { refundLimit, refundMethodGone, refundsGatewayDown, refundsThrottled } from './refunds.ts';
import { returnsEngineCrash, returnsHeld, returnsWindowWrong } from './returns.ts';
import type { Scenario } from './scenario.ts';
import { carrierCredentialsExpired, carrierDown, invalidAddresses } from './shipping-labels.ts';
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
  returnsHeld,
  returnsEngineCrash,
  returnsWindowWrong,
  staleLocks,
  inventorySyncStopped,
  carrierCredentialsExpired,
  carrierDown,
  invalidAddresses,
  consumersStuck,
  poisonMessage,
  brokerAway,
  kafkaCutOff,
  bufferFull,
  uploadRefused,
  exportTooLarge,
  exportHangs,
  connectionLeak,
  blockingQuery,
  smallPool,
  databaseRestarted,
  memoryLeak,
  memoryLimitLow,
  exportEatsMemory,
];

export function findScenario(id: string): Scenario | null {
  return scenarios.find((scenario) => scenario.id === id) ?? null;
}
