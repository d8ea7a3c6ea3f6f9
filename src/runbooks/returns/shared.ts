import type { Proving } from '../define-runbook.ts';
import type { Standing } from '../shared/batch.ts';
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
