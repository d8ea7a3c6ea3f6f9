import type { InventorySync } from '../../ports/order-service.ts';
import { curl } from '../names.ts';
import { type ConsumersSeen, consumersCheck } from '../shared/consumers.ts';
import { type LagSeen, lagCheck } from '../shared/lag.ts';
import { type OrdersSeen, orderRate } from '../shared/order-rate.ts';
import { type RateOf, type RateSeen, rateCheck } from '../shared/success-rate.ts';
import { inventoryLocks, type LocksFound } from './locks.ts';
import { type ReservationLogs, reservationLogs } from './logs.ts';
import { type OversoldSeen, oversold } from './oversold.ts';
import { type StockSeen, stock } from './stock.ts';
import { inventorySync } from './sync.ts';

export interface InventoryData {
  readonly sync: InventorySync;
  readonly logs: ReservationLogs;
  readonly lag: LagSeen;
  readonly locks: LocksFound;
  readonly rate: RateSeen;
  readonly stock: StockSeen;
  readonly oversold: OversoldSeen;
  readonly consumers: ConsumersSeen;
  readonly orders: OrdersSeen;
}

export const RESERVATIONS_RATE: RateOf = {
  what: 'reservations',
  setting: 'metrics.reservationSuccess',
  countedBy: 'metrics.reservationAttempts',
  metrics: ({ metrics }) => ({
    rate: metrics.reservationSuccess,
    attempts: metrics.reservationAttempts,
    declines: null,
  }),
};

export const checks = {
  sync: inventorySync,
  logs: reservationLogs,
  lag: lagCheck({
    step: 'R11',
    title: 'Do the stock events lag?',
    source:
      'kafka-consumer-groups --bootstrap-server kafka:9092 \\\n  --group order-inventory-consumer --describe',
    equivalent: ({ kafka }) =>
      `kafka-consumer-groups --bootstrap-server ${kafka.bootstrap} --group ${kafka.inventoryGroup} --describe`,
    wanted: ({ kafka }) => kafka.inventoryGroup,
  }),
  locks: inventoryLocks,
  rate: rateCheck({
    step: 'R15',
    title: 'How many reservations succeed?',
    source:
      'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/metrics | grep inventory_reservation_success',
    equivalent: (names) => `${curl(names, names.paths.metrics)} | grep ${names.metrics.reservationSuccess}`,
    of: RESERVATIONS_RATE,
  }),
  stock,
  oversold,
  consumers: consumersCheck(({ kafka }) => [kafka.inventoryGroup]),
  orders: orderRate,
};
