import { exactlyOne, list, object, optional } from './rules.ts';
import { option, optionGroup } from './text.ts';
import { gather } from './validate.ts';

const ANSWER = object(
  { options: optional(list(option, 100, 0)), option_groups: optional(list(optionGroup, 100, 0)) },
  (value, at, report) => exactlyOne(value, ['options', 'option_groups'], at, report),
);

/** What Slack would say of the lines that an app gives for an external menu. */
export function validateOptions(answer: unknown): string[] {
  const { report, said } = gather('message');
  ANSWER(answer, '', report);
  return said;
}
