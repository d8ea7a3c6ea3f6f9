import { soon } from './examined.ts';
import type { Item } from './first-file.ts';
import type { Probes } from './ports/probes.ts';
import { RUNBOOK_NAMES } from './runbooks/names.ts';

const { orderService, workflowEngine, gateway, carrier, kafka, orders, postgres, redis, bucket } =
  RUNBOOK_NAMES;

/** What stands as comments where a system could not be looked at. */
export const USUAL: Readonly<Record<string, readonly Item[]>> = {
  workloads: [
    { key: 'namespace', value: orderService.namespace },
    {
      key: 'orderService',
      value: [
        { key: 'deployment', value: orderService.deployment },
        { key: 'selector', value: orderService.selector },
        { key: 'port', value: orderService.port },
      ],
    },
    {
      key: 'workflowEngine',
      value: [
        { key: 'deployment', value: workflowEngine.deployment },
        { key: 'selector', value: workflowEngine.selector },
      ],
    },
    { key: 'kafka', value: [{ key: 'selector', value: kafka.selector }] },
    { key: 'postgres', value: [{ key: 'selector', value: postgres.selector }] },
  ],
  kafka: [
    { key: 'ordersTopic', value: kafka.ordersTopic },
    { key: 'inventoryGroup', value: kafka.inventoryGroup },
  ],
  orders: [{ key: 'table', value: orders.table }],
  redis: [{ key: 'lockPattern', value: redis.lockPattern }],
  exports: [{ key: 'bucket', value: bucket }],
};

/** Asked for by their names alone: what else there is in the namespace is nobody’s business. */
export async function secretItems(probes: Probes, namespace: string): Promise<readonly Item[]> {
  const key = 'secret';
  const ask = async (whose: string, name: string): Promise<Item> => {
    try {
      const found = await probes.kubernetes.secret(namespace, name, null, soon());
      if (found !== null) return { key, notes: [`found: ${whose}.secret, ${namespace}/${name}`] };
      return { key, off: true, value: name, notes: [`not found in namespace ${namespace}: ${name}`] };
    } catch (err) {
      return { key, off: true, value: name, notes: [`not looked at. ${saidBy(err)}`] };
    }
  };
  return [
    { key: 'payments', value: [await ask('payments', gateway.secret)] },
    { key: 'carriers', value: [await ask('carriers', carrier.secret)] },
  ];
}

/** @throws SystemError, AbsentSystem */
export async function lockItems(probes: Probes) {
  const { lockPattern } = redis;
  const { total } = await probes.redis.locks({ pattern: lockPattern, ttlMs: null }, soon());
  const key = 'lockPattern';
  const item: Item =
    total > 0
      ? { key, notes: [`found: ${total} keys like ${lockPattern}`] }
      : {
          key,
          off: true,
          value: lockPattern,
          notes: [`not found: no key is like ${lockPattern} now. How do the locks of your inventory begin?`],
        };
  return { line: `${total} keys like ${lockPattern}.`, items: [item] };
}

/** @throws SystemError, AbsentSystem */
export async function bucketItems(probes: Probes) {
  await probes.s3.bucket(bucket, soon());
  return {
    line: `the bucket ${bucket} can be reached.`,
    items: [{ key: 'bucket', notes: [`found: the bucket ${bucket}`] }],
  };
}

/** Of a right that is missing only which one: what the server says of it names the user, and is long. */
export function saidBy(err: unknown): string {
  if (!(err instanceof Error)) return 'It did not answer.';
  const [right] = /^The bot's role may not [^ ]+ [^ ]+\./.exec(err.message) ?? [];
  return right ?? err.message;
}
