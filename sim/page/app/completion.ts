import type { PageState } from '../shapes.ts';

/** One line that the composer offers. */
export interface Completion {
  readonly line: string;
  readonly hint: string;
  /** What then stands in the composer. */
  readonly insert: string;
}

/** What may be meant by a line that begins with a slash; nothing for any other. */
export function completionsFor(text: string, app: PageState['app']): readonly Completion[] {
  if (!text.startsWith('/') || text.includes('\n')) return [];
  const typed = text.trimStart().toLowerCase();
  const commands = app.commands
    .filter(({ command }) => command.startsWith(typed) && command !== typed)
    .map(({ command, description }) => ({ line: command, hint: description, insert: `${command} ` }));
  const lines = app.usage
    .filter((line) => kept(line).toLowerCase().startsWith(typed) && kept(line).trim() !== typed.trim())
    .map((line) => ({ line: kept(line).trim(), hint: line.slice(kept(line).length), insert: kept(line) }));
  return typed.includes(' ') ? lines : [...commands, ...lines];
}

/** The words of a usage line up to the first that is only an example. */
function kept(line: string): string {
  const words = line.split(' ');
  const example = words.findIndex((word) => word.startsWith('[') || /^[A-Z]+-\d+$/.test(word));
  return example < 0 ? line : `${words.slice(0, example).join(' ')} `;
}
