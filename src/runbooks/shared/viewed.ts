import type { RunbookId } from '../../domain/severity.ts';
import type { Runbook } from '../define-runbook.ts';

/** Table (b): refunds and returns that were finished count for so long, minutes (our default: 24 h). */
export const FINISHED_MINUTES = 1_440;

/**
 * The impact of a runbook that the orders table cannot tell, because it knows orders alone: from the view that the owners of the
 * schema may make, else *unknown*.
 * @param what whose number is missing: *refunds were finished*
 */
export function impactByView<Data>(
  runbook: RunbookId,
  what: string,
  means: string,
): Pick<Runbook<Data>['impact'], 'means' | 'measure'> {
  return {
    means,
    async measure({ probes, now, signal }) {
      const seen = await probes.ordersDatabase.impactView(runbook, FINISHED_MINUTES, signal);
      if (seen !== null) return seen;
      const because = `How many ${what} in 24 h stands in no table that the bot reads; a view oms_bot_impact would tell.`;
      return { known: false, because, at: now };
    },
  };
}
