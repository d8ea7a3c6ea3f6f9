import type * as z from 'zod';

const NUMBER_OF = /(Minutes|Seconds|Hours|Days|Percent)$/;

/**
 * What would be right, where the schema itself does not say it.
 * @param shown whether what stood there may be told: of a file it may, of the environment it may not
 */
export function wanted(shown: boolean): z.core.$ZodErrorMap {
  const not = (input: unknown) => (shown && input !== undefined ? `, not ${inWords(input)}` : '');
  return (issue) => {
    const { input } = issue;
    if (issue.code === 'invalid_value') return `${listed(issue.values.map(String))} is wanted${not(input)}`;
    if (issue.code === 'too_big' && issue.origin !== 'date')
      return `${atMost(Number(issue.maximum), issue.origin)}${sized(issue.origin) ? '' : not(input)}`;
    if (issue.code === 'too_small' && issue.origin !== 'date')
      return `${atLeast(Number(issue.minimum), issue.inclusive === true, issue.origin)}${sized(issue.origin) ? '' : not(input)}`;
    if (issue.code !== 'invalid_type') return undefined;
    if (input === undefined || input === null) return 'it has to be set';
    if (issue.expected === 'int') return `a whole number is wanted${not(input)}`;
    if (issue.expected === 'number')
      return `${numberOf(issue.path)} is wanted${not(input)}${unquoted(shown, input)}`;
    if (issue.expected === 'boolean') return `true or false is wanted${not(input)}`;
    if (issue.expected === 'array')
      return `a list is wanted${typeof input === 'object' || !shown ? not(input) : `, in brackets: [${short(String(input))}]`}`;
    if (issue.expected === 'string')
      return `one text is wanted${not(input)}${shown && typeof input !== 'object' ? ': put it in quotes' : ''}`;
    return `keys are wanted below it${not(input)}`;
  };
}

/** A threshold says its unit in its name. */
function numberOf(path: readonly PropertyKey[] | undefined): string {
  const [, unit] = NUMBER_OF.exec(String(path?.at(-1) ?? '')) ?? [];
  if (unit === undefined) return 'a number';
  return unit === 'Percent'
    ? 'a number, in percent and without the sign,'
    : `a number, in ${unit.toLowerCase()},`;
}

function unquoted(shown: boolean, input: unknown): string {
  return shown && typeof input === 'string' && /^\d+(\.\d+)?$/.test(input) ? ': take the quotes away' : '';
}

function sized(origin: string | undefined): boolean {
  return origin !== 'number' && origin !== 'int';
}

function atMost(maximum: number, origin: string | undefined): string {
  if (origin === 'string') return `it has ${maximum} characters at most`;
  return sized(origin) ? `it lists at most ${maximum}` : `at most ${maximum} is wanted`;
}

function atLeast(minimum: number, inclusive: boolean, origin: string | undefined): string {
  if (origin === 'string') return minimum > 1 ? `it has ${minimum} characters at least` : 'it is empty';
  if (sized(origin)) return `it lists at least ${minimum}`;
  return `${inclusive ? 'at least' : 'more than'} ${minimum} is wanted`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function inWords(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'keys';
  return typeof input === 'string' ? `“${short(input)}”` : String(input);
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
