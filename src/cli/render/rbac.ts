import type { Names, WorkloadNames } from '../../runbooks/names.ts';

/** What one namespace holds of ours. */
interface Place {
  readonly namespace: string;
  /** The order service lives here, and the secrets and the bot's account with it. */
  readonly home: boolean;
  /** A workload lives here whose changes are told (X1), which its events tell. */
  readonly told: boolean;
  /** A workload whose pods, rollouts and changes are looked at is a StatefulSet. */
  readonly sets: boolean;
  /** What is restarted or changed here, by kind. */
  readonly changed: Readonly<Record<WorkloadNames['kind'], readonly string[]>>;
}

/** Every namespace that a role is needed in, the order service's first. */
function placesOf({ orderService, workflowEngine, kafka, postgres }: Names): readonly Place[] {
  const acted = [orderService, ...Object.values(kafka.consumers)];
  const seen = [
    ...acted,
    workflowEngine,
    ...(kafka.managed ? [] : [kafka]),
    ...(postgres.managed ? [] : [postgres]),
  ];
  return [...new Set(seen.map(({ namespace }) => namespace))].map((namespace) => {
    const here = acted.filter((one) => one.namespace === namespace);
    const told = [...acted, workflowEngine].filter((one) => one.namespace === namespace);
    const named = (kind: WorkloadNames['kind']) => [
      ...new Set(here.filter((one) => one.kind === kind).map(({ deployment }) => deployment)),
    ];
    return {
      namespace,
      home: namespace === orderService.namespace,
      told: told.length > 0,
      sets: told.some(({ kind }) => kind === 'StatefulSet'),
      changed: { Deployment: named('Deployment'), StatefulSet: named('StatefulSet') },
    };
  });
}

/** As YAML takes it for a text, also that of kubectl: to it `no` and `2024` are none. */
function word(name: string): string {
  const plain = /^[a-z][a-z0-9.-]*$/.test(name) && !/^(y|n|yes|no|on|off|true|false|null)$/.test(name);
  return plain ? name : JSON.stringify(name);
}

function bound(role: string, { namespace }: Place, home: string): string {
  return `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${role}, namespace: ${word(namespace)} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${role} }
subjects:
  - { kind: ServiceAccount, name: oms-bot, namespace: ${word(home)} }
`;
}

function roleOf(role: string, { namespace }: Place, rules: readonly string[]): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ${role}, namespace: ${word(namespace)} }
rules:
${rules.join('')}`;
}

function rule(
  words: readonly string[],
  group: string,
  resources: string,
  verbs: string,
  names: readonly string[] = [],
): string {
  return [
    ...words.map((line) => `  # ${line}`),
    `  - apiGroups: [${group === '' ? '""' : group}]`,
    `    resources: [${resources}]`,
    ...(names.length === 0 ? [] : [`    resourceNames: [${names.map(word).join(', ')}]`]),
    `    verbs: [${verbs}]`,
    '',
  ].join('\n');
}

/** Only where the API server hands requests on; RBAC's name of it is the whole of what stands in the path, with the port. */
function handedOn({ orderService: { service } }: Names, words: string, verbs: string): readonly string[] {
  return service === null ? [] : [rule([words], '', 'services/proxy', verbs, [service])];
}

/** `deploy/rbac-look.yaml`. */
export function lookRoles(names: Names): string {
  const places = placesOf(names);
  const home = names.orderService.namespace;
  const { gateway, carrier } = names;
  const secrets = [...new Set([gateway.secret, carrier.secret, carrier.staged])];
  const rules = (place: Place): readonly string[] => [
    rule(
      ['Which pods there are, whether they are ready, what one waits for, how its last container ended.'],
      '',
      'pods',
      'get, list',
    ),
    rule(['The lines that contain an error code, of the window that is asked about.'], '', 'pods/log', 'get'),
    ...(place.home
      ? [
          rule(
            [
              'The health and metrics pages of each pod of the order service. Pods’ names are made up anew, so that this cannot be',
              'narrowed to them: it is GET, to any pod and port of this namespace. Through it nothing is ever posted.',
            ],
            '',
            'pods/proxy',
            'get',
          ),
          ...handedOn(
            names,
            'The admin pages of the order service, through the API server: those that are read.',
            'get',
          ),
        ]
      : []),
    ...(place.told
      ? [
          rule(
            ['Why a pod was killed, not scheduled or not started; who changed the number of replicas.'],
            '',
            'events',
            'list',
          ),
        ]
      : []),
    rule(
      [
        'How far a rollout is, and what an approval is bound to; from the replica sets, what changed before the trouble began.',
      ],
      'apps',
      place.sets ? 'deployments, replicasets, statefulsets' : 'deployments, replicasets',
      'get, list',
    ),
    ...(place.sets
      ? [
          rule(
            ['The same of a StatefulSet, which has no replica sets.'],
            'apps',
            'controllerrevisions',
            'list',
          ),
        ]
      : []),
    ...(place.home
      ? [
          rule(
            [
              'Key names, when they changed and when they expire. RBAC knows no right to less than a secret, so these and no other:',
              'of the answer the bot keeps no value. The last one is where a new carrier key is staged for its promotion.',
            ],
            '',
            'secrets',
            'get',
            secrets,
          ),
        ]
      : []),
    rule(['What the pods use, against their limits.'], 'metrics.k8s.io', 'pods', 'list'),
    rule(
      ['Whether an autoscaler owns the number of replicas, before anybody is offered to change it.'],
      'autoscaling',
      'horizontalpodautoscalers',
      'list',
    ),
    rule(['Whether more replicas or memory would fit.'], '', 'resourcequotas', 'list'),
  ];
  return `# What the bot looks at, and who it is. It may change nothing by this.
#
#   kubectl apply -f rbac-look.yaml
#
# Names and namespaces are those of oms.yaml. A right that is missing is no accident for the bot: the card says which, and
# what it could not see.
apiVersion: v1
kind: ServiceAccount
metadata: { name: oms-bot, namespace: ${word(home)} }
---
${places.map((place) => `${roleOf('oms-bot-look', place, rules(place))}${bound('oms-bot-look', place, home)}`).join('---\n')}`;
}

/** `deploy/rbac-change.yaml`. */
export function changeRoles(names: Names): string {
  const home = names.orderService.namespace;
  const places = placesOf(names).filter(
    ({ changed }) => changed.Deployment.length + changed.StatefulSet.length > 0,
  );
  const rules = ({ home: here, changed }: Place): readonly string[] => [
    ...(['Deployment', 'StatefulSet'] as const)
      .filter((kind) => changed[kind].length > 0)
      .map((kind) =>
        rule(
          [
            'Restart, roll back, number of replicas, memory limit, environment: each one patch, bound to the generation that was approved.',
            'These are the order service and what runs the groups of `kafka.consumers`.',
          ],
          'apps',
          kind === 'Deployment' ? 'deployments' : 'statefulsets',
          'patch',
          changed[kind],
        ),
      ),
    ...(here
      ? [
          ...handedOn(
            names,
            'The admin pages of the order service, through the API server: those that change something, or ask by a POST.',
            'create, patch, delete',
          ),
          rule(['The promotion of the carrier’s staged key.'], '', 'secrets', 'patch', [
            names.carrier.secret,
          ]),
        ]
      : []),
  ];
  return `# What the bot changes once a named person has approved it. It needs rbac-look.yaml too: nothing is changed unseen.
#
#   kubectl apply -f rbac-change.yaml
#
# Left out, the bot still diagnoses; a change is then refused by name.
${places.map((place) => `${roleOf('oms-bot-change', place, rules(place))}${bound('oms-bot-change', place, home)}`).join('---\n')}`;
}

/** `deploy/rbac-exec.yaml`. */
export function execRoles(names: Names): string {
  const home = names.orderService.namespace;
  const place: Place = {
    namespace: home,
    home: true,
    told: true,
    sets: false,
    changed: { Deployment: [], StatefulSet: [] },
  };
  return `# Lets the bot ask from inside a pod. Think before you apply it: RBAC cannot say which command, nor which pod of the
# namespace, and whoever may exec may do there what the container may. The bot itself runs fixed argument lists, without a
# shell, and at a look by itself only such as change nothing:
#   curl, nc         whether the payment gateway (R3) and a broker of Kafka (R48) answer from there
#   cat, df, jcmd    while memory is short, whether the heap of the fullest pod could be dumped (R57)
#   jmap             approved, that dump
#   stat             after it, how large its file is
#
#   kubectl apply -f rbac-exec.yaml
#
# Left out, these say that they could not look, and all the rest works.
${roleOf('oms-bot-exec', place, [
  rule(
    [
      'A WebSocket begins with a GET, for which the API server asks both: get since ever, create since Kubernetes 1.35.',
    ],
    '',
    'pods/exec',
    'get, create',
  ),
])}${bound('oms-bot-exec', place, home)}`;
}
