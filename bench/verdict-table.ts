import type { CauseVerdict } from '../src/domain/finding.ts';

/** What one diagnosis said, against what was started. */
export interface Judgement {
  /** Causes that were started; where none was, 1: that nothing is to be supported. */
  readonly all: number;
  readonly right: number;
  /** Started, and not supported. */
  readonly missed: readonly { readonly id: string; readonly as: CauseVerdict }[];
  /** Supported, and not started. */
  readonly wrong: readonly string[];
  /** All that is supported is wrong. */
  readonly onlyWrong: boolean;
  readonly words: string;
}

/** One diagnosis of one scenario. */
export interface Row {
  readonly runbook: string;
  readonly seed: number;
  readonly judged: Judgement;
}

interface Said {
  readonly id: string;
  readonly verdict: CauseVerdict;
  readonly because: string;
}

/**
 * @param started ids of causes
 * @param supported ids of causes
 * @param said of every cause of the runbook
 */
export function judgementOf(
  started: readonly string[],
  supported: readonly string[],
  said: readonly Said[],
): Judgement {
  const missed = started.flatMap((id) => {
    const as = said.find((cause) => cause.id === id)?.verdict ?? 'open';
    return as === 'supported' ? [] : [{ id, as }];
  });
  const wrong = supported.filter((id) => !started.includes(id));
  const told = started.length === 0 ? Number(wrong.length === 0) : started.length - missed.length;
  const about = said.filter(({ id }) => wrong.includes(id) || missed.some((one) => one.id === id));
  return {
    all: Math.max(1, started.length),
    right: told,
    missed,
    wrong,
    onlyWrong: supported.length > 0 && wrong.length === supported.length,
    words: about.map(({ id, verdict, because }) => `${id} ${verdict}: ${because}`).join(' | '),
  };
}

const HEAD = [
  'runbook',
  'diagnoses',
  'causes right',
  'left open',
  'ruled out',
  'wrongly supported',
  'only wrong',
];

/** By runbook, and all of them together. */
export function tableOf(rows: readonly Row[]): readonly string[] {
  const groups: (readonly [string, readonly Row[]])[] = [
    ...Map.groupBy(rows, ({ runbook }) => runbook),
    ['all', rows],
  ];
  const lines = groups.map(([name, own]) => {
    const sum = (of: (judged: Judgement) => number) =>
      own.reduce((total, { judged }) => total + of(judged), 0);
    const all = sum(({ all: causes }) => causes);
    const right = sum((judged) => judged.right);
    const missedAs = (as: CauseVerdict) => sum(({ missed }) => missed.filter((one) => one.as === as).length);
    return [
      name,
      String(own.length),
      `${right} of ${all} (${((right / all) * 100).toFixed(1)} %)`,
      String(missedAs('open')),
      String(missedAs('ruled out')),
      String(sum(({ wrong }) => wrong.length)),
      String(sum(({ onlyWrong }) => Number(onlyWrong))),
    ];
  });
  return [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
}
