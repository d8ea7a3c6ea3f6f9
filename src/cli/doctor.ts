import { examine } from '../doctor.ts';
import type { Examined } from '../examined.ts';
import { realHands } from '../parts.ts';
import { ownConfig, rowsOf } from './config.ts';
import { SILENT } from './silent.ts';

/**
 * `oms doctor`: whether each system can be reached, what the bot may do there, and what is skipped and why.
 * @returns the exit code: 0 nothing is wrong, 1 something is
 * @throws ConfigError
 */
export async function doctor(print: (line: string) => void): Promise<number> {
  const config = ownConfig();
  const hands = await realHands(config, SILENT);
  try {
    const found = await examine(config, hands.probes);
    for (const system of found) for (const line of linesOf(system)) print(line);
    for (const line of unset(rowsOf(config))) print(line);
    const wrong = found.reduce((sum, { trouble }) => sum + trouble.length, 0);
    print(wrong === 0 ? 'Nothing is wrong.' : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`);
    return wrong === 0 ? 0 : 1;
  } finally {
    await hands.close();
  }
}

function linesOf({ system, fine, trouble, skipped }: Examined): readonly string[] {
  const state = trouble.length > 0 ? 'WRONG' : fine.length > 0 ? 'fine' : 'skipped';
  return [
    `${system}: ${state}`,
    ...trouble.map((line) => `  wrong    ${line}`),
    ...fine.map((line) => `  fine     ${line}`),
    ...skipped.map((line) => `  skipped  ${line}`),
  ];
}

/** Keys whose meaning says that something is skipped without them. */
function unset(rows: ReturnType<typeof rowsOf>): readonly string[] {
  const missing = rows.filter(({ value, means }) => value === 'not set' && means.includes('unset: skipped'));
  return missing.length === 0
    ? []
    : ['Not configured: skipped', ...missing.map(({ key, means }) => `  skipped  ${key}: ${means}`)];
}
