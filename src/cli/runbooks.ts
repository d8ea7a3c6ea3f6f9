import { OWN_KEYS } from '../config/thresholds.ts';
import type { Config } from '../config.ts';
import { rulesOf } from '../rules-of.ts';
import { bulletsIn } from '../runbooks/bullets.ts';
import { CATALOGUE } from '../runbooks/catalogue.ts';
import { CONSTANTS } from '../runbooks/constants.ts';
import { type ListedStep, stepsIn } from '../runbooks/listing.ts';
import { THRESHOLD_NAMES, THRESHOLDS, type Unit } from '../runbooks/thresholds.ts';
import { ownConfig, rowsOf } from './config.ts';
import { factsIn } from './overview.ts';

/** `oms runbooks`: what the bot knows, with our users' names in the commands. @throws ConfigError */
export function listRunbooks(asJson: boolean, print: (line: string) => void): void {
  const config = ownConfig();
  const { names } = rulesOf(config, false);
  const runbooks = CATALOGUE.map((runbook) => ({
    runbook: runbook.id,
    number: runbook.number,
    title: runbook.title,
    severity: runbook.severity,
    team: runbook.team,
    codes: runbook.codes,
    steps: stepsIn(runbook, names, config.oms.thresholds),
    knowledge: bulletsIn(runbook),
  }));
  const company = factsIn(config.oms);
  const thresholds = numbersIn(config);
  if (asJson) {
    print(JSON.stringify({ runbooks, company, thresholds }, null, 2));
    return;
  }
  for (const { number, title, runbook, severity, codes, steps, knowledge } of runbooks) {
    print(`${number}. ${title} (${runbook}), ${severity}: ${codes.join(', ')}`);
    for (const step of steps) print(rowOf(step));
    const idle = knowledge.filter(({ carriedBy }) => carriedBy.length === 0).map(({ id }) => id);
    const rest = idle.length === 0 ? '' : `; nothing carries ${idle.join(', ')}`;
    print(
      `   ${knowledge.length - idle.length} of ${knowledge.length} bullets of the runbook are carried${rest}.`,
    );
    print('');
  }
  for (const { name, value, unit, origin, key } of thresholds)
    print(`   ${name} = ${value} ${unit} (${origin}${key === null ? '; not to be set' : ''})`);
  print('');
  print('`oms runbooks --json` has the commands to type, and what carries each bullet of the runbook.');
}

interface ListedNumber {
  readonly name: string;
  /** As it counts here. */
  readonly value: number;
  readonly unit: Unit;
  readonly means: string;
  /** The line of oms.yaml that says it, else whose number it is. */
  readonly origin: string;
  /** The key of oms.yaml that sets it; null: nobody does. */
  readonly key: string | null;
}

/** Every number that decides something: thresholds, those under keys of their own, and those that stand. */
export function numbersIn(config: Config): readonly ListedNumber[] {
  const { oms, origins } = config;
  const thresholds = THRESHOLD_NAMES.map((name): ListedNumber => {
    const key = `thresholds.${name}`;
    const { unit, means, origin } = THRESHOLDS[name];
    return { name, value: oms.thresholds[name], unit, means, origin: origins.get(key) ?? origin, key };
  });
  const rows = rowsOf(config);
  const own = Object.entries(OWN_KEYS).map(([key, { unit, origin }]): ListedNumber => {
    const { value = '', means = '' } = rows.find((row) => row.key === key) ?? {};
    return { name: key, value: Number(value), unit, means, origin: origins.get(key) ?? origin, key };
  });
  const fixed = Object.entries(CONSTANTS).map(([name, one]): ListedNumber => ({ name, ...one, key: null }));
  return [...thresholds, ...own, ...fixed];
}

function rowOf({ step, kind, tier, title, system }: ListedStep): string {
  return `   ${step.padEnd(9)} ${(tier ?? kind).padEnd(17)} ${title}${kind === 'check' ? ` (${system})` : ''}`;
}
