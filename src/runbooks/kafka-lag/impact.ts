import type { Impact } from '../../domain/impact.ts';
import type { ImpactCounts } from '../../ports/probes.ts';
import { AbsentSystem, SystemError } from '../../ports/system-error.ts';
import type { Asking } from '../define-runbook.ts';
import { ordersWithLetters } from './dead-letters.ts';

const MINUTE = 60_000;
/** What the runbook says of orders while Kafka is away (7.N2). */
const GOES_ON = 'Ordering itself goes on.';

/**
 * Orders changed in the log window whose events are dead letters ÷ orders changed in it: a letter that was put aside in the
 * window is of an order that changed in it.
 */
export async function measureImpact(ask: Asking): Promise<ImpactCounts | Impact> {
  const { probes, thresholds, now, signal } = ask;
  const windowMinutes = thresholds.logWindowMinutes;
  try {
    const viewed = await probes.ordersDatabase.impactView('kafka-lag', windowMinutes, signal);
    if (viewed !== null) return viewed;
    const [late, total] = await Promise.all([
      ordersWithLetters(ask, now - windowMinutes * MINUTE),
      probes.ordersDatabase.changedOrders(windowMinutes, now, signal),
    ]);
    if (late === null)
      return unknown(`Not every dead letter could be read, or names its order. ${GOES_ON}`, now);
    return { affected: Math.min(late, total), total, windowMinutes, source: 'orders table', at: now };
  } catch (err) {
    if (!(err instanceof AbsentSystem || err instanceof SystemError)) throw err;
    return unknown(`${err.message} ${GOES_ON}`, now);
  }
}

function unknown(because: string, at: number): Impact {
  return { known: false, because, at };
}
