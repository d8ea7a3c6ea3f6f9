import { dataTable, dataVisualization, table } from './data.ts';
import {
  ACCESSORIES,
  ACTION_ELEMENTS,
  button,
  CONTEXT_ACTION_ELEMENTS,
  INPUT_ELEMENTS,
  imageElement,
} from './elements.ts';
import { richText } from './rich-text.ts';
import {
  anything,
  boolean,
  byType,
  exactlyOne,
  integer,
  isObject,
  list,
  object,
  oneOf,
  only,
  optional,
  type Report,
  type Rule,
  string,
} from './rules.ts';
import { id, plain, slackFile, text, url } from './text.ts';

const block_id = optional(id);

const section = object(
  {
    block_id,
    text: optional(text(3_000)),
    fields: optional(list(text(2_000), 10)),
    accessory: optional(byType(ACCESSORIES)),
    expand: optional(boolean),
  },
  (value, at, report) => {
    if (value['text'] === undefined && value['fields'] === undefined) {
      report.fail(at, 'must define either `text` or `fields`');
    }
  },
);
const header = object({ block_id, text: plain(150), level: optional(integer(1, 4)) });
const divider = object({ block_id });
const context = object({
  block_id,
  elements: list((value, at, report) => {
    const rule = isObject(value) && value['type'] === 'image' ? imageElement : text(3_000);
    rule(value, at, report);
  }, 10),
});
const actions = object({ block_id, elements: list(byType(ACTION_ELEMENTS), 25) }, uniqueActionIds);
const image = object(
  {
    block_id,
    alt_text: string(2_000),
    title: optional(plain(2_000)),
    image_url: optional(url),
    slack_file: optional(slackFile),
  },
  (value, at, report) => exactlyOne(value, ['image_url', 'slack_file'], at, report),
);
const input = object(
  {
    block_id,
    label: plain(2_000),
    element: byType(INPUT_ELEMENTS),
    hint: optional(plain(2_000)),
    optional: optional(boolean),
    dispatch_action: optional(boolean),
  },
  ({ element, dispatch_action }, at, report) => {
    if (dispatch_action === true && isObject(element) && element['type'] === 'file_input') {
      report.fail(`${at}/dispatch_action`, 'is not supported with file_input');
    }
  },
);
const video = object({
  block_id,
  alt_text: string(2_000),
  title: plain(199),
  title_url: optional(url),
  thumbnail_url: url,
  video_url: url,
  author_name: optional(string(49)),
  description: optional(plain(199)),
  provider_name: optional(string(255)),
  provider_icon_url: optional(url),
});
const card = object(
  {
    block_id,
    hero_image: optional(imageElement),
    icon: optional(imageElement),
    slack_icon: optional(anything),
    title: optional(text(150)),
    subtitle: optional(text(150)),
    body: optional(text(200)),
    subtext: optional(text(200)),
    actions: optional(list(byType({ button }), 3)),
  },
  (value, at, report) => {
    if (['hero_image', 'title', 'actions', 'body'].every((name) => value[name] === undefined)) {
      report.fail(at, 'must define at least one of hero_image, title, actions, body');
    }
    if (value['icon'] !== undefined && value['slack_icon'] !== undefined) {
      report.fail(at, 'must define at most one of icon, slack_icon');
    }
  },
);
const offModal: readonly ['message', 'home'] = ['message', 'home'];
const inMessage: readonly ['message'] = ['message'];
const task = {
  block_id,
  task_id: string(255),
  title: string(3_000),
  details: optional(richText),
  output: optional(richText),
  sources: optional(list(byType({ url: object({ url, text: string(3_000) }) }), 100, 0)),
  status: oneOf('pending', 'in_progress', 'complete', 'error'),
};
const CONTAINED: Readonly<Record<string, Rule>> = {
  actions,
  context,
  divider,
  header,
  image,
  input,
  rich_text: richText,
  section,
  table,
  video,
};
const container = object(
  {
    block_id,
    title: optional(plain(150)),
    rich_text_title: optional(byType({ rich_text: richText })),
    subtitle: optional(text(150)),
    child_blocks: list(byType(CONTAINED), 10),
    width: optional(oneOf('narrow', 'standard', 'wide', 'full')),
    icon: optional(imageElement),
    is_collapsible: optional(boolean),
    default_collapsed: optional(boolean),
    has_header_divider: optional(boolean),
  },
  (value, at, report) => exactlyOne(value, ['title', 'rich_text_title'], at, report),
);

/** Every block that an app may send. `file` comes back in retrieved messages but cannot be posted. */
export const BLOCKS: Readonly<Record<string, Rule>> = {
  section,
  header,
  divider,
  context,
  actions,
  image,
  input,
  rich_text: richText,
  video,
  card,
  carousel: only(offModal, object({ block_id, elements: list(byType({ card }), 10) })),
  container: only(offModal, container),
  table: only(offModal, table),
  data_table: only(offModal, dataTable),
  data_visualization: only(inMessage, dataVisualization),
  markdown: only(inMessage, object({ block_id, text: string(12_000) })),
  context_actions: only(
    inMessage,
    object({ block_id, elements: list(byType(CONTEXT_ACTION_ELEMENTS), 5) }, uniqueActionIds),
  ),
  task_card: only(
    inMessage,
    object(task, ({ status }, at, report) => {
      if (status === 'pending') report.fail(`${at}/status`, 'pending is for tasks of a plan');
    }),
  ),
  plan: only(
    inMessage,
    object({
      block_id,
      title: string(3_000),
      tasks: optional(list(byType({ task_card: object(task) }), 50, 0)),
    }),
  ),
  alert: only(
    ['modal'],
    object({
      block_id,
      text: text(200),
      level: optional(oneOf('default', 'info', 'warning', 'error', 'success')),
    }),
  ),
};

function uniqueActionIds(value: Record<string, unknown>, at: string, report: Report): void {
  const elements = Array.isArray(value['elements']) ? value['elements'] : [];
  const ids = elements
    .map((element) => (isObject(element) ? element['action_id'] : undefined))
    .filter((one) => one !== undefined);
  if (new Set(ids).size < ids.length)
    report.fail(`${at}/elements`, '`action_id` already exists for another element');
}
