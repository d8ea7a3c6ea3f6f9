/** What our users' configuration calls things; the defaults are the runbook's own names. */
export interface Names {
  readonly namespace: string;
  readonly orderService: { readonly deployment: string; readonly selector: string; readonly port: number };
  readonly workflowEngine: { readonly selector: string };
  readonly paths: {
    readonly stuckOrders: string;
    /** `{id}` stands for the order. */
    readonly order: string;
    readonly retryWorkflow: string;
    readonly republishEvents: string;
    readonly status: string;
  };
  readonly statuses: { readonly processing: string; readonly all: readonly string[] };
}

export const RUNBOOK_NAMES: Names = {
  namespace: 'default',
  orderService: { deployment: 'order-service', selector: 'app=order-service', port: 8080 },
  workflowEngine: { selector: 'app=workflow-engine' },
  paths: {
    stuckOrders: '/admin/orders/stuck',
    order: '/admin/orders/{id}',
    retryWorkflow: '/admin/orders/{id}/retry-workflow',
    republishEvents: '/admin/orders/{id}/republish-events',
    status: '/admin/orders/{id}/status',
  },
  statuses: {
    processing: 'processing',
    all: ['pending_payment', 'paid', 'processing', 'shipped', 'delivered', 'cancelled'],
  },
};

/** The command that asks the order service from inside its pod, as the runbook does. */
export function curl(names: Names, path: string, options = ''): string {
  const { deployment, port } = names.orderService;
  return `kubectl -n ${names.namespace} exec deployment/${deployment} -- curl ${options}"localhost:${port}${path}"`;
}
