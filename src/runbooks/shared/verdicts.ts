import type { CauseVerdict } from '../../domain/finding.ts';
import type { Cause, Judging } from '../define-runbook.ts';

/** Asks a runbook's causes by their ids; one that it does not have is open. */
export function verdictsOf<Data>(causes: readonly Cause<Data>[]) {
  const verdictOf = (judging: Judging<Data>, id: string): CauseVerdict =>
    causes.find((cause) => cause.id === id)?.judge(judging).verdict ?? 'open';
  return {
    verdictOf,
    /** Whether this cause is supported now. */
    stands: (judging: Judging<Data>, id: string) => verdictOf(judging, id) === 'supported',
    isRuledOut: (judging: Judging<Data>, id: string) => verdictOf(judging, id) === 'ruled out',
  };
}
