import type { Workload, WorkloadKind } from '../ports/kubernetes.ts';
import type { Provider } from '../ports/status-page.ts';
import type { LogTexts } from './log-texts.ts';
import type { Paths } from './paths.ts';
import type { Thresholds } from './thresholds.ts';

export { RUNBOOK_NAMES } from './runbook-names.ts';

/** What somebody runs, as far as the bot has to know it. */
export interface WorkloadNames {
  readonly namespace: string;
  /** Of its Deployment or StatefulSet. */
  readonly deployment: string;
  readonly kind: WorkloadKind;
  readonly selector: string;
  /** Null: the one that is named like the deployment, else the first. */
  readonly container: string | null;
}

/** What our users' configuration calls things; the defaults are the runbook's own names. */
export interface Names {
  readonly orderService: WorkloadNames & {
    readonly port: number;
    /** Its Service as the API server's proxy has it, `name:port`; null: it is asked directly, or not at all. */
    readonly service: string | null;
    /** The header of its admin token, `authorization`; null: no token is configured. */
    readonly tokenHeader: string | null;
    /** The variable of the reservation timeout; null: not configured. */
    readonly reservationTimeoutEnv: string | null;
  };
  readonly workflowEngine: WorkloadNames;
  readonly gateway: {
    /** What alerts call it in their label `dependency`. */
    readonly name: string;
    /** The second processor; null: none is configured. */
    readonly backup: string | null;
    /** The host that R3 asks. */
    readonly url: string;
    readonly secret: string;
    /** The annotation of the secret that names its expiry; null: none is configured. */
    readonly expiryAnnotation: string | null;
  };
  readonly rollBack: {
    /** X2 is offered. */
    readonly on: boolean;
    /** The label or annotation of a version that there is no way back from. */
    readonly oneWayMark: string;
  };
  /** Whether rates of success are written from 0 to 1 or from 0 to 100. */
  readonly ratesIn: 'share' | 'percent';
  /** Null: not configured, and then a proof by rate reads *could not tell*. */
  readonly metrics: {
    readonly paymentSuccessRate: string;
    readonly paymentAttempts: string | null;
    readonly paymentDeclines: string | null;
    readonly reservationSuccess: string;
    readonly reservationAttempts: string | null;
    /** Connections of the pool in use, and its size, per pod. */
    readonly poolActive: string;
    readonly poolSize: string;
    /** A counter with the labels `route` and `status`. */
    readonly requests: string | null;
    /** Counter of events that were not published; bytes of the producer's buffer. */
    readonly publishFailed: string | null;
    readonly bufferFree: string | null;
    readonly bufferTotal: string | null;
  };
  /** Labels of `metrics.requests`, and the histogram of how long requests take; null: not configured. */
  readonly traffic: {
    readonly routeLabel: string;
    readonly statusLabel: string;
    /** The route that creates orders; null: not configured. */
    readonly orderRoute: string | null;
    readonly duration: string | null;
    readonly durationIn: 'seconds' | 'milliseconds';
  };
  /** What a log line of ours contains. */
  readonly logPatterns: LogTexts;
  /** Pods of the systems beside us; `managed`: somebody else runs it, and there are no pods to ask. */
  readonly kafka: {
    readonly bootstrap: string;
    readonly namespace: string;
    readonly selector: string;
    readonly managed: boolean;
    /** What R48 reaches for from inside a pod. */
    readonly host: string;
    readonly port: number;
    readonly ordersTopic: string;
    /** Null: not configured. */
    readonly deadLetterTopic: string | null;
    readonly deadLetterGroup: string | null;
    /** Where a message goes before it is skipped; null: nothing is skipped. */
    readonly parkedTopic: string | null;
    /** What the service has sent of an order that is in *processing*, in their order: R17 misses what is not there. */
    readonly orderEvents: readonly string[];
    readonly inventoryGroup: string;
    /** The deployment that runs a group; a group that is not here has none that we know. */
    readonly consumers: Readonly<Record<string, WorkloadNames>>;
  };
  readonly redis: {
    /** Shown in commands to type; REDIS_URL is what the bot asks. */
    readonly namespace: string;
    readonly pod: string;
    readonly managed: boolean;
    readonly lockPattern: string;
    /** The time to live that a lock gets, seconds; null: its value tells its age, or nothing does. */
    readonly lockTtlSeconds: number | null;
  };
  readonly postgres: {
    readonly namespace: string;
    readonly selector: string;
    readonly managed: boolean;
    /** What alerts call it in their label `dependency`. */
    readonly dependency: string;
    /** `application_name` of the order service's sessions. */
    readonly application: string;
    readonly poolSizeEnv: string;
    /** Shown in commands to type; `name` null: psql takes the user's. */
    readonly user: string;
    readonly name: string | null;
  };
  readonly carrier: {
    readonly secret: string;
    /** Where whoever holds the new key puts it. */
    readonly staged: string;
    readonly expiryAnnotation: string | null;
    /** ISO codes by carrier; null: not configured. */
    readonly countries: Readonly<Record<string, readonly string[]>> | null;
  };
  /** Where providers publish their incidents; null: not configured. `component` null: any of them counts. */
  readonly statusPages: Readonly<
    Record<Provider, { readonly url: string; readonly component: string | null } | null>
  >;
  /** `stockPath` has `{id}`; null: not configured. */
  readonly catalog: { readonly url: string; readonly stockPath: string } | null;
  readonly bucket: string;
  /** Of the order service; `{id}` stands for what is asked about. */
  readonly paths: Paths;
  /** Names as SQL writes them. */
  readonly orders: {
    readonly table: string;
    readonly createdAt: string;
    readonly errorCode: string;
    /** The clock of times without a time zone; null: the database's own. */
    readonly timeZone: string | null;
  };
  readonly statuses: {
    readonly processing: string;
    readonly pendingPayment: string;
    /** Packed; it waits for its label. */
    readonly readyToShip: string;
    /** Refunds and returns that wait, as their lists call it. */
    readonly pendingRefund: string;
    readonly pendingReturn: string;
    /** Came in, and waits for its refund; null: not configured. */
    readonly receivedReturn: string | null;
    readonly all: readonly string[];
    /** What R22 may set; the form offers them in this order. */
    readonly manual: readonly string[];
  };
  /** When heavy work disturbs nobody: times of day, *22:00*, in a time zone by name. */
  readonly quietHours: { readonly from: string; readonly to: string; readonly timeZone: string };
  /** The thresholds that stand in commands to type. */
  readonly inCommands: Pick<
    Thresholds,
    | 'stuckAfterMinutes'
    | 'pendingPaymentMinutes'
    | 'labelWaitMinutes'
    | 'lateAfterMinutes'
    | 'logWindowMinutes'
    | 'modalDays'
    | 'monitorSeconds'
  >;
}

/** Where a workload is found and changed. */
export function workloadOf({ namespace, deployment, kind, selector, container }: WorkloadNames): Workload {
  return { namespace, name: deployment, kind, selector, container };
}

/** The deployment that answers everything in these runbooks. */
export function orderWorkload({ orderService }: Names): Workload {
  return workloadOf(orderService);
}

/** Pods of a system beside us; its name is only for people. */
export function beside(names: Names, what: 'kafka' | 'postgres'): Workload {
  const { namespace, selector } = names[what];
  return { namespace, name: what, selector };
}

/** `deployment/order-service`, in commands to type and as a run's target. */
export function targetOf({ kind, name }: Pick<Workload, 'kind' | 'name'>): string {
  return `${(kind ?? 'Deployment').toLowerCase()}/${name}`;
}

/** Reads all pods and all lines of the window, where the runbook's own command reads the last ten of each. */
export function grepLogs(
  names: Names,
  { namespace, selector }: Pick<WorkloadNames, 'namespace' | 'selector'>,
  texts: readonly string[],
): string {
  const { logWindowMinutes } = names.inCommands;
  const wanted = texts.map((text) => `-e ${shellWord(text)}`).join(' ');
  return `kubectl -n ${namespace} logs -l ${shellWord(selector)} --tail=-1 --since=${logWindowMinutes}m --prefix --all-containers | grep -F ${wanted}`;
}

/** One word of a shell, whatever stands in it: somebody copies these commands. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

/** An age as the order service takes it: `2h`, `15m`. */
export function age(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** The command that asks the order service from inside its pod, as the runbook does; its admin pages with the token. */
export function curl(names: Names, path: string, options = ''): string {
  const { port, tokenHeader } = names.orderService;
  const open = path === names.paths.metrics || path === names.paths.gatewayHealth;
  const token = tokenHeader === null || open ? '' : `-H "${tokenHeader}: Bearer $ORDER_SERVICE_TOKEN" `;
  return `${inPod(names)} curl ${options}${token}"localhost:${port}${path}"`;
}

/** The beginning of a command that runs inside a pod of the order service. */
export function inPod({ orderService }: Names): string {
  const { namespace, container } = orderService;
  const inside = container === null ? '' : ` -c ${shellWord(container)}`;
  return `kubectl -n ${namespace} exec ${targetOf(workloadOf(orderService))}${inside} --`;
}
