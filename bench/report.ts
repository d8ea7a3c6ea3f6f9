import { type Figure, verdictOn } from './figure.ts';

/** The machine in general words, and how busy it was beside us. */
export interface Machine {
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  /** Mean number of processes that wanted a core over the last minute, before and after. */
  readonly load: readonly [before: number, after: number];
}

/** The figures as plain data, verdicts included. */
export function asJson(figures: readonly Figure[], machine: Machine) {
  return { machine, figures: figures.map((figure) => ({ ...figure, ...verdictOn(figure) })) };
}

const HEAD = ['figure', 'ours', 'beside', 'ratio', 'goal', 'verdict', 'range', 'n'];

/** The figures as a table for people. */
export function asTable(figures: readonly Figure[], machine: Machine): string {
  const rows = [HEAD, ...figures.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const { cores, memoryGb, node, load } = machine;
  const where = `${cores} cores, ${memoryGb} GB, Node ${node}; load ${load.map((one) => one.toFixed(1)).join(' → ')}.`;
  return [
    ...lines.slice(0, 1),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...lines.slice(1),
    ...figures.flatMap(({ name, details = [] }) =>
      details.length === 0 ? [] : ['', `${name}:`, ...details],
    ),
    '',
    where,
  ].join('\n');
}

function row(figure: Figure): readonly string[] {
  const { ratio, met, missedBy } = verdictOn(figure);
  const { ours, beside, goal, unit, range } = figure;
  const show = (value: number) => (goal.on === 'ratio' ? times(value) : amount(value, unit));
  return [
    figure.name,
    `${amount(ours.value, unit)} ${ours.name}`,
    `${amount(beside.value, unit)} ${beside.name}`,
    times(ratio),
    `≤ ${show(goal.most)}`,
    met ? 'met' : `missed by ${show(missedBy)}`,
    `${show(range[0])} – ${show(range[1])}`,
    String(figure.samples),
  ];
}

function times(value: number): string {
  // Beside nothing there is no ratio.
  return Number.isFinite(value) ? `${value.toFixed(2)} ×` : '–';
}

function amount(value: number, unit: Figure['unit']): string {
  if (unit === 'of all') return String(value);
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}
