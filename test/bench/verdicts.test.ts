import { describe, expect, test } from 'vitest';
import { judgementOf, tableOf } from '../../bench/verdict-table.ts';

const said = (verdicts: Readonly<Record<string, 'supported' | 'ruled out' | 'open'>>) =>
  Object.entries(verdicts).map(([id, verdict]) => ({ id, verdict, because: 'So it is.' }));

describe('a diagnosis against what was started', () => {
  test.each([
    ['the one cause', ['1.C1'], { '1.C1': 'supported', '1.C2': 'ruled out' }, [1, 1, [], [], false]],
    ['left open', ['1.C1'], { '1.C1': 'open', '1.C2': 'open' }, [1, 0, ['open'], [], false]],
    ['ruled out', ['1.C1'], { '1.C1': 'ruled out' }, [1, 0, ['ruled out'], [], false]],
    [
      'another beside it',
      ['1.C1'],
      { '1.C1': 'supported', '1.C2': 'supported' },
      [1, 1, [], ['1.C2'], false],
    ],
    ['another instead', ['1.C1'], { '1.C1': 'open', '1.C2': 'supported' }, [1, 0, ['open'], ['1.C2'], true]],
    ['one of two', ['1.C1', '1.C2'], { '1.C1': 'supported', '1.C2': 'open' }, [2, 1, ['open'], [], false]],
    ['nothing where nothing was', [], { '1.C1': 'ruled out' }, [1, 1, [], [], false]],
    ['something where nothing was', [], { '1.C1': 'supported' }, [1, 0, [], ['1.C1'], true]],
  ] as const)('%s', (_what, started, verdicts, [all, right, missed, wrong, onlyWrong]) => {
    const causes = said(verdicts);
    const supported = causes.filter(({ verdict }) => verdict === 'supported').map(({ id }) => id);
    const judged = judgementOf(started, supported, causes);
    expect(judged).toMatchObject({ all, right, wrong, onlyWrong });
    expect(judged.missed.map(({ as }) => as)).toEqual(missed);
  });

  test('says why of what is missed or wrong, of nothing else', () => {
    const { words } = judgementOf(
      ['1.C1'],
      ['1.C2'],
      said({ '1.C1': 'open', '1.C2': 'supported', '1.C3': 'open' }),
    );
    expect(words).toBe('1.C1 open: So it is. | 1.C2 supported: So it is.');
  });
});

test('the table counts by runbook and together', () => {
  const row = (runbook: string, verdict: 'supported' | 'open') => {
    const causes = said({ '1.C1': verdict });
    return {
      runbook,
      seed: 1,
      judged: judgementOf(['1.C1'], verdict === 'supported' ? ['1.C1'] : [], causes),
    };
  };
  expect(
    tableOf([row('1 Payment', 'supported'), row('1 Payment', 'open'), row('2 Stock', 'supported')]),
  ).toEqual([
    '| runbook | diagnoses | causes right | left open | ruled out | wrongly supported | only wrong |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    '| 1 Payment | 2 | 1 of 2 (50.0 %) | 1 | 0 | 0 | 0 |',
    '| 2 Stock | 1 | 1 of 1 (100.0 %) | 0 | 0 | 0 | 0 |',
    '| all | 3 | 2 of 3 (66.7 %) | 1 | 0 | 0 | 0 |',
  ]);
});
