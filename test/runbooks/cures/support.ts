import { describe, expect, test } from 'vitest';
import type { StepName } from '../../../src/domain/finding.ts';
import type { RunbookId } from '../../../src/domain/severity.ts';
import { runbookById } from '../../../src/runbooks/catalogue.ts';
import type { AnyFindings } from '../../../src/runbooks/define-runbook.ts';
import { aJudging } from '../../support/runbooks.ts';
import { NAMES } from '../kafka-lag/support.ts';

/** What only one cause explains, and the actions that runbook-knowledge names for it; none where nothing of ours cures it. */
export type Row = readonly [cause: string, what: string, findings: AnyFindings, cures: readonly StepName[]];

/** Nothing is recommended that cannot cure: row by row, and a row for every cause. */
export function recommendsOnly(id: RunbookId, rows: readonly Row[]): void {
  const runbook = runbookById(id);
  const names = { ...NAMES, carrier: { ...NAMES.carrier, countries: { ups: ['US'] } } };

  describe(id, () => {
    test.each(rows)('%s %s', (cause, _what, findings, cures) => {
      const judging = aJudging<Record<string, unknown>>(findings, { names });
      const supported = runbook.causes.filter((one) => one.judge(judging).verdict === 'supported');
      const recommended = runbook.actions.filter((action) =>
        action
          .draft(judging)
          .some((draft) => action.when(judging, draft) !== null && action.notWhile(judging, draft) === null),
      );
      expect(supported.map((one) => one.id)).toEqual([cause]);
      expect([...new Set(recommended.map(({ step }) => step))].sort()).toEqual(cures);
    });

    test('every cause has its row', () =>
      expect([...new Set(rows.map(([cause]) => cause))]).toEqual(runbook.causes.map((one) => one.id)));
  });
}
