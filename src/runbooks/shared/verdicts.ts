import type { CauseVerdict } from '../../domain/finding.ts';
import type { Cause, Judging } from '../define-runbook.ts';

/** Asks a runbook's causes by their ids; one that it does not have is open. */
export function verdictsOf<Data>(causes: readonly Cause<Data>[]) {
  const said = (judging: Judging<Data>, id: string) =>
    causes.find((cause) => cause.id === id)?.judge(judging) ?? { verdict: 'open' as const, because: '' };
  const verdictOf = (judging: Judging<Data>, id: string): CauseVerdict => said(judging, id).verdict;
  const whyIf = (judging: Judging<Data>, id: string, wanted: CauseVerdict): string | null => {
    const { verdict, because } = said(judging, id);
    return verdict === wanted ? because : null;
  };
  return {
    verdictOf,
    /** Whether this cause is supported now. */
    stands: (judging: Judging<Data>, id: string) => verdictOf(judging, id) === 'supported',
    isRuledOut: (judging: Judging<Data>, id: string) => verdictOf(judging, id) === 'ruled out',
    /** Why this cause is supported; null: it is not. */
    why: (judging: Judging<Data>, id: string) => whyIf(judging, id, 'supported'),
    /** Why this cause is ruled out; null: it is not. */
    whyNot: (judging: Judging<Data>, id: string) => whyIf(judging, id, 'ruled out'),
  };
}
