import type { Alert, KnownIds } from '../domain/alert.ts';
import { findIds } from '../domain/ids.ts';
import type { RunbookId } from '../domain/severity.ts';

/** An alert with all of these labels means this runbook. */
interface LabelRule {
  readonly match: Readonly<Record<string, string>>;
  readonly runbook: string;
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

/** Which runbooks a text and its labels mean: by code first, then by label rule, by words, by the runbooks' own labels. */
export function matches(
  text: string,
  labels: Readonly<Record<string, string>>,
  rules: IntakeRules,
): readonly Match[] {
  const whole = `${text} ${Object.values(labels).join(' ')}`;
  const byCode = rules.runbooks.flatMap(({ id, codes }) => {
    const code = codes.find((one) => new RegExp(`(?<![A-Z0-9_])${one}(?![A-Z0-9_])`).test(whole));
    return code === undefined ? [] : [{ runbook: id, code }];
  });
  if (byCode.length > 0) return byCode;
  const by = (among: readonly LabelRule[]) =>
    among
      .filter(({ match }) => Object.entries(match).every(([label, value]) => labels[label] === value))
      .flatMap(({ runbook }) => rules.runbooks.filter(({ id }) => id === runbook))
      .map(({ id }) => ({ runbook: id, code: null }));
  const byLabel = by(rules.labelRules);
  if (byLabel.length > 0) return byLabel;
  const lower = whole.toLowerCase();
  const byWords = rules.runbooks.filter(({ words }) =>
    words.some((row) => row.every((word) => lower.includes(word))),
  );
  return byWords.length > 0 ? byWords.map(({ id }) => ({ runbook: id, code: null })) : by(rules.ownLabels);
}

/** The clear answer to an alert that is labelled for another environment. */
export function ofAnother(environment: string, rules: IntakeRules): string {
  return `The alert is of ${environment}, this bot serves ${rules.environment}. It was not taken; send it to the bot of ${environment}.`;
}

/** The clear answer to an alert that no runbook knows. */
export function ofNoRunbook(name: string, rules: IntakeRules): string {
  return `No runbook knows the alert ${name}. A label or annotation with one of these codes would be taken: ${knownCodes(rules)}.`;
}

/** All codes that this bot knows, for a clear answer to an unknown one. */
function knownCodes(rules: IntakeRules): string {
  return rules.runbooks.flatMap(({ codes }) => codes).join(', ');
}

type Common = Omit<Alert, 'runbook' | 'code' | 'ids' | 'summary'>;

/** Labels by which exporters name a consumer group. */
const GROUP_LABELS = ['group', 'consumergroup', 'consumer_group'] as const;
/** A consumer group's name as Kafka takes it, without spaces and quotes. */
const GROUP = /^[\w.-]{1,200}$/;

/** Every id that stands in a text or in an alert's labels. */
export function idsIn(text: string, labels: Readonly<Record<string, string>> = {}): KnownIds {
  const all = [text, ...Object.values(labels)].join(' ');
  const groups = GROUP_LABELS.flatMap((label) => labels[label] ?? []).filter((name) => GROUP.test(name));
  return {
    orders: findIds('order', all),
    refunds: findIds('refund', all),
    returns: findIds('return', all),
    exports: findIds('export', all),
    payments: findIds('payment', all),
    groups,
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

/** Only links that a person may safely be shown. */
export function safeUrl(text: string | undefined): string | null {
  return text !== undefined && /^https?:\/\/[^\s<>|"]+$/.test(text) ? text : null;
}
