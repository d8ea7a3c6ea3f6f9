import type { Field } from '../../domain/offer.ts';
import type { Proving } from '../define-runbook.ts';
import type { Standing } from '../shared/batch.ts';
import { pendingAmong } from '../shared/pending.ts';
import type { Thresholds } from '../thresholds.ts';
import { listOf } from './listed.ts';

/** Characters. */
const LONGEST_REASON = 500;

export function reasonField({ reasonCharacters }: Thresholds, label: string): Field {
  return {
    name: 'reason',
    label,
    kind: 'long-text',
    minLength: reasonCharacters,
    maxLength: LONGEST_REASON,
  };
}

/** What is wrong with the reason, by field; empty when nothing is. */
export function wrongReason(
  reason: string | undefined,
  { reasonCharacters }: Thresholds,
): Readonly<Record<string, string>> {
  const text = reason ?? '';
  return text.trim().length < reasonCharacters || text.length > LONGEST_REASON
    ? { reason: `Write a reason of ${reasonCharacters} to ${LONGEST_REASON} characters.` }
    : {};
}

/** Which of the run's returns are no longer pending. */
export async function leftPending(proving: Proving): Promise<readonly Standing[]> {
  const { targets } = proving.run;
  const { found, whole } = await pendingAmong(listOf(proving), targets);
  return targets.map((target) => {
    if (found.has(target)) return { target, so: false, words: 'still pending' };
    return { target, so: whole ? true : null, words: 'no longer pending' };
  });
}
