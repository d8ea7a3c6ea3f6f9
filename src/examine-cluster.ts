import { saidBy } from './discover-beside.ts';
import { type Notes, soon } from './examined.ts';
import type { KubernetesProbe, Right, Workload } from './ports/kubernetes.ts';
import { beside, type Names, workloadOf } from './runbooks/names.ts';

interface Named {
  readonly key: string;
  readonly workload: Workload;
  /** It is restarted or changed: its Deployment or StatefulSet has to be there. */
  readonly acted: boolean;
  /** Its log is read. */
  readonly read: boolean;
}

/** Whether the configured workloads and secrets are there, whether each selector takes its own pods only, and what we may do. */
export async function examineCluster(names: Names, probe: KubernetesProbe, notes: Notes): Promise<void> {
  const all = workloadsOf(names);
  for (const what of ['kafka', 'postgres'] as const)
    if (names[what].managed) notes.skipped.push(`${what} is run by somebody else: its pods are not asked.`);
  const pods = await Promise.all(
    all.map(async ({ workload }) => (await probe.pods(workload, soon())).map(({ name }) => name)),
  );
  for (const [at, { key, workload, acted, read }] of all.entries()) {
    const own = pods[at] ?? [];
    if (own.length === 0) {
      const elsewhere = acted || read ? '' : ` \`${key}.managed: true\` says that somebody else runs it.`;
      notes.trouble.push(
        `${key}.selector (${workload.selector}) matches no pod in ${workload.namespace}.${elsewhere}`,
      );
      continue;
    }
    notes.fine.push(`${key}: ${own.length === 1 ? '1 pod' : `${own.length} pods`}.`);
    const others = all.filter(
      (other, place) =>
        place < at &&
        other.workload.namespace === workload.namespace &&
        pods[place]?.some((pod) => own.includes(pod)),
    );
    for (const other of others)
      notes.trouble.push(`${key}.selector takes pods that ${other.key}.selector takes as well.`);
  }
  await Promise.all([
    ...all.map(async (one) => await ownerOf(one, probe, notes)),
    ...all.map(async (one, at) => await strangersOf(one, pods[at] ?? [], probe, notes)),
    secretsOf(names, probe, notes),
  ]);
  await rightsOf(all, names, probe, notes);
}

function workloadsOf(names: Names): readonly Named[] {
  const { orderService, workflowEngine, kafka } = names;
  return [
    { key: 'workloads.orderService', workload: workloadOf(orderService), acted: true, read: true },
    { key: 'workloads.workflowEngine', workload: workloadOf(workflowEngine), acted: false, read: true },
    ...Object.entries(kafka.consumers).map(([group, runs]) => ({
      key: `kafka.consumers.${group}`,
      workload: workloadOf(runs),
      acted: true,
      read: false,
    })),
    ...(['kafka', 'postgres'] as const)
      .filter((what) => !names[what].managed)
      .map((what) => ({
        key: `workloads.${what}`,
        workload: beside(names, what),
        acted: false,
        read: false,
      })),
  ];
}

async function ownerOf({ key, workload, acted }: Named, probe: KubernetesProbe, notes: Notes): Promise<void> {
  if (!acted) return;
  const { name, namespace, kind = 'Deployment', container } = workload;
  const settings = await probe.settings(workload, [], soon());
  if (settings === null) {
    notes.trouble.push(`${key}.deployment: there is no ${kind} ${name} in ${namespace}.`);
    return;
  }
  const containers = settings.containers.map((each) => each.name);
  if (container != null && !containers.includes(container))
    notes.trouble.push(`${key}.container: ${name} has ${containers.join(', ')}, and no ${container}.`);
  if (settings.gitOps !== null)
    notes.trouble.push(`${name} is managed by ${settings.gitOps}, which sets back what the bot changes.`);
}

/** Pods that the selector takes and the workload does not own: they are looked at, and what is changed does not reach them. */
async function strangersOf(
  { key, workload, acted }: Named,
  pods: readonly string[],
  probe: KubernetesProbe,
  notes: Notes,
): Promise<void> {
  const { name, namespace, kind = 'Deployment', selector } = workload;
  if (!acted || selector === '' || pods.length === 0) return;
  const there = await probe.workloads(namespace, kind, soon()).catch(() => []);
  const own = there.find((one) => one.name === name);
  if (own === undefined) return;
  const owned = await probe.pods({ ...workload, selector: own.selector }, soon());
  const others = pods.filter((pod) => !owned.some((one) => one.name === pod));
  if (others.length === pods.length)
    notes.trouble.push(
      `${key}.selector (${selector}) takes no pod of ${kind} ${name}, which has ${own.selector}.`,
    );
  else if (others.length > 0)
    notes.skipped.push(
      `${others.length} of ${pods.length} pods of ${key}.selector are not ${name}’s (${others[0]}): they are looked at, and neither restarted nor changed.`,
    );
}

async function secretsOf({ orderService, gateway, carrier }: Names, probe: KubernetesProbe, notes: Notes) {
  for (const [key, secret] of [
    ['payments.secret', gateway.secret],
    ['carriers.secret', carrier.secret],
  ] as const)
    try {
      if ((await probe.secret(orderService.namespace, secret, null, soon())) === null)
        notes.trouble.push(`${key}: there is no secret ${secret} in ${orderService.namespace}.`);
    } catch (err) {
      // One that may not be read keeps nobody from hearing of the rest.
      notes.skipped.push(`${key} (${secret}) is not looked at. ${saidBy(err)}`);
    }
}

/** Where the API server hands requests on to the order service. */
const HANDED_ON = [
  ['get', 'the order service’s lists are not read'],
  ['create', 'the order service retries nothing'],
  ['patch', 'no order’s status is set (R22)'],
  ['delete', 'no export is cancelled (R74)'],
] as const;

/** What each right is for, so that a missing one says what it costs. */
async function rightsOf(
  all: readonly Named[],
  { orderService, carrier }: Names,
  probe: KubernetesProbe,
  { fine, skipped }: Notes,
): Promise<void> {
  const { namespace } = orderService;
  const plural = ({ kind }: Workload) => (kind === 'StatefulSet' ? 'statefulsets.apps' : 'deployments.apps');
  const wanted: readonly (readonly [Right, string])[] = [
    ...[...new Set(all.filter(({ read }) => read).map(({ workload }) => workload.namespace))].map(
      (where): readonly [Right, string] => [
        { namespace: where, verb: 'get', resource: 'pods/log' },
        `logs in ${where} are not read`,
      ],
    ),
    [{ namespace, verb: 'get', resource: 'pods/proxy' }, 'pods are not asked for health and metrics'],
    ...(orderService.service === null
      ? []
      : HANDED_ON.map(([verb, cost]): readonly [Right, string] => [
          { namespace, verb, resource: 'services/proxy', name: orderService.service ?? '' },
          cost,
        ])),
    [{ namespace, verb: 'list', resource: 'events' }, 'nobody sees why a pod was killed (R54)'],
    [{ namespace, verb: 'list', resource: 'pods.metrics.k8s.io' }, 'the use of memory is not seen (R55)'],
    [{ namespace, verb: 'list', resource: 'replicasets.apps' }, 'what changed before is not seen (X1)'],
    [
      { namespace, verb: 'list', resource: 'horizontalpodautoscalers.autoscaling' },
      'whether an autoscaler owns the number of pods is not seen (X1, R44, R59)',
    ],
    [
      { namespace, verb: 'list', resource: 'resourcequotas' },
      'whether more pods or memory would fit is not seen (R44, R58, R59)',
    ],
    // A WebSocket needs the right of a POST too since Kubernetes 1.35 (deploy/rbac-exec.yaml).
    [{ namespace, verb: 'get', resource: 'pods/exec' }, 'R3, R48 and R57 are not run'],
    [{ namespace, verb: 'create', resource: 'pods/exec' }, 'R3, R48 and R57 are not run'],
    ...all
      .filter(({ acted }) => acted)
      .map(({ workload }): readonly [Right, string] => [
        { namespace: workload.namespace, verb: 'patch', resource: plural(workload), name: workload.name },
        `${workload.name} is neither restarted nor changed`,
      ]),
    [{ namespace, verb: 'patch', resource: 'secrets', name: carrier.secret }, 'R35 promotes no key'],
  ];
  const answers = await Promise.all(wanted.map(async ([right]) => await probe.may(right, soon())));
  const missing = wanted.filter((_right, at) => answers[at] !== true);
  fine.push(`${wanted.length - missing.length} of ${wanted.length} rights are granted.`);
  for (const [{ verb, resource, name }, cost] of missing)
    skipped.push(`No right to ${verb} ${resource}${name === undefined ? '' : ` ${name}`}: ${cost}.`);
}
