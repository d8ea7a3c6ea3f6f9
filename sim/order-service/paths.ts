import { called, type Words } from '../world/names.ts';

/** What a path of the runbook is asked by, where one path means two things. */
const METHODS: Readonly<Record<string, string>> = { exports: 'GET', createExport: 'POST' };

/** The runbook's pages by the names of `admin` in oms.yaml. */
const PAGES = {
  stuckOrders: '/admin/orders/stuck',
  order: '/admin/orders/{id}',
  retryWorkflow: '/admin/orders/{id}/retry-workflow',
  republishEvents: '/admin/orders/{id}/republish-events',
  status: '/admin/orders/{id}/status',
  gatewayHealth: '/health/payment-gateway',
  metrics: '/metrics',
  retryPayments: '/admin/retry-payments',
  inventorySync: '/admin/inventory/sync-status',
  inventoryResync: '/admin/inventory/resync',
  inventoryItem: '/admin/inventory/items/{id}',
  refunds: '/admin/refunds',
  refundStatus: '/admin/refunds/{id}/gateway-status',
  testRefund: '/admin/test-refund',
  retryRefund: '/admin/refunds/{id}/retry',
  payment: '/admin/payments/{id}/details',
  storeCredit: '/admin/refunds/{id}/store-credit',
  carriers: '/admin/carriers/test-connection',
  validateAddress: '/admin/validate-address',
  regenerateLabel: '/admin/orders/{id}/regenerate-label',
  republishFailed: '/admin/events/republish-failed',
  failedEvents: '/admin/events/failed',
  returns: '/admin/returns',
  return: '/admin/returns/{id}',
  fraudScore: '/admin/returns/{id}/fraud-score',
  returnEligibility: '/admin/orders/{id}/return-eligibility',
  approveReturn: '/admin/returns/{id}/approve',
  retryReturn: '/admin/returns/{id}/retry-workflow',
  extendWindow: '/admin/returns/{id}/extend-window',
  export: '/admin/exports/{id}',
  retryExport: '/admin/exports/{id}/retry',
  createExport: '/admin/exports',
  exports: '/admin/exports',
} as const;

/**
 * Turns a company's own path into the runbook's, which the routes are written in; null: this company has no such page.
 * @param paths by the names of `admin`; without any the runbook's own count
 */
export function pathReader(paths: Words): (method: string, path: string) => string | null {
  if (Object.keys(paths).length === 0) return (_method, path) => path;
  const all = Object.entries(PAGES).map(([name, page]) => ({
    page,
    method: METHODS[name],
    // What names a single page goes before what stands for any id.
    each: called(paths, name).includes('{id}'),
    test: new RegExp(`^${called(paths, name).replaceAll('{id}', '([^/]+)')}$`),
  }));
  all.sort((one, other) => Number(one.each) - Number(other.each));
  return (method, path) => {
    for (const { page, method: only, test } of all) {
      const found = only === undefined || only === method ? test.exec(path) : null;
      if (found !== null) return page.replace('{id}', found[1] ?? '');
    }
    return null;
  };
}
