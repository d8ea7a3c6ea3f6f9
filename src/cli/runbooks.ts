import { rulesOf } from '../rules-of.ts';
import { CATALOGUE } from '../runbooks/catalogue.ts';
import { type ListedStep, stepsIn } from '../runbooks/listing.ts';
import { ownConfig } from './config.ts';

/** `oms runbooks`: what the bot knows, with our users' names in the commands. @throws ConfigError */
export function listRunbooks(asJson: boolean, print: (line: string) => void): void {
  const { names } = rulesOf(ownConfig(), false);
  const runbooks = CATALOGUE.map((runbook) => ({
    runbook: runbook.id,
    number: runbook.number,
    title: runbook.title,
    severity: runbook.severity,
    team: runbook.team,
    codes: runbook.codes,
    steps: stepsIn(runbook, names),
  }));
  if (asJson) {
    print(JSON.stringify(runbooks, null, 2));
    return;
  }
  for (const { number, title, runbook, severity, codes, steps } of runbooks) {
    print(`${number}. ${title} (${runbook}), ${severity}: ${codes.join(', ')}`);
    for (const step of steps) print(rowOf(step));
    print('');
  }
  print('`oms runbooks --json` has the commands to type.');
}

function rowOf({ step, kind, tier, title, system }: ListedStep): string {
  return `   ${step.padEnd(9)} ${(tier ?? kind).padEnd(17)} ${title}${kind === 'check' ? ` (${system})` : ''}`;
}
