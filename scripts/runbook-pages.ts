import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CATALOGUE } from '../src/runbooks/catalogue.ts';
import type { AnyAction, AnyByHand, AnyRunbook } from '../src/runbooks/define-runbook.ts';
import { LINKS } from '../src/runbooks/links.ts';
import { stepsIn } from '../src/runbooks/listing.ts';
import { RUNBOOK_NAMES } from '../src/runbooks/names.ts';
import { pageName } from '../src/runbooks/page-name.ts';
import { DEFAULT_THRESHOLDS } from '../src/runbooks/thresholds.ts';

/** What writes them anew, for whoever finds them stale. */
export const COMMAND = 'node scripts/run.mjs scripts/runbook-pages.ts';
const FOLDER = fileURLToPath(new URL('../docs/runbooks/', import.meta.url));

/** The page of one runbook, with the default names and thresholds. */
function pageOf(runbook: AnyRunbook): string {
  const { number, title, severity, team, codes, causes, actions, advice = [], byHand = [] } = runbook;
  const parts = [
    `# ${number} ${title}`,
    [
      `${capital(severity)} severity; the ${team} team is called first.`,
      `It is meant by ${codes.map((code) => `\`${code}\``).join(', ')}.`,
      'Names and numbers are the defaults; `oms config explain` says yours.',
    ].join('\n'),
    '## What we look at',
    ...looks(runbook),
    '## How we judge',
    ...causes.map(({ title: cause, rule, outside }) => {
      const told = rule(DEFAULT_THRESHOLDS);
      const where = outside ? ['It lies outside: nothing of ours cures it.'] : [];
      const how = [`Supported: ${told.supported}`, `Ruled out: ${told.ruledOut}`, 'Open otherwise.'];
      return section(cause, [...how, ...where]);
    }),
    '## What we offer, and when not',
    ...actions.map(offered),
    ...(byHand.length === 0 ? [] : ['## What you do by hand', byHand.map(doneByHand).join('\n')]),
    ...(advice.length === 0
      ? []
      : ['## What the card says, and when', advice.map(({ id, shown }) => `- ${shown} (${id})`).join('\n')]),
    '## Impact and help',
    [
      `Counted as affected: ${runbook.impact.means}.`,
      'Help is called after 20 minutes, above 25 % of orders, or at once where the card says why.',
      'Anybody in the channel may call it sooner.',
    ].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function looks(runbook: AnyRunbook): readonly string[] {
  return stepsIn(runbook, RUNBOOK_NAMES)
    .filter(({ kind }) => kind.startsWith('check') || kind === 'monitor')
    .map(({ step, title, system, kind, equivalent, instead }) =>
      [
        section(`${step} ${title}`, [
          `${system} is asked${kind === 'check, on request' ? ' when a person clicks' : kind === 'monitor' ? ' again after a run' : ''}.`,
          ...(instead === null ? [] : [instead]),
          'By hand:',
        ]),
        `\`\`\`sh\n${equivalent}\n\`\`\``,
      ].join('\n\n'),
    );
}

function offered(action: AnyAction): string {
  const told = action.rule(DEFAULT_THRESHOLDS);
  const plan = action.proof.plan(DEFAULT_THRESHOLDS);
  return section(`${action.step} ${action.title}`, [
    `${capital(action.tier)}${action.tier === 'guarded' ? ': two people' : ''}${action.approvers === 'managers' ? ', the second one a manager' : ''}.`,
    `Recommended: ${told.when}`,
    ...told.notWhile.map((reason) => `It waits: ${reason}`),
    ...action.notes,
    `Proof: ${plan.words.replace(/\.$/, '')}; asked every ${Math.round(plan.everyMs / 1_000)} s for up to ${Math.round(plan.withinMs / 60_000)} min.`,
    ...(action.mitigates ? ['It heals for now: the incident is watched, not resolved.'] : []),
    ...action.owes.map(({ what, owner }) => `It leaves to do: ${what} (${owner})`),
  ]);
}

function doneByHand({ id, what, owner, link, shown }: AnyByHand): string {
  const where = link === null ? '' : ` Where: ${LINKS[link]} (\`links.${link}\`)`;
  return `- **${id}** ${what} By: ${owner}. Shown ${shown.replace(/\.$/, '')}.${where}`;
}

/** One sentence a line, each a point of a list, so that every viewer keeps the lines. */
function section(title: string, lines: readonly string[]): string {
  return `### ${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Every page by the name of its file. */
function pages(): ReadonlyMap<string, string> {
  return new Map(CATALOGUE.map((runbook) => [`${pageName(runbook)}.md`, pageOf(runbook)]));
}

/** Names of files that are not what the runbooks say now, or that no runbook has. */
export function stale(): readonly string[] {
  const wanted = pages();
  const there = readdirSync(FOLDER);
  const differ = [...wanted].filter(
    ([name, text]) => !there.includes(name) || readFileSync(join(FOLDER, name), 'utf8') !== text,
  );
  return [...differ.map(([name]) => name), ...there.filter((name) => !wanted.has(name))];
}

if (import.meta.filename === process.argv[1]) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of pages()) writeFileSync(join(FOLDER, name), text);
}
