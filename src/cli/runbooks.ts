import type { Config } from '../config.ts';
import { rulesOf } from '../rules-of.ts';
import { bulletsIn } from '../runbooks/bullets.ts';
import { CATALOGUE } from '../runbooks/catalogue.ts';
import { type ListedStep, stepsIn } from '../runbooks/listing.ts';
import { THRESHOLD_NAMES, THRESHOLDS, type ThresholdName } from '../runbooks/thresholds.ts';
import { ownConfig } from './config.ts';
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
    steps: stepsIn(runbook, names),
    knowledge: bulletsIn(runbook),
  }));
  const company = factsIn(config.oms);
  const thresholds = thresholdsIn(config);
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
  for (const { name, value, unit, origin } of thresholds) print(`   ${name} = ${value} ${unit} (${origin})`);
  print('');
  print('`oms runbooks --json` has the commands to type, and what carries each bullet of the runbook.');
}

/** Every number that means trouble, as it counts here. */
function thresholdsIn({ oms, origins }: Config) {
  return THRESHOLD_NAMES.map((name: ThresholdName) => {
    const { unit, means, origin } = THRESHOLDS[name];
    return {
      name,
      value: oms.thresholds[name],
      unit,
      means,
      // The line of oms.yaml that says it, else whose number it is.
      origin: origins.get(`thresholds.${name}`) ?? origin,
    };
  });
}

function rowOf({ step, kind, tier, title, system }: ListedStep): string {
  return `   ${step.padEnd(9)} ${(tier ?? kind).padEnd(17)} ${title}${kind === 'check' ? ` (${system})` : ''}`;
}
