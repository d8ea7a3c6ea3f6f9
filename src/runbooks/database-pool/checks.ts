import type { Check } from '../define-runbook.ts';
import { beside, orderWorkload } from '../names.ts';
import { type Adjustable, adjustable } from '../shared/adjustable.ts';
import { unlessManaged } from '../shared/managed.ts';
import { type OrdersSeen, orderRate } from '../shared/order-rate.ts';
import { type PodsSeen, podsCheck } from '../shared/pods.ts';
import { REPLICAS, variableSetting } from '../shared/setting.ts';
import { type TrafficSeen, traffic } from '../shared/traffic.ts';
import { type DatabaseSeen, database } from './database.ts';
import { type ConnectionLogs, connectionLogs } from './logs.ts';
import { type PoolSeen, pool } from './pool.ts';
import { type SessionsSeen, sessions } from './sessions.ts';

export interface PoolData {
  readonly pool: PoolSeen;
  readonly database: DatabaseSeen;
  readonly sessions: SessionsSeen;
  readonly pods: PodsSeen;
  readonly service: Adjustable;
  readonly logs: ConnectionLogs;
  readonly orders: OrdersSeen;
  readonly traffic: TrafficSeen;
}

export const POOL_SIZE = variableSetting({
  noun: 'pool size',
  label: 'Connections of each pod’s pool',
  variable: ({ postgres }) => postgres.poolSizeEnv,
});

const ready = podsCheck({
  step: 'R40',
  title: 'Is the database well?',
  source: 'kubectl get pods -l app=postgres',
  what: 'The database',
  workload: (names) => beside(names, 'postgres'),
});

const pods: Check<PodsSeen> = unlessManaged(
  ready,
  ({ postgres }) => postgres.managed,
  'Not applicable: somebody else runs the database, and it has no pods here.',
);

export const checks = {
  pool,
  database,
  sessions,
  pods,
  service: adjustable('R41', orderWorkload, [POOL_SIZE, REPLICAS]),
  logs: connectionLogs,
  orders: orderRate,
  traffic,
};
