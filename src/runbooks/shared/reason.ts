import type { Field } from '../../domain/offer.ts';
import type { Thresholds } from '../thresholds.ts';

/** Characters. */
const LONGEST_REASON = 500;

/** What a guarded change asks of whoever wants it. */
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
