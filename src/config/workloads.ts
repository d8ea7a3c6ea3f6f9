import * as z from 'zod';
import { RUNBOOK_NAMES, type WorkloadNames } from '../runbooks/names.ts';
import {
  described as describe,
  Name,
  Namespace,
  ObjectName,
  Port,
  Selector,
  ServicePort,
  Variable,
} from './words.ts';

/** What is said of something in Kubernetes; without a namespace of its own it lives in `workloads.namespace`. */
const namespace = describe(
  Namespace,
  'Its namespace, where that is another than `workloads.namespace`.',
).optional();

const managed = (...usedBy: readonly string[]) =>
  describe(
    z.boolean(),
    'Somebody else runs it: there are no pods to ask, and no command enters one.',
    ...usedBy,
  ).default(false);

const container = (...usedBy: readonly string[]) =>
  describe(
    ObjectName,
    'The container that is the service; unset: the one that is named like the deployment, else the first.',
    ...usedBy,
  ).optional();

/** What the bot changes: restarts, replicas, limits. */
const changed = {
  namespace,
  kind: describe(z.enum(['Deployment', 'StatefulSet']), 'What its pods belong to.').default('Deployment'),
  container: container(),
};

function ours({ deployment, selector }: WorkloadNames) {
  return {
    ...changed,
    deployment: describe(ObjectName, 'Its Deployment’s or StatefulSet’s name.').default(deployment),
    selector: describe(Selector, 'The labels of its pods.').default(selector),
  };
}

/** Runs a consumer group. */
export const Consumers = z.strictObject({
  ...changed,
  deployment: describe(ObjectName, 'The Deployment or StatefulSet that runs the group.'),
  selector: describe(Selector, 'The labels of its pods.'),
  team: describe(
    z.enum(['warehouse', 'customerService', 'orders', 'payments', 'catalog', 'platform']),
    'Asked in its channel (`channels`) whether its data are fresh again; unset: whoever skipped messages asks.',
  ).optional(),
});

const beside = (what: 'kafka' | 'postgres', ...usedBy: readonly string[]) =>
  z
    .strictObject({
      namespace,
      selector: describe(Selector, 'The labels of its pods.').default(RUNBOOK_NAMES[what].selector),
      managed: managed(...usedBy),
    })
    .prefault({});

export const Workloads = z
  .strictObject({
    namespace: describe(
      Namespace,
      'Where everything below lives that has no namespace of its own; the secrets are the order service’s.',
    ).default(RUNBOOK_NAMES.orderService.namespace),
    orderService: describe(
      z.strictObject({
        ...ours(RUNBOOK_NAMES.orderService),
        port: describe(Port, 'Where its pods listen.').default(RUNBOOK_NAMES.orderService.port),
        service: describe(
          ServicePort,
          'Its Service and port, order-service:80: without ORDER_SERVICE_URL the API server hands requests on to it. The token needs another `admin.tokenHeader` than authorization then. Unset: only ORDER_SERVICE_URL.',
          'every call of the order service’s admin pages',
        ).optional(),
        reservationTimeoutEnv: describe(
          Variable,
          'The variable of the reservation timeout, for the command to type (m2.1).',
          'm2.1',
        ).optional(),
      }),
      'What answers everything in the runbook; restarts and temporary changes are made to it.',
    ).prefault({}),
    workflowEngine: describe(
      z.strictObject({
        ...ours(RUNBOOK_NAMES.workflowEngine),
        container: container('X9'),
      }),
      'What moves orders and returns on.',
    ).prefault({}),
    kafka: beside('kafka', 'R45', 'R53', '7.C1'),
    postgres: beside('postgres'),
    redis: z
      .strictObject({
        namespace,
        pod: describe(Name, 'Shown in commands to type; REDIS_URL is what the bot asks.').default(
          RUNBOOK_NAMES.redis.pod,
        ),
        managed: managed(),
      })
      .prefault({}),
  })
  .prefault({});
