import type { Page, PageQuestion } from '../../ports/order-service.ts';
import type { Thresholds } from '../thresholds.ts';

/** The source's own word for refunds and returns that wait. */
const PENDING = 'pending';
/** One that is younger is no delay, but a person may ask for it; minutes. */
const ANY_AGE_MINUTES = 1;
/** Rows of one page; a service may give fewer. */
const PAGE = 200;
/** Pages that are looked through for single ones, so that a list without end ends. */
const PAGES = 5;

/** One page of what waits. */
export type List<Row> = (question: PageQuestion) => Promise<Page<Row>>;

/** Which of these are pending now. There is no question for one alone, so the list is looked through. */
export async function pendingAmong<Row extends { readonly id: string }>(
  list: List<Row>,
  ids: readonly string[],
): Promise<{
  readonly found: ReadonlyMap<string, Row>;
  /** Read to its end: what is not there is not pending. */
  readonly whole: boolean;
}> {
  const found = new Map<string, Row>();
  let cursor: string | null = null;
  let unread = 0;
  for (let page = 0; page < PAGES; page += 1) {
    const answer: Page<Row> = await list({
      status: PENDING,
      olderThanMinutes: ANY_AGE_MINUTES,
      limit: PAGE,
      cursor,
    });
    for (const row of answer.rows) if (ids.includes(row.id)) found.set(row.id, row);
    unread += answer.unread;
    cursor = answer.next;
    if (cursor === null || found.size === ids.length) break;
  }
  return { found, whole: cursor === null && unread === 0 };
}

export interface Late<Row> {
  /** The oldest first, then what people named, however old that is. */
  readonly rows: readonly Row[];
  /** All that have waited for too long, also those that no page showed. */
  readonly total: number;
  readonly unread: number;
  /** Named, and not pending or not known. */
  readonly elsewhere: readonly string[];
}

/** What has been pending for too long, and what people named. */
export async function lateOnes<Row extends { readonly id: string }>(
  list: List<Row>,
  named: readonly string[],
  { lateAfterMinutes, ordersPerBatch }: Thresholds,
): Promise<Late<Row>> {
  const page = await list({
    status: PENDING,
    olderThanMinutes: lateAfterMinutes,
    limit: ordersPerBatch,
    cursor: null,
  });
  const missing = named.filter((id) => !page.rows.some((row) => row.id === id));
  const sought = missing.length === 0 ? null : await pendingAmong(list, missing);
  return {
    rows: [...page.rows, ...missing.flatMap((id) => sought?.found.get(id) ?? [])],
    total: page.total,
    unread: page.unread,
    elsewhere: missing.filter((id) => !sought?.found.has(id)),
  };
}
