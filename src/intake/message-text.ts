import type { IntakeRules } from './rules.ts';

/** The parts of a message that people read, whatever else Slack sends along. */
interface Spoken {
  readonly text?: string | null | undefined;
  readonly blocks?: readonly unknown[] | null | undefined;
  readonly attachments?: readonly unknown[] | null | undefined;
}

const SHOWN = ['pretext', 'title', 'text', 'fallback'] as const;

/** All words of a message, each line once: its text, its blocks, and the attachments with their fields. */
export function textOf(message: Spoken): string {
  const parts = [
    message.text,
    ...blocksText(message.blocks),
    ...(message.attachments ?? []).flatMap(attachmentText),
  ];
  const lines = parts.flatMap((part) => (typeof part === 'string' ? plain(part).split('\n') : []));
  return [...new Set(lines.map((line) => line.trim()).filter((line) => line !== ''))].join('\n');
}

function attachmentText(attachment: unknown): unknown[] {
  if (!isObject(attachment)) return [];
  const fields = Array.isArray(attachment['fields']) ? attachment['fields'] : [];
  return [
    ...SHOWN.map((key) => attachment[key]),
    ...fields.map((field) => (isObject(field) ? `${field['title'] ?? ''}: ${field['value'] ?? ''}` : null)),
    ...blocksText(attachment['blocks']),
  ];
}

function blocksText(blocks: unknown): string[] {
  return Array.isArray(blocks) ? blocks.map((block) => wordsIn(block)) : [];
}

/** Block Kit keeps its words under `text`, at any depth; the pieces of one rich text line belong together. */
function wordsIn(value: unknown): string {
  if (Array.isArray(value)) {
    const inline = value.some((one) => isObject(one) && typeof one['text'] === 'string' && isPiece(one));
    return value.map(wordsIn).join(inline ? '' : '\n');
  }
  if (!isObject(value)) return '';
  return Object.entries(value)
    .map(([key, inner]) => {
      if (key === 'text' && typeof inner === 'string') return inner;
      return typeof inner === 'object' ? wordsIn(inner) : '';
    })
    .filter((part) => part !== '')
    .join('\n');
}

function isPiece({ type }: Record<string, unknown>): boolean {
  return type === 'text' || type === 'link';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Slack escapes and wraps; the words themselves are what counts. */
function plain(text: string): string {
  return text
    .replace(/<(https?:[^|>]+)\|([^>]*)>/g, '$2')
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** What companies call their environments: in a title Alertmanager gives the labels' values without their names. */
const ENVIRONMENTS = [
  ['prod', 'production'],
  ['stage', 'staging', 'stg'],
  ['preprod', 'pre-prod', 'preproduction'],
  ['dev', 'development'],
  ['test', 'testing'],
  ['qa'],
  ['uat'],
  ['int'],
  ['demo'],
  ['sandbox'],
];

/** The value that a message gives to a label by its name, *dependency: redis* or *dependency="redis"*; undefined: none. */
function labelIn(text: string, name: string): string | undefined {
  const label = name.replace(/[^\w]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${label}[*_]*\\s*[:=][\\s*_\`"']*([\\w.-]*[\\w-])`, 'i').exec(text)?.[1];
}

/** Those labels of a message that tell one runbook's alerts from another's. */
export function labelsIn(text: string, rules: IntakeRules): Readonly<Record<string, string>> {
  const names = [
    ...rules.owners.flatMap(({ labels }) => labels),
    ...[...rules.labelRules, ...rules.ownLabels].flatMap(({ match }) => Object.keys(match)),
  ];
  return Object.fromEntries(
    [...new Set(names)].flatMap((name) => {
      const value = labelIn(text, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The environment that a message names, ours by our own name; null where it names none. */
export function environmentIn(text: string, rules: IntakeRules): string | null {
  const labelled = labelIn(text, rules.environmentLabel);
  if (labelled !== undefined) return labelled;
  const title = /^\s*\*?\[(?:FIRING|RESOLVED)[^\]]*\][^\n(]*\(([^)\n]*)\)/m.exec(text)?.[1];
  const named = (title ?? '').split(/[\s,]+/).filter((word) => isOurs(word, rules) || isEnvironment(word));
  return named.some((word) => isOurs(word, rules)) ? rules.environment : (named[0] ?? null);
}

function isOurs(word: string, { environment }: IntakeRules): boolean {
  const [lower, ours] = [word.toLowerCase(), environment.toLowerCase()];
  return lower === ours || ENVIRONMENTS.some((names) => names.includes(lower) && names.includes(ours));
}

function isEnvironment(word: string): boolean {
  return ENVIRONMENTS.some((names) => names.includes(word.toLowerCase()));
}
