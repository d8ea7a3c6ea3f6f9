import type { FoundDone } from '../../domain/duty.ts';
import { ReturnId } from '../../domain/ids.ts';
import type { Proving } from '../define-runbook.ts';
import type { Standing } from '../shared/batch.ts';
import { reasonNoted } from '../shared/noted.ts';
import { pendingAmong } from '../shared/pending.ts';
import { listOf } from './listed.ts';

/** Which of the run's returns are no longer pending. */
export async function leftPending(proving: Proving): Promise<readonly Standing[]> {
  const { targets } = proving.run;
  const { found, whole } = await pendingAmong(listOf(proving), targets);
  return targets.map((target) => {
    if (found.has(target)) return { target, so: false, words: 'still pending' };
    return { target, so: whole ? true : null, words: 'no longer pending' };
  });
}

/** m9.4 in an action's own words, where the return shows the reason among its notes (`admin.return`). */
export async function exceptionNoted(proving: Proving, what: string): Promise<readonly FoundDone[]> {
  return await reasonNoted(
    proving,
    { what, from: 'the return’s notes' },
    async (id, note) =>
      await proving.probes.orderService.returnNoted(ReturnId.parse(id), note, proving.signal),
  );
}
