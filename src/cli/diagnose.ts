import { idsTyped } from '../domain/alert.ts';
import { type Finding, overall, type Verdict } from '../domain/finding.ts';
import { type IdKind, parseId } from '../domain/ids.ts';
import { realHands, systemClock } from '../parts.ts';
import { lookLive } from '../pipeline/look-live.ts';
import type { Log } from '../ports/log.ts';
import { rulesOf } from '../rules-of.ts';
import { CATALOGUE, findRunbook } from '../runbooks/catalogue.ts';
import { stepsIn } from '../runbooks/listing.ts';
import { ownConfig } from './config.ts';
import { SILENT } from './silent.ts';

const SIGN: Readonly<Record<Verdict, string>> = {
  healthy: 'healthy',
  broken: 'BROKEN',
  unknown: 'unknown',
  skipped: 'skipped',
};
const EXIT = { healthy: 0, broken: 1, unknown: 2 } as const;
const log: Log = { ...SILENT, error: (facts, message) => console.error(message, facts) };

/**
 * `oms diagnose`: the diagnosis of an incident's card, from a terminal and recorded nowhere.
 * @param named ids by the kind that they were said to be of
 * @returns the exit code: 0 healthy, 1 broken, 2 unknown, also where the question itself was wrong
 * @throws ConfigError
 */
export async function diagnoseHere(
  wanted: string,
  typed: readonly string[],
  named: Readonly<Record<string, readonly string[]>>,
  asJson: boolean,
  print: (line: string) => void,
): Promise<number> {
  const runbook = findRunbook(wanted);
  if (runbook === null) {
    print(
      `No runbook is called “${wanted}”. There is:\n${CATALOGUE.map(({ id, codes }) => `  ${id} (${codes.join(', ')})`).join('\n')}`,
    );
    return EXIT.unknown;
  }
  const wrong = Object.entries(named)
    .flatMap(([kind, some]) => some.map((id) => parseId(kind as IdKind, id)))
    .find((read) => !read.ok);
  const ids = wrong ?? idsTyped([...typed, ...Object.values(named).flat()]);
  if (!ids.ok) {
    print(ids.because);
    return EXIT.unknown;
  }
  const config = ownConfig();
  const rules = rulesOf(config, false);
  const hands = await realHands(config, log);
  try {
    if (!asJson) print(`${runbook.title}: ${Object.keys(runbook.checks).length} questions are being asked.`);
    const look = await lookLive(
      {
        probes: hands.probes,
        samples: { add: async () => undefined, since: async () => [], between: async () => ({}) },
        rules,
        clock: systemClock,
        step: async (_name, work) => await work(),
        log,
      },
      runbook,
      systemClock.now(),
      ids.value,
      asJson ? () => undefined : (finding) => print(lineOf(finding)),
    );
    const verdict = overall(look.findings);
    if (asJson) {
      const { findings, causes, impact, tookMs } = look;
      print(JSON.stringify({ runbook: runbook.id, verdict, findings, causes, impact, tookMs }, null, 2));
      return EXIT[verdict];
    }
    print('');
    for (const { verdict: said, title, because } of look.causes)
      print(`  ${said.padEnd(10)} ${title}: ${because}`);
    if (look.causes.some(({ verdict: said }) => said === 'open')) {
      print(
        '  This was one look, without the past: what needs a second one (down or cut off twice, a trend, what is usual) stays open.',
      );
      print('  Look again in a minute and compare, or ask in Slack with `/oms diagnose`, which remembers.');
    }
    print('');
    print(
      look.impact.known
        ? `${look.impact.affected} of ${look.impact.total} orders are affected.`
        : `Impact unknown: ${look.impact.because}`,
    );
    const unseen = look.findings.filter(({ verdict: said }) => said === 'unknown').map(({ step }) => step);
    const byHand = stepsIn(runbook, rules.names).filter(({ step }) => unseen.includes(step));
    for (const { step, equivalent } of byHand) print(`By hand, ${step}:\n  ${equivalent}`);
    print(
      `All in all: ${verdict}, after ${(look.tookMs / 1_000).toFixed(1)} s. Changes run from Slack, where somebody approves them.`,
    );
    return EXIT[verdict];
  } finally {
    await hands.close();
  }
}

function lineOf({ step, verdict, line }: Finding): string {
  return `  ${SIGN[verdict].padEnd(8)} ${step.padEnd(4)} ${line}`;
}
