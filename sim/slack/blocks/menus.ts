import {
  boolean,
  exactlyOne,
  integer,
  isObject,
  list,
  object,
  oneOf,
  optional,
  type Report,
  type Rule,
  string,
} from './rules.ts';
import { confirm, id, option, optionGroup, placeholder } from './text.ts';

const common = {
  action_id: optional(id),
  confirm: optional(confirm),
  focus_on_load: optional(boolean),
  placeholder: optional(placeholder),
};
const several = { max_selected_items: optional(integer(1, 100)) };
const choices = { options: optional(list(option, 100)), option_groups: optional(list(optionGroup, 100)) };
const filter = object({
  include: optional(list(oneOf('im', 'mpim', 'private', 'public'), 4)),
  exclude_external_shared_channels: optional(boolean),
  exclude_bot_users: optional(boolean),
});
const conversation = {
  default_to_current_conversation: optional(boolean),
  response_url_enabled: optional(boolean),
  filter: optional(filter),
};

/** Select menus: one choice, or several with the `multi_` prefix. At most 100 options or 100 groups of 100. */
export const MENUS: Readonly<Record<string, Rule>> = {
  static_select: object({ ...common, ...choices, initial_option: optional(option) }, chosenFromOptions),
  multi_static_select: object(
    { ...common, ...choices, ...several, initial_options: optional(list(option, 100)) },
    chosenFromOptions,
  ),
  external_select: object({
    ...common,
    initial_option: optional(option),
    min_query_length: optional(integer(0, 3_000)),
  }),
  multi_external_select: object({
    ...common,
    ...several,
    initial_options: optional(list(option, 100)),
    min_query_length: optional(integer(0, 3_000)),
  }),
  users_select: object({ ...common, initial_user: optional(string(255)) }),
  multi_users_select: object({ ...common, ...several, initial_users: optional(list(string(255), 100)) }),
  conversations_select: object({ ...common, ...conversation, initial_conversation: optional(string(255)) }),
  multi_conversations_select: object({
    ...common,
    ...several,
    default_to_current_conversation: optional(boolean),
    filter: optional(filter),
    initial_conversations: optional(list(string(255), 100)),
  }),
  channels_select: object({
    ...common,
    initial_channel: optional(string(255)),
    response_url_enabled: optional(boolean),
  }),
  multi_channels_select: object({
    ...common,
    ...several,
    initial_channels: optional(list(string(255), 100)),
  }),
};

function chosenFromOptions(value: Record<string, unknown>, at: string, report: Report): void {
  exactlyOne(value, ['options', 'option_groups'], at, report);
  initialIsThere(value, at, report);
}

/** What is chosen at the start must be one of the options. */
export function initialIsThere(value: Record<string, unknown>, at: string, report: Report): void {
  const groups = Array.isArray(value['option_groups']) ? value['option_groups'] : [];
  const offered = [value['options'], ...groups.map((group) => (isObject(group) ? group['options'] : null))]
    .flatMap((options) => (Array.isArray(options) ? options : []))
    .map(chosenValue);
  const initial = value['initial_option'];
  if (initial !== undefined && !offered.includes(chosenValue(initial))) {
    report.fail(`${at}/initial_option`, 'must be one of the options');
  }
  const initials = value['initial_options'];
  if (!Array.isArray(initials)) return;
  for (const [place, one] of initials.entries()) {
    if (!offered.includes(chosenValue(one)))
      report.fail(`${at}/initial_options/${place}`, 'must be one of the options');
  }
}

function chosenValue(one: unknown): unknown {
  return isObject(one) ? one['value'] : null;
}
