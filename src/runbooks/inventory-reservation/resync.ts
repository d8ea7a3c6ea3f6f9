import type { ProofSample } from '../../domain/run.ts';
import type { InventorySync } from '../../ports/order-service.ts';
import type { Action, Proving } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { spell } from '../shared/spell.ts';
import { stands } from './causes.ts';
import type { InventoryData } from './checks.ts';
import { countsNow, first } from './stock.ts';

const MINUTE = 60_000;
const INVENTORY = 'inventory';

/** R13. The service takes over all counts of the catalog, whatever differs. */
export const resyncInventory: Action<InventoryData> = {
  step: 'R13',
  title: 'Resync the inventory',
  tier: 'safe',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/inventory/resync',
  equivalent: (names) => curl(names, names.paths.inventoryResync, '-X POST '),
  notes: ['The catalog is right; the order service follows it.', 'A sync may be repeated without harm.'],
  rule: () => ({
    when: 'Stock comes late (2.C2), or a correction was not taken over (2.C5).',
    notWhile: [
      'A sync is running: wait for it (R9).',
      'The catalog does not answer: the source of truth is down (R9).',
      'Nobody reads the stock events (R11).',
    ],
  }),
  draft({ findings }) {
    if (findings.sync.data === null) return [];
    return [
      {
        targets: [INVENTORY],
        parameters: {},
        preview: ['The order service takes over the catalog’s counts of all products.'],
        binding: { kind: 'none', words: 'The service chooses what differs.' },
      },
    ];
  },
  when(judging) {
    if (stands(judging, '2.C2')) return 'stock comes late from the catalog';
    return stands(judging, '2.C5') ? 'a correction of the stock was not taken over' : null;
  },
  notWhile({ findings }) {
    const sync = findings.sync.data;
    const group = findings.lag.data?.groups[0];
    return (
      (sync === null ? 'nobody knows how the sync stands' : waits(sync)) ??
      (group?.members === 0 ? 'nobody reads the stock events, so nobody would take the counts over' : null)
    );
  },
  validate: () => ({}),
  async stillHolds({ probes, signal }, run) {
    const sync = await probes.orderService.inventorySync(signal);
    const changed = waits(sync);
    if (changed !== null) return { changed };
    const noted = sync.lastSyncAt === null ? {} : { synced: String(sync.lastSyncAt) };
    return { targets: run.targets, dropped: [], noted };
  },
  apply: async (_target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.resyncInventory(licence, signal),
  async readBack(_target, _parameters, proving) {
    const sync = await proving.probes.orderService.inventorySync(proving.signal);
    // None ran before, so one that runs or has ended since is what was wanted, whoever began it.
    return sync.running || isNewer(sync, proving) ? 'done' : 'unknown';
  },
  proof: {
    plan: ({ syncEveryMinutes }) => ({
      everyMs: MINUTE,
      withinMs: 10 * MINUTE,
      alike: 2,
      words: `A sync ends well after the run and is not older than ${syncEveryMinutes} min, and both counts of what fails agree where they can be compared (X7), within 10 min.`,
    }),
    async sample(proving): Promise<Omit<ProofSample, 'at'>> {
      const { probes, run, thresholds, now, signal } = proving;
      const sync = await probes.orderService.inventorySync(signal);
      const age = sync.lastSyncAt === null ? null : Math.max(0, now - sync.lastSyncAt);
      const fresh = isNewer(sync, proving) && age !== null && age <= thresholds.syncEveryMinutes * MINUTE;
      const said = sync.words === null ? '' : ` It says: ${sync.words}.`;
      const ended =
        age === null
          ? `No sync is known to have ended well.${said}`
          : `The last good sync ended ${spell(age)} ago.${isNewer(sync, proving) ? '' : said}`;
      const counts = fresh ? await countsNow(proving) : null;
      const line = `${ended}${sync.running ? ' One is running.' : ''}${counts === null ? '' : saysOf(counts)}`;
      const blind = counts !== null && counts.differ.length === 0 && counts.silent;
      const helped = fresh && !blind && (counts === null || counts.differ.length === 0);
      return {
        moved: helped ? run.targets : [],
        unknown: blind ? run.targets : [],
        line,
        value: null,
        worse: false,
      };
    },
  },
  mitigates: false,
  owes: [],
};

function saysOf({ asked, differ, silent }: NonNullable<Awaited<ReturnType<typeof countsNow>>>): string {
  if (differ.length > 0)
    return ` The counts of ${differ.length} of ${asked} failing products still differ (${first(differ)}).`;
  if (silent) return ' Not every failing product could be asked about on both sides.';
  return asked === 0 ? '' : ` Both sides count the same of all ${asked} failing products.`;
}

function waits({ running, catalogUp }: InventorySync): string | null {
  if (running) return 'a sync is running, wait for it';
  return catalogUp === false ? 'the catalog does not answer, and it is the source of truth' : null;
}

/** Only the service's own times are compared: its clock may be ahead of ours or behind. */
function isNewer({ lastSyncAt }: InventorySync, { run }: Proving): boolean {
  const before = run.parameters['synced'];
  return lastSyncAt !== null && (before === undefined || lastSyncAt > Number(before));
}
