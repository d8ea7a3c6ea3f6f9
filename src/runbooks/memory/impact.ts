import type { Finding } from '../../domain/finding.ts';
import type { ImpactCounts } from '../../ports/probes.ts';
import { AbsentSystem, SystemError } from '../../ports/system-error.ts';
import type { Asking } from '../define-runbook.ts';
import { ORDER_WINDOWS } from '../shared/order-rate.ts';
import { MINUTES, type TrafficSeen } from '../shared/traffic.ts';
import type { MemoryData } from './checks.ts';

export const CODES = ['OUT_OF_MEMORY', 'CONTAINER_OOM_KILLED'] as const;

/** By the orders' codes; where the database cannot tell, by how requests that create orders were answered (X5). */
export async function measureImpact(
  ask: Asking,
  found: (name: 'traffic') => Promise<Finding<MemoryData['traffic']>>,
): Promise<ImpactCounts> {
  const said = await byCodes(ask).catch((err: unknown) => {
    if (err instanceof AbsentSystem || err instanceof SystemError) return err;
    throw err;
  });
  if (!(said instanceof Error) && said.total >= ask.thresholds.impactFewestOrders) return said;
  const counts = byRequests(ask, (await found('traffic')).data);
  if (counts !== null) return counts;
  if (said instanceof Error) throw said;
  return said;
}

async function byCodes({ probes, names, thresholds, now, signal }: Asking): Promise<ImpactCounts> {
  return await probes.ordersDatabase.failedShare(
    {
      waiting: names.statuses.pendingPayment,
      // Waiting for a payment is another runbook's trouble.
      waitingMinutes: 365 * 1_440,
      codes: CODES,
      windowsMinutes: ORDER_WINDOWS,
      fewest: thresholds.impactFewestOrders,
      now,
      runbook: 'memory',
    },
    signal,
  );
}

/** Null: no route is configured, or nothing is counted of it. */
function byRequests({ names, now }: Asking, traffic: TrafficSeen | null): ImpactCounts | null {
  const route = names.traffic.orderRoute;
  const counted = traffic?.routes.find((one) => one.route === route)?.counted ?? null;
  if (route === null || counted === null) return null;
  return {
    affected: counted.failures,
    total: counted.requests,
    windowMinutes: MINUTES,
    source: 'requests that create orders',
    at: now,
  };
}
