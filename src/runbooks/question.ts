import { SystemError } from '../ports/system-error.ts';
import type { AnyAction, AnyQuestion } from './define-runbook.ts';

/**
 * A question as the run that its one click makes: recorded before it is sent, sent once. Its answer is all that comes of it, so
 * it has nothing to prove and nothing to read back.
 */
export function asAction(question: AnyQuestion): AnyAction {
  return {
    step: question.step,
    title: question.title,
    tier: 'safe',
    source: question.source,
    equivalent: (names) => question.equivalent(names),
    notes: [],
    rule: () => ({ when: 'A person asks it.', notWhile: [] }),
    draft: () => [],
    when: () => null,
    notWhile: (judging) => question.notWhile(judging),
    validate: (answers) => question.validate(answers),
    stillHolds: async (_proving, run) => ({ targets: run.targets, dropped: [] }),
    async apply(_target, _parameters, acting) {
      const { verdict, line } = await question.ask({}, acting);
      if (verdict === 'healthy') return line;
      const sent = verdict === 'broken' ? 'no' : 'maybe';
      throw new SystemError(question.system, 'failed', line, { sent, mayRetry: false });
    },
    readBack: async () => 'unknown',
    proof: {
      plan: () => ({ everyMs: 0, withinMs: 0, alike: 1, words: 'The answer says it.' }),
      sample: async () => ({ moved: [], unknown: [], line: '', value: null, worse: false }),
    },
    mitigates: false,
    owes: [],
  };
}
