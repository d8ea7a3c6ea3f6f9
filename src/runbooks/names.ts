import type { Workload } from '../ports/kubernetes.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from './thresholds.ts';

/** What our users' configuration calls things; the defaults are the runbook's own names. */
export interface Names {
  readonly namespace: string;
  readonly orderService: { readonly deployment: string; readonly selector: string; readonly port: number };
  readonly workflowEngine: { readonly deployment: string; readonly selector: string };
  readonly gateway: {
    /** The host that R3 asks. */
    readonly url: string;
    readonly secret: string;
    /** The annotation of the secret that names its expiry; null: none is configured. */
    readonly expiryAnnotation: string | null;
  };
  /** Null: not configured, and then a proof by rate reads *could not tell*. */
  readonly metrics: {
    readonly paymentSuccessRate: string;
    readonly paymentAttempts: string | null;
    readonly paymentDeclines: string | null;
  };
  /** What a log line of ours contains. */
  readonly logPatterns: { readonly fulfilmentWebhook: string };
  readonly paths: {
    readonly stuckOrders: string;
    /** `{id}` stands for the order. */
    readonly order: string;
    readonly retryWorkflow: string;
    readonly republishEvents: string;
    readonly status: string;
    readonly gatewayHealth: string;
    readonly metrics: string;
    readonly retryPayments: string;
  };
  readonly statuses: {
    readonly processing: string;
    readonly pendingPayment: string;
    readonly all: readonly string[];
    /** What R22 may set; the form offers them in this order. */
    readonly manual: readonly string[];
  };
  /** The thresholds that stand in commands to type. */
  readonly inCommands: Pick<Thresholds, 'stuckAfterMinutes' | 'pendingPaymentMinutes' | 'logWindowMinutes'>;
}

export const RUNBOOK_NAMES: Names = {
  namespace: 'default',
  orderService: { deployment: 'order-service', selector: 'app=order-service', port: 8080 },
  workflowEngine: { deployment: 'workflow-engine', selector: 'app=workflow-engine' },
  gateway: {
    url: 'https://api.stripe.com/v1/charges',
    secret: 'payment-gateway-credentials',
    expiryAnnotation: null,
  },
  metrics: { paymentSuccessRate: 'payment_success_rate', paymentAttempts: null, paymentDeclines: null },
  logPatterns: { fulfilmentWebhook: 'webhook:fulfillment' },
  paths: {
    stuckOrders: '/admin/orders/stuck',
    order: '/admin/orders/{id}',
    retryWorkflow: '/admin/orders/{id}/retry-workflow',
    republishEvents: '/admin/orders/{id}/republish-events',
    status: '/admin/orders/{id}/status',
    gatewayHealth: '/health/payment-gateway',
    metrics: '/metrics',
    retryPayments: '/admin/retry-payments',
  },
  statuses: {
    processing: 'processing',
    pendingPayment: 'pending_payment',
    all: ['pending_payment', 'paid', 'processing', 'shipped', 'delivered', 'cancelled'],
    manual: ['shipped', 'cancelled', 'delivered'],
  },
  inCommands: DEFAULT_THRESHOLDS,
};

/** The deployment that answers everything in these runbooks. */
export function orderWorkload({ namespace, orderService }: Names): Workload {
  return { namespace, name: orderService.deployment, selector: orderService.selector };
}

/** Reads all pods and all lines of the window, where the runbook's own command reads the last ten of each. */
export function grepLogs(names: Names, selector: string, texts: readonly string[]): string {
  const { logWindowMinutes } = names.inCommands;
  const wanted = texts.map((text) => `-e ${shellWord(text)}`).join(' ');
  return `kubectl -n ${names.namespace} logs -l ${shellWord(selector)} --tail=-1 --since=${logWindowMinutes}m --prefix --all-containers | grep -F ${wanted}`;
}

/** One word of a shell, whatever stands in it: somebody copies these commands. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

/** An age as the order service takes it: `2h`, `15m`. */
export function age(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** The command that asks the order service from inside its pod, as the runbook does. */
export function curl(names: Names, path: string, options = ''): string {
  const { deployment, port } = names.orderService;
  return `kubectl -n ${names.namespace} exec deployment/${deployment} -- curl ${options}"localhost:${port}${path}"`;
}
