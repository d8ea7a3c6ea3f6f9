import type { Alert, KnownIds } from '../domain/alert.ts';
import { findIds } from '../domain/ids.ts';
import type { RunbookId } from '../domain/severity.ts';

/** An alert with all of these labels means this runbook. */
interface LabelRule {
  readonly match: Readonly<Record<string, string>>;
  readonly runbook: string;
}

/** Whose an alert is that a runbook's code or words name, by the value of the first of these labels that it has. */
interface OwnerRule {
  readonly runbook: RunbookId;
  readonly labels: readonly string[];
  /** @param code null: words alone named the runbook. Null: not this runbook's, whatever else it may be. */
  whose(code: string | null, value: string): RunbookId | null;
}

/** What intake has to know to tell alerts apart; handed in, so that this room knows no runbook. */
export interface IntakeRules {
  readonly environment: string;
  readonly environmentLabel: string;
  readonly scopeLabels: readonly string[];
  readonly runbooks: readonly {
    readonly id: RunbookId;
    readonly codes: readonly string[];
    readonly words: readonly (readonly string[])[];
  }[];
  readonly labelRules: readonly LabelRule[];
  /** What the runbooks know by a label alone, where neither code, rule nor words say more. */
  readonly ownLabels: readonly LabelRule[];
  /** Labels that decide before codes and words of a runbook do. */
  readonly owners: readonly OwnerRule[];
  /** Bot ids, app ids or bot names whose messages count as alerts. */
  readonly trustedSenders: readonly string[];
  readonly own: { readonly userId: string; readonly botId: string };
}

/** The outside said something that cannot be read; says what was wrong and what would be right. */
export class IntakeError extends Error {
  override readonly name = 'IntakeError';
}

export interface Match {
  readonly runbook: RunbookId;
  readonly code: string | null;
}

/**
 * Which runbooks a text and its labels mean: by code first, then by label rule, by words, by the runbooks' own labels.
 * A label by which a runbook tells its alerts from another's decides before code and words.
 */
export function matches(
  text: string,
  labels: Readonly<Record<string, string>>,
  rules: IntakeRules,
): readonly Match[] {
  const whole = wholeOf(text, labels);
  const owned = byOwner(byCode(whole, rules), labels, rules);
  if (owned.length > 0) return owned;
  const by = (among: readonly LabelRule[]) =>
    among
      .filter(({ match }) => Object.entries(match).every(([label, value]) => labels[label] === value))
      .flatMap(({ runbook }) => rules.runbooks.filter(({ id }) => id === runbook))
      .map(({ id }) => ({ runbook: id, code: null }))
      .filter(({ runbook }, place, all) => all.findIndex((one) => one.runbook === runbook) === place);
  const byLabel = by(rules.labelRules);
  if (byLabel.length > 0) return byLabel;
  const lower = whole.toLowerCase();
  const byWords = rules.runbooks.filter(({ words }) =>
    words.some((row) => row.every((word) => lower.includes(word))),
  );
  const meant = byOwner(
    byWords.map(({ id }) => ({ runbook: id, code: null })),
    labels,
    rules,
  );
  return meant.length > 0 ? meant : by(rules.ownLabels);
}

/** Labels say much by their values: a code, a service, a reason. */
function wholeOf(text: string, labels: Readonly<Record<string, string>>): string {
  return `${text} ${Object.values(labels).join(' ')}`;
}

function byCode(whole: string, { runbooks }: IntakeRules): readonly (Match & { readonly code: string })[] {
  return runbooks.flatMap(({ id, codes }) => {
    const code = codes.find((one) => new RegExp(`(?<![A-Z0-9_])${one}(?![A-Z0-9_])`).test(whole));
    return code === undefined ? [] : [{ runbook: id, code }];
  });
}

/** Each where its label says that it belongs; two codes that come to one runbook are one match. */
function byOwner(
  found: readonly Match[],
  labels: Readonly<Record<string, string>>,
  { owners }: IntakeRules,
): readonly Match[] {
  const moved = found.flatMap((match) => {
    const rule = owners.find(({ runbook }) => runbook === match.runbook);
    const label = rule?.labels.find((name) => (labels[name] ?? '') !== '');
    if (rule === undefined || label === undefined) return [match];
    const runbook = rule.whose(match.code, labels[label] ?? '');
    return runbook === null ? [] : [{ ...match, runbook }];
  });
  return moved.filter(({ runbook }, place) => moved.findIndex((one) => one.runbook === runbook) === place);
}

/** The clear answer to an alert that is labelled for another environment. */
export function ofAnother(environment: string, rules: IntakeRules): string {
  return `The alert is of ${environment}, this bot serves ${rules.environment}. It was not taken; send it to the bot of ${environment}.`;
}

/** The clear answer to an alert that no runbook knows. */
export function ofNoRunbook(
  name: string,
  text: string,
  labels: Readonly<Record<string, string>>,
  rules: IntakeRules,
): string {
  // A code that is known, and whose alert was not taken: a label said that it is about something else.
  const elsewhere = byCode(wholeOf(text, labels), rules).map(({ runbook, code }) => {
    const said = (rules.owners.find((one) => one.runbook === runbook)?.labels ?? [])
      .filter((label) => (labels[label] ?? '') !== '')
      .map((label) => `${label}=${labels[label]?.slice(0, 100)}`);
    return ` ${code} with ${said[0]} is about something else.`;
  });
  return `No runbook knows the alert ${name}.${elsewhere.join('')} A label or annotation with one of these codes would be taken: ${knownCodes(rules)}.`;
}

/** All codes that this bot knows, for a clear answer to an unknown one. */
function knownCodes(rules: IntakeRules): string {
  return rules.runbooks.flatMap(({ codes }) => codes).join(', ');
}

type Common = Omit<Alert, 'runbook' | 'code' | 'ids' | 'summary'>;

/** Every id that stands in a text or in an alert's labels. */
export function idsIn(text: string, labels: Readonly<Record<string, string>> = {}): KnownIds {
  const all = [text, ...Object.values(labels)].join(' ');
  return {
    orders: findIds('order', all),
    refunds: findIds('refund', all),
    returns: findIds('return', all),
    exports: findIds('export', all),
    payments: findIds('payment', all),
  };
}

/** One alert per runbook that the text means; ids are taken from the text and from the labels' values. */
export function alertsOf(
  common: Common,
  text: string,
  labels: Readonly<Record<string, string>>,
  found: readonly Match[],
): readonly Alert[] {
  const ids = idsIn(text, labels);
  return found.map(({ runbook, code }) => ({
    ...common,
    runbook,
    code,
    summary: text.replace(/\s+/g, ' ').trim().slice(0, 300),
    ids,
  }));
}

/** A longer scope would not fit into the index by which its incident is found, in letters. */
const LONGEST_SCOPE = 500;

/** What tells incidents of one runbook apart: two that differ only behind so many letters are one. */
export function scopeOf(labels: Readonly<Record<string, string>>, { scopeLabels }: IntakeRules): string {
  const scope = scopeLabels.map((label) => labels[label] ?? '').join('/');
  // By letters, not by units: none is halved.
  return [...scope].slice(0, LONGEST_SCOPE).join('');
}

/** A longer link, as of a query that runs over pages, has no room on a card beside the others, in characters. */
const LONGEST_URL = 1_000;

/** Only links that a person may safely be shown. */
export function safeUrl(text: string | undefined): string | null {
  return text !== undefined && text.length <= LONGEST_URL && /^https?:\/\/[^\s<>|"]+$/.test(text)
    ? text
    : null;
}
