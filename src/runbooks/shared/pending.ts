import type { Page, PageQuestion } from '../../ports/order-service.ts';
import type { Thresholds } from '../thresholds.ts';

/** One that is younger is no delay, but a person may ask for it; minutes. */
const ANY_AGE_MINUTES = 1;
/** Rows of one page; a service may give fewer. */
const PAGE = 200;
/** Pages that are looked through, so that a list without end ends. */
const PAGES = 5;

/** One page of what waits, in the company's own word for it. */
export type List<Row> = (question: Omit<PageQuestion, 'status'>) => Promise<Page<Row>>;

/** The list from its beginning, page by page, until it ends or `enough` says so. */
export async function pagesOf<Row>(
  list: List<Row>,
  olderThanMinutes: number,
  enough: (rows: readonly Row[]) => boolean = () => false,
): Promise<{ readonly rows: readonly Row[]; readonly unread: number; readonly ended: boolean }> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  let unread = 0;
  let total = 0;
  for (let page = 0; page < PAGES; page += 1) {
    const answer: Page<Row> = await list({ olderThanMinutes, limit: PAGE, cursor });
    rows.push(...answer.rows);
    unread += answer.unread;
    cursor = answer.next;
    total = answer.total;
    if (cursor === null || enough(rows)) break;
  }
  // A service that knows no cursor ends after its first page, whatever is left.
  return { rows, unread, ended: cursor === null && rows.length + unread >= total };
}

/** Which of these are pending now. There is no question for one alone, so the list is looked through. */
export async function pendingAmong<Row extends { readonly id: string }>(
  list: List<Row>,
  ids: readonly string[],
): Promise<{
  readonly found: ReadonlyMap<string, Row>;
  /** Read to its end: what is not there is not pending. */
  readonly whole: boolean;
}> {
  const wanted = (rows: readonly Row[]) =>
    new Map(rows.filter(({ id }) => ids.includes(id)).map((row) => [row.id, row]));
  const { rows, unread, ended } = await pagesOf(
    list,
    ANY_AGE_MINUTES,
    (read) => wanted(read).size === ids.length,
  );
  return { found: wanted(rows), whole: ended && unread === 0 };
}

export interface Late<Row> {
  /** The oldest first, then what people named, however old that is. */
  readonly rows: readonly Row[];
  /** All that have waited for too long, also those that no page showed. */
  readonly total: number;
  readonly unread: number;
  /** Named, and not pending or not known. */
  readonly elsewhere: readonly string[];
  /** Named, and not on what could be read of the list. */
  readonly unsure: readonly string[];
}

/** What has been pending for too long, and what people named. */
export async function lateOnes<Row extends { readonly id: string }>(
  list: List<Row>,
  named: readonly string[],
  { lateAfterMinutes, ordersPerBatch }: Thresholds,
): Promise<Late<Row>> {
  const page = await list({
    olderThanMinutes: lateAfterMinutes,
    limit: ordersPerBatch,
    cursor: null,
  });
  const missing = named.filter((id) => !page.rows.some((row) => row.id === id));
  const sought = missing.length === 0 ? null : await pendingAmong(list, missing);
  const nowhere = missing.filter((id) => !sought?.found.has(id));
  return {
    rows: [...page.rows, ...missing.flatMap((id) => sought?.found.get(id) ?? [])],
    total: page.total,
    unread: page.unread,
    elsewhere: sought?.whole ? nowhere : [],
    unsure: sought?.whole ? [] : nowhere,
  };
}

/** What is said of named ones that are not there, behind another sentence; empty: all are. */
export function notThere({ elsewhere, unsure }: Pick<Late<unknown>, 'elsewhere' | 'unsure'>): string {
  return [
    ...(elsewhere.length === 0 ? [] : [` ${elsewhere.join(', ')}: not among what is pending.`]),
    ...(unsure.length === 0 ? [] : [` ${unsure.join(', ')}: not among what could be read of the list.`]),
  ].join('');
}
