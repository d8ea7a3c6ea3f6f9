import { BLOCKS } from './layout.ts';
import { measure, withChildren } from './measure.ts';
import {
  boolean,
  byType,
  isObject,
  list,
  object,
  optional,
  type Report,
  type Surface,
  string,
} from './rules.ts';
import { id, plain } from './text.ts';

export type { Surface } from './rules.ts';

/** Undocumented; refusals were seen between 12,000 and 13,200 characters over all text of a message's blocks. */
export const MOST_BLOCK_TEXT = 12_000;
const MOST_BLOCKS: Readonly<Record<Surface, number>> = { message: 50, modal: 100, home: 100 };
const MOST_VIEW_BYTES = 250_000;

/** What Slack would say of these blocks, one line each with a JSON pointer; empty: it takes them. */
export function validateBlocks(blocks: unknown, surface: Surface, at = '/blocks'): string[] {
  const { report, said } = gather(surface);
  checkBlocks(blocks, at, report);
  return said;
}

/** The same for a whole modal or home view. */
export function validateView(view: unknown): string[] {
  const surface = isObject(view) && view['type'] === 'home' ? 'home' : 'modal';
  const { report, said } = gather(surface);
  byType({ modal: MODAL, home: HOME })(view, '/view', report);
  if (isTooLarge(view)) report.fail('/view', `must be at most ${MOST_VIEW_BYTES} bytes`);
  return said;
}

/** Whether Slack answers `view_too_large`. */
export function isTooLarge(view: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(view) ?? '') > MOST_VIEW_BYTES;
}

/** The sum over all blocks of a message, those in attachments too; above `MOST_BLOCK_TEXT` comes `msg_blocks_too_long`. */
export function blockText(message: { readonly blocks?: unknown; readonly attachments?: unknown }): number {
  return measure(allBlocks(message)).text;
}

function allBlocks({ blocks, attachments }: { blocks?: unknown; attachments?: unknown }): unknown[] {
  const inner = (Array.isArray(attachments) ? attachments : []).flatMap((one) =>
    isObject(one) ? [one['blocks']] : [],
  );
  return [blocks, ...inner].flatMap((some) => (Array.isArray(some) ? some : []));
}

export function checkBlocks(blocks: unknown, at: string, report: Report): void {
  list(byType(BLOCKS), MOST_BLOCKS[report.surface], 0)(blocks, at, report);
  if (!Array.isArray(blocks)) return;
  const ids = blocks.flatMap(withChildren).map((block) => block['block_id']);
  for (const [place, one] of ids.entries()) {
    if (one !== undefined && ids.indexOf(one) < place)
      report.fail(at, `\`block_id\` already exists: ${String(one)}`);
  }
  if (report.surface === 'message') checkSums(blocks, at, report);
}

function checkSums(blocks: readonly unknown[], at: string, report: Report): void {
  const sums = measure(blocks);
  if (sums.charts > 2) report.fail(at, 'no more than 2 data_visualization blocks allowed');
  if (sums.tables > 10_000) report.fail(at, 'no more than 10000 characters allowed over all tables');
  if (sums.dataTables > 20_000) report.fail(at, 'no more than 20000 characters allowed over all data tables');
  if (sums.markdown > 12_000)
    report.fail(at, 'no more than 12000 characters allowed over all markdown blocks');
}

const shared = {
  blocks: (...[blocks, at, report]: [unknown, string, Report]) => checkBlocks(blocks, at, report),
  callback_id: optional(id),
  external_id: optional(id),
  private_metadata: optional(string(3_000, 0)),
};
const HOME = object(shared);
const MODAL = object(
  {
    ...shared,
    title: plain(24),
    submit: optional(plain(24)),
    close: optional(plain(24)),
    clear_on_close: optional(boolean),
    notify_on_close: optional(boolean),
    submit_disabled: optional(boolean),
  },
  ({ blocks, submit }, at, report) => {
    const asks =
      Array.isArray(blocks) && blocks.some((block) => isObject(block) && block['type'] === 'input');
    if (asks && submit === undefined) report.fail(at, 'missing required field: submit');
  },
);

/** A report that keeps what it is told as Slack's lines. */
export function gather(surface: Surface): { readonly report: Report; readonly said: string[] } {
  const said: string[] = [];
  return { said, report: { surface, fail: (at, message) => said.push(`${message} [json-pointer:${at}]`) } };
}
