import { initialIsThere, MENUS } from './menus.ts';
import {
  anything,
  boolean,
  exactlyOne,
  integer,
  list,
  object,
  oneOf,
  only,
  optional,
  type Report,
  type Rule,
  string,
} from './rules.ts';
import { confirm, id, linkOption, placeholder, plain, richOption, slackFile, url } from './text.ts';

const common = { action_id: optional(id), confirm: optional(confirm) };
const focus = { focus_on_load: optional(boolean) };
const dispatch = {
  dispatch_action_config: optional(
    object({ trigger_actions_on: optional(list(oneOf('on_enter_pressed', 'on_character_entered'), 2)) }),
  ),
};
const typed = { action_id: optional(id), ...focus, ...dispatch, placeholder: optional(placeholder) };
const date = string(10, 10, /^\d{4}-\d{2}-\d{2}$/);
const time = string(5, 5, /^\d{2}:\d{2}$/);
const seconds = integer(1_000_000_000, 9_999_999_999);

export const button = object({
  ...common,
  text: plain(75),
  value: optional(string(2_000)),
  url: optional(url),
  style: optional(oneOf('primary', 'danger')),
  accessibility_label: optional(string(75)),
});

export const imageElement = object(
  {
    alt_text: string(2_000),
    image_url: optional(url),
    slack_file: optional(slackFile),
  },
  (value, at, report) => exactlyOne(value, ['image_url', 'slack_file'], at, report),
);

const overflow = object({ ...common, options: list(linkOption, 5) });
const checkboxes = object(
  { ...common, ...focus, options: list(richOption, 10), initial_options: optional(list(richOption, 10)) },
  initialIsThere,
);
const radioButtons = object(
  { ...common, ...focus, options: list(richOption, 10), initial_option: optional(richOption) },
  initialIsThere,
);
const datepicker = object({
  ...common,
  ...focus,
  placeholder: optional(placeholder),
  initial_date: optional(date),
});
const timepicker = object({
  ...common,
  ...focus,
  placeholder: optional(placeholder),
  initial_time: optional(time),
  timezone: optional(string(255)),
});
const datetimepicker = only(
  ['message', 'modal'],
  object({ ...common, ...focus, initial_date_time: optional(seconds) }),
);
const workflowButton = only(
  ['message'],
  object({
    text: plain(75),
    action_id: optional(id),
    workflow: anything,
    style: optional(oneOf('primary', 'danger')),
    accessibility_label: optional(string(75)),
  }),
);
const plainTextInput = object(
  {
    ...typed,
    initial_value: optional(string(3_000, 0)),
    multiline: optional(boolean),
    min_length: optional(integer(0, 3_000)),
    max_length: optional(integer(1, 3_000)),
  },
  shortestFits,
);
const inModal: readonly ['modal'] = ['modal'];

/** What a section may carry at its side. */
export const ACCESSORIES: Readonly<Record<string, Rule>> = {
  ...MENUS,
  button,
  image: imageElement,
  overflow,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker,
  timepicker,
  workflow_button: workflowButton,
};

export const ACTION_ELEMENTS: Readonly<Record<string, Rule>> = {
  ...MENUS,
  button,
  overflow,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker,
  timepicker,
  datetimepicker,
  workflow_button: workflowButton,
};

export const INPUT_ELEMENTS: Readonly<Record<string, Rule>> = {
  ...MENUS,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker,
  timepicker,
  datetimepicker,
  plain_text_input: plainTextInput,
  rich_text_input: only(
    ['modal', 'home'],
    object({
      ...typed,
      initial_value: optional(anything),
      min_lines: optional(integer(1, 100)),
      max_lines: optional(integer(1, 100)),
    }),
  ),
  number_input: only(
    inModal,
    object({
      ...typed,
      is_decimal_allowed: boolean,
      initial_value: optional(string(255)),
      min_value: optional(string(255)),
      max_value: optional(string(255)),
    }),
  ),
  email_text_input: only(inModal, object({ ...typed, initial_value: optional(string(3_000)) })),
  url_text_input: only(inModal, object({ ...typed, initial_value: optional(string(3_000)) })),
  file_input: only(
    inModal,
    object({
      action_id: optional(id),
      filetypes: optional(list(string(20), 100)),
      max_files: optional(integer(1, 10)),
    }),
  ),
};

const feedback = object({ text: plain(75), value: string(2_000), accessibility_label: optional(string(75)) });

export const CONTEXT_ACTION_ELEMENTS: Readonly<Record<string, Rule>> = {
  feedback_buttons: object({ action_id: optional(id), positive_button: feedback, negative_button: feedback }),
  icon_button: object({
    ...common,
    icon: oneOf('trash'),
    text: plain(75),
    value: optional(string(2_000)),
    accessibility_label: optional(string(75)),
    visible_to_user_ids: optional(list(string(255), 100)),
  }),
};

function shortestFits(value: Record<string, unknown>, at: string, report: Report): void {
  const { min_length: least, max_length: most } = value;
  if (typeof least === 'number' && typeof most === 'number' && least > most) {
    report.fail(`${at}/min_length`, 'must not be more than max_length');
  }
}
