import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { InventorySync } from '../../ports/order-service.ts';
import type { Check } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { spell } from '../shared/spell.ts';

const MINUTE = 60_000;
/** Two clocks differ by so much; a time that is farther ahead is of another zone, and says nothing of an age. */
const AHEAD_MS = 5 * MINUTE;

/** When the last good sync ended; null: none is known, or nobody can say how long ago that is. */
export function syncedAt({ lastSyncAt }: InventorySync, now: number): number | null {
  return lastSyncAt === null || lastSyncAt - now > AHEAD_MS ? null : lastSyncAt;
}

/** R9: how long ago the catalog's counts were last taken over, against the automatic sync. */
export const inventorySync: Check<InventorySync> = {
  step: 'R9',
  title: 'When was the inventory last synced?',
  system: 'The order service',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/admin/inventory/sync-status',
  equivalent: (names) => curl(names, names.paths.inventorySync),
  deadlineMs: 4_000,
  async look({ probes, thresholds, now, signal }) {
    const seen = await probes.orderService.inventorySync(signal);
    const { running, lastSyncAt, words, catalogUp } = seen;
    const { syncEveryMinutes: every, syncMissedMinutes: missed } = thresholds;
    const said = words === null ? '' : ` It says: ${words}.`;
    const underWay = running ? ' One is running.' : '';
    if (catalogUp === false)
      return broken(`The catalog does not answer the order service.${said}${underWay}`, seen);
    if (lastSyncAt === null)
      return unknown(`The service names no sync of the inventory that went well.${said}${underWay}`, seen);
    if (syncedAt(seen, now) === null)
      return unknown(
        `The service names a last good sync ${spell(lastSyncAt - now)} in the future: its times are not to be relied on.${said}${underWay}`,
        seen,
      );
    const age = Math.max(0, now - lastSyncAt);
    const ended = `The last good sync with the catalog ended ${spell(age)} ago`;
    if (age > missed * MINUTE)
      return broken(`${ended}; one is due every ${every} min.${said}${underWay}`, seen);
    const left = every * MINUTE - age;
    const next = left > 0 ? `; the next automatic one is due in ${spell(left)}` : '; the next one is due';
    return healthy(`${ended}${running ? '' : next}.${said}${underWay}`, seen);
  },
};
