import { Selector } from './config/words.ts';
import { saidBy } from './discover-beside.ts';
import { soon } from './examined.ts';
import { type Item, someOf } from './first-file.ts';
import { type Likest, likest, type Role } from './likeness.ts';
import type { FoundWorkload } from './ports/discovery.ts';
import type { KubernetesProbe } from './ports/kubernetes.ts';
import { RUNBOOK_NAMES } from './runbooks/names.ts';

const { orderService, workflowEngine, kafka, postgres, redis } = RUNBOOK_NAMES;
const SERVICE = ['api', 'app', 'backend', 'core', 'server', 'service', 'svc'];

const ROLES = {
  orderService: {
    name: orderService.deployment,
    is: ['order', 'orders', 'ordering', 'oms'],
    ok: [...SERVICE, 'management', 'system', 'platform'],
  },
  workflowEngine: {
    name: workflowEngine.deployment,
    is: ['workflow', 'workflows', 'orchestrator', 'saga'],
    ok: [...SERVICE, 'engine', 'executor'],
    hints: ['camunda', 'temporal', 'zeebe', 'flow', 'flows'],
  },
  kafka: {
    name: 'kafka',
    is: ['kafka', 'redpanda'],
    ok: ['broker', 'brokers', 'cluster', 'combined', 'controller', 'node', 'pool', 'server'],
  },
  postgres: {
    name: 'postgres',
    is: ['postgres', 'postgresql', 'pg', 'pgsql'],
    ok: ['cluster', 'database', 'db', 'ha', 'instance', 'primary', 'server'],
    hints: ['db', 'database'],
  },
  redis: {
    name: 'redis',
    is: ['redis', 'valkey'],
    ok: ['cache', 'cluster', 'inventory', 'locks', 'master', 'node', 'primary', 'server'],
  },
} as const satisfies Record<string, Role>;

/** Pods that are a StatefulSet's of nobody we may list, as operators and charts label them. */
const LABELLED = {
  kafka: ['app=kafka', 'app.kubernetes.io/name=kafka', 'strimzi.io/kind=Kafka'],
  postgres: [
    'app=postgres',
    'app.kubernetes.io/name=postgresql',
    'cnpg.io/podRole=instance',
    'application=spilo',
  ],
} as const;

/** Containers that stand beside what a pod is for. */
const SIDECARS =
  /^(istio-proxy|linkerd-proxy|envoy|vault-agent|cloud-sql-proxy|cloudsql-proxy|fluent-bit|fluentd|filebeat|promtail|datadog-agent|otel-collector|log-shipper)$/;

const MANAGED: Item = { key: 'managed', value: true, notes: ['somebody else runs it'] };
const KINDS = ['Deployment', 'StatefulSet'] as const;

/** What one look at a cluster found. */
export interface Surroundings {
  /** The first is `workloads.namespace`. */
  readonly namespaces: readonly string[];
  readonly all: readonly FoundWorkload[];
  /** *4 Deployments*, of each kind that could be listed. */
  readonly listed: readonly string[];
  /** What could not be listed, one sentence each. */
  readonly unread: readonly string[];
}

/** All Deployments and StatefulSets of the namespaces. @throws what the first of them did, when none could be listed */
export async function surroundings(
  probe: KubernetesProbe,
  namespaces: readonly string[],
): Promise<Surroundings> {
  const wanted = namespaces.flatMap((namespace) => KINDS.map((kind) => ({ namespace, kind })));
  const lists = await Promise.allSettled(
    wanted.map(async ({ namespace, kind }) => await probe.workloads(namespace, kind, soon())),
  );
  const failed = lists.find((list) => list.status === 'rejected');
  if (failed !== undefined && lists.every(({ status }) => status === 'rejected')) throw failed.reason;
  return {
    namespaces,
    listed: KINDS.flatMap((kind) => {
      const own = lists.flatMap((list, at) =>
        list.status === 'fulfilled' && wanted[at]?.kind === kind ? [list.value.length] : [],
      );
      const count = own.reduce((sum, one) => sum + one, 0);
      return own.length === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}`];
    }),
    all: lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : [])),
    unread: lists.flatMap((list, at) =>
      list.status === 'fulfilled'
        ? []
        : [`${wanted[at]?.kind}s of ${wanted[at]?.namespace} not looked at. ${saidBy(list.reason)}`],
    ),
  };
}

/** `workloads`, and which of all is the order service; null: none was taken for it. */
export async function workloadItems(
  around: Surroundings,
  probe: KubernetesProbe,
): Promise<{ readonly items: readonly Item[]; readonly service: FoundWorkload | null }> {
  const [home = ''] = around.namespaces;
  const found = (key: keyof typeof ROLES) => likestHere(ROLES[key], around);
  const service = found('orderService');
  const own = service.state === 'one' ? service.match.item : null;
  // By the same selector one would be taken for the other.
  const others = around.all.filter(
    (one) => one.selector !== own?.selector || one.namespace !== own.namespace,
  );
  const engine = likestHere(ROLES.workflowEngine, { ...around, all: others });
  return {
    service: own,
    items: [
      { key: 'namespace', value: home },
      ...changed('orderService', service, around),
      ...changed('workflowEngine', engine, around),
      ...(await beside('kafka', found('kafka'), around, probe)),
      ...(await beside('postgres', found('postgres'), around, probe)),
      ...redisItems(found('redis'), around),
    ],
  };
}

/** In the first namespace before the others. */
function likestHere(role: Role, { namespaces, all }: Surroundings): Likest<FoundWorkload> {
  const [home] = namespaces;
  const near = likest(
    role,
    all.filter(({ namespace }) => namespace === home),
  );
  if (near.state === 'one' || near.state === 'several') return near;
  const far = likest(
    role,
    all.filter(({ namespace }) => namespace !== home),
  );
  return far.state === 'none' ? near : far;
}

function changed(
  key: 'orderService' | 'workflowEngine',
  found: Likest<FoundWorkload>,
  around: Surroundings,
): readonly Item[] {
  const names = RUNBOOK_NAMES[key];
  const usual = [
    { key: 'deployment', value: names.deployment },
    { key: 'selector', value: names.selector },
  ];
  return choice(key, found, around, usual, (one, whole) => {
    const { name, kind, selector } = one;
    return [
      ...where(one, around),
      ...(name === names.deployment && !whole ? [] : [{ key: 'deployment', value: name }]),
      ...(kind === 'Deployment' ? [] : [{ key: 'kind', value: kind }]),
      ...selectorItems(selector, whole ? null : names.selector),
      ...containerItems(one),
      ...(key === 'orderService' ? portItems(one) : []),
    ];
  });
}

/**
 * One as it stands, several as comments to choose from, none as what would go there.
 * @param values what is written of one; `whole`: also what is as by default
 */
function choice(
  key: string,
  found: Likest<FoundWorkload>,
  around: Surroundings,
  usual: readonly Item[],
  values: (one: FoundWorkload, whole: boolean) => readonly Item[],
): readonly Item[] {
  if (found.state === 'none') return [{ key, off: true, value: usual, notes: missing(key, around) }];
  if (found.state === 'one') {
    const { item, because } = found.match;
    const inner = values(item, false);
    return [
      {
        key,
        notes: [`found: ${described(item)}; ${because}`],
        ...(inner.length > 0 ? { value: inner } : {}),
      },
    ];
  }
  const { state, matches } = found;
  const intro =
    state === 'several'
      ? `${matches.length} fit ${key}. Take one:`
      : `not found in ${spaces(around)}: nothing is surely ${key}. Perhaps:`;
  return matches.map(({ item, because }, at): Item => {
    const notes = [...(at === 0 ? [intro] : []), `${at === 0 ? '' : 'or '}${described(item)}; ${because}`];
    return { key, off: true, value: values(item, true), notes };
  });
}

function missing(key: string, around: Surroundings): readonly string[] {
  const { all, unread } = around;
  return [
    `not found in ${spaces(around)}: nothing there is named or labelled like ${key}`,
    ...(key === 'orderService' || key === 'workflowEngine'
      ? [`there are ${someOf(all.map(({ namespace, name }) => `${namespace}/${name}`))}`]
      : []),
    ...unread,
  ];
}

export function spaces({ namespaces }: Pick<Surroundings, 'namespaces'>): string {
  return `${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${namespaces.join(', ')}`;
}

/** *Deployment oms/orders-api, 3 replicas, app=orders-api* */
export function described({ kind, namespace, name, replicas, selector }: FoundWorkload): string {
  return `${kind} ${namespace}/${name}, ${replicas === 1 ? '1 replica' : `${replicas} replicas`}, ${selector}`;
}

export function where({ namespace }: Pick<FoundWorkload, 'namespace'>, around: Surroundings): Item[] {
  return namespace === around.namespaces[0] ? [] : [{ key: 'namespace', value: namespace }];
}

/** @param usual what need not be written; null: all is */
export function selectorItems(selector: string, usual: string | null): Item[] {
  if (selector === usual) return [];
  return Selector.safeParse(selector).success
    ? [{ key: 'selector', value: selector }]
    : [{ key: 'selector', off: true, value: selector, notes: ['the bot cannot use this selector as it is'] }];
}

/** Unset, it is the one that is named like the workload, else the first. */
export function containerItems({ name, containers }: FoundWorkload): Item[] {
  if (containers.length < 2 || containers.some((one) => one.name === name)) return [];
  const own = containers.filter((one) => !SIDECARS.test(one.name));
  const [only, ...more] = own.length > 0 ? own : containers;
  if (only === undefined) return [];
  if (more.length === 0) return [{ key: 'container', value: only.name }];
  const notes = [`one of ${containers.map((one) => one.name).join(', ')}; the first unless told otherwise`];
  return [{ key: 'container', off: true, value: only.name, notes }];
}

function portItems({ name, containers }: FoundWorkload): readonly Item[] {
  const own =
    containers.find((one) => one.name === name) ??
    containers.find((one) => !SIDECARS.test(one.name)) ??
    containers[0];
  const ports = own?.ports ?? [];
  const [port, ...more] = ports;
  if (port === undefined || ports.includes(orderService.port)) return [];
  if (more.length === 0) return [{ key: 'port', value: port }];
  const notes = [
    `its container has the ports ${ports.join(', ')}: the one of health, metrics and admin paths`,
  ];
  return [{ key: 'port', off: true, value: port, notes }];
}

/** Its pods alone are asked; they may belong to an operator of whom we know nothing. */
async function beside(
  key: 'kafka' | 'postgres',
  found: Likest<FoundWorkload>,
  around: Surroundings,
  probe: KubernetesProbe,
): Promise<readonly Item[]> {
  const usual = { kafka, postgres }[key].selector;
  if (found.state !== 'none')
    return choice(key, found, around, [{ key: 'selector', value: usual }], (one, whole) => [
      ...where(one, around),
      ...selectorItems(one.selector, whole ? null : usual),
    ]);
  const unread: string[] = [];
  for (const namespace of around.namespaces)
    for (const selector of LABELLED[key]) {
      const pods = await probe.pods({ namespace, name: key, selector }, soon()).catch((err) => {
        unread.push(`pods of ${namespace} not looked at. ${saidBy(err)}`);
        return [];
      });
      if (pods.length === 0) continue;
      const many = pods.length === 1 ? '1 pod' : `${pods.length} pods`;
      const notes = [`found: ${many} in ${namespace} with the label ${selector}`];
      const value = [...where({ namespace }, around), ...selectorItems(selector, usual)];
      return [{ key, notes, ...(value.length > 0 ? { value } : {}) }];
    }
  const notes = [...new Set([...missing(key, around), ...unread])];
  return [{ key, off: true, value: [{ key: 'selector', value: usual }, MANAGED], notes }];
}

/** A pod that keeps its name is a StatefulSet's. */
function redisItems(found: Likest<FoundWorkload>, around: Surroundings): readonly Item[] {
  const pod = ({ kind, name }: FoundWorkload, whole: boolean): Item[] => {
    if (kind === 'Deployment')
      return [
        { key: 'pod', off: true, value: redis.pod, notes: ['its pods are named anew with each rollout'] },
      ];
    return `${name}-0` === redis.pod && !whole ? [] : [{ key: 'pod', value: `${name}-0` }];
  };
  const usual = [{ key: 'pod', value: redis.pod }, MANAGED];
  return choice('redis', found, around, usual, (one, whole) => [...where(one, around), ...pod(one, whole)]);
}
