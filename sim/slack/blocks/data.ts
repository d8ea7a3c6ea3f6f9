import { richText } from './rich-text.ts';
import {
  boolean,
  byType,
  integer,
  isObject,
  list,
  number,
  object,
  oneOf,
  optional,
  type Report,
  type Rule,
  string,
} from './rules.ts';
import { id } from './text.ts';

const rawText = object({ text: string(10_000, 0) });
const rawNumber = object({ value: number, text: string(10_000, 0) });
const cell = byType({ raw_text: rawText, raw_number: rawNumber, rich_text: richText });
const headerCell = byType({ raw_text: rawText, raw_number: rawNumber });

/** At most 100 rows of 20 cells. */
export const table = object({
  block_id: optional(id),
  rows: list(list(cell, 20), 100),
  column_settings: optional(
    list(
      (value, at, report) => {
        if (value === null) return;
        object({ align: optional(oneOf('left', 'center', 'right')), is_wrapped: optional(boolean) })(
          value,
          at,
          report,
        );
      },
      20,
      0,
    ),
  ),
});

/** 2 to 201 rows with the header, which takes no rich text. */
export const dataTable = object(
  {
    block_id: optional(id),
    rows: list(list(cell, 20), 201, 2),
    caption: string(3_000),
    page_size: optional(integer(1, 100)),
    row_header_column_index: optional(integer(0, 19)),
  },
  ({ rows }, at, report) => {
    const header = Array.isArray(rows) ? rows[0] : undefined;
    if (header !== undefined) list(headerCell, 20)(header, `${at}/rows/0`, report);
  },
);

const label = string(20);
const axis = object({
  categories: list(label, 20),
  x_label: optional(string(50)),
  y_label: optional(string(50)),
});
const point = object({ label, value: number });
const drawn = object(
  {
    series: list(object({ name: label, data: list(point, 20) }), 12),
    axis_config: axis,
  },
  seriesFit,
);

/** A native chart; the points of each series are the categories of the axis, once each. */
export const dataVisualization = object({
  block_id: optional(id),
  title: string(50),
  chart: byType({
    pie: object({ segments: list(object({ label, value: aboveZero }), 12) }),
    bar: drawn,
    area: drawn,
    line: drawn,
  }),
});

function aboveZero(...[value, at, report]: Parameters<Rule>): void {
  number(value, at, report);
  if (typeof value === 'number' && value <= 0) report.fail(at, 'must be more than 0');
}

function seriesFit(value: Record<string, unknown>, at: string, report: Report): void {
  const config = value['axis_config'];
  const categories = isObject(config) && Array.isArray(config['categories']) ? config['categories'] : [];
  const series = (Array.isArray(value['series']) ? value['series'] : []).filter(isObject);
  if (new Set(series.map(({ name }) => name)).size < series.length)
    report.fail(`${at}/series`, 'names must be unique');
  for (const [place, { data }] of series.entries()) {
    const labels = (Array.isArray(data) ? data : []).map((one) => (isObject(one) ? one['label'] : null));
    const same =
      labels.length === categories.length && categories.every((category) => labels.includes(category));
    if (!same) report.fail(`${at}/series/${place}/data`, 'must have exactly one point for each category');
  }
}
