import type { KnownBlock } from '@slack/types';
import { ACTIONS, buttons, type Message, message, note, section } from './kit.ts';
import { clock, lasting, person, type Words, words } from './words.ts';

export interface ListedOrder {
  readonly id: string;
  readonly status: string;
  readonly errorCode: string | null;
  readonly updatedAt: number;
  readonly lastEvent: { readonly type: string; readonly at: number } | null;
  readonly attempts:
    | readonly { readonly kind: string; readonly at: number; readonly by: string | null }[]
    | null;
}

export interface StuckListView {
  readonly orders: readonly ListedOrder[];
  /** Orders of this page that could not be understood. */
  readonly unread: number;
  readonly total: number;
  readonly status: string;
  readonly olderThanMinutes: number;
  readonly now: number;
  /** Of this page; null: it is the first. */
  readonly cursor: string | null;
  readonly next: string | null;
}

/** What stands on one page. */
export const PAGE = 12;

/** Orders of one code that came to be stuck within this time have most likely the same cause, ms. */
const SAME_ONSET_MS = 10 * 60_000;

/** `/oms stuck-orders`: oldest first, grouped by code and onset, a retry for each and for all shown. Asking opens no incident. */
export function stuckList(view: StuckListView): Message {
  const than =
    view.olderThanMinutes % 60 === 0 ? `${view.olderThanMinutes / 60} h` : `${view.olderThanMinutes} min`;
  if (view.total === 0 && view.orders.length === 0 && view.unread === 0) {
    const none = words`No order has been in ${view.status} for over ${than}.`;
    return message(none, [section([none])]);
  }
  const text = words`${view.total} ${view.total === 1 ? 'order has' : 'orders have'} been in ${view.status} for over ${than}.`;
  const blocks: KnownBlock[] = [
    section([words`*${text}*`, words`Oldest first, ${view.orders.length} shown.${unread(view)}`]),
  ];
  for (const group of groups(view.orders)) {
    blocks.push(note([heading(group)]), ...group.map((order) => row(order, view.now)));
  }
  if (view.orders.length === 0) return message(text, blocks);
  const ids = view.orders.map(({ id }) => id).join(' ');
  const pageAt = (cursor: string | null) =>
    [view.status, view.olderThanMinutes, ...(cursor === null ? [] : [cursor])].join(' ');
  blocks.push(
    ...buttons([
      {
        text: `Retry all ${view.orders.length} shown`,
        action: ACTIONS.run,
        value: `retry ${ids}`,
        primary: true,
      },
      { text: 'Share in channel', action: ACTIONS.share, value: pageAt(view.cursor) },
      ...(view.next === null ? [] : [{ text: 'Next page', action: ACTIONS.more, value: pageAt(view.next) }]),
    ]),
  );
  return message(text, blocks);
}

function unread({ unread: count }: StuckListView): string {
  return count === 0 ? '' : ` ${count} in the service’s list could not be understood.`;
}

/** By code, and each code by onset: a group ends 10 minutes after its first order. The oldest group comes first. */
function groups(orders: readonly ListedOrder[]): readonly (readonly ListedOrder[])[] {
  const found: ListedOrder[][] = [];
  for (const order of [...orders].sort((left, right) => left.updatedAt - right.updatedAt)) {
    const open = found.findLast(([first]) => first?.errorCode === order.errorCode);
    const first = open?.[0];
    if (first !== undefined && order.updatedAt - first.updatedAt < SAME_ONSET_MS) open?.push(order);
    else found.push([order]);
  }
  return found;
}

/** How many, which code, and when they came to be stuck. */
function heading(group: readonly ListedOrder[]): Words {
  const from = group[0]?.updatedAt ?? 0;
  const to = group.at(-1)?.updatedAt ?? from;
  const since =
    to - from < 60_000 ? words`since ${clock(from)}` : words`since ${clock(from)} to ${clock(to)}`;
  return words`*${group.length} ${group.length === 1 ? 'order' : 'orders'}*, ${group[0]?.errorCode ?? 'no code'}, ${since}`;
}

function row(order: ListedOrder, now: number): KnownBlock {
  const tried = order.attempts?.at(-1);
  const event =
    order.lastEvent === null
      ? 'no event'
      : `last event ${order.lastEvent.type} ${lasting(now - order.lastEvent.at)} ago`;
  const by = tried?.by == null ? words`` : words` by ${person(tried.by)}`;
  const before =
    tried === undefined ? words`` : words` Tried before: ${tried.kind} ${lasting(now - tried.at)} ago${by}.`;
  const [actions] = buttons([{ text: 'Retry', action: ACTIONS.run, value: `retry ${order.id}` }]);
  const retry = actions?.elements[0];
  const line = words`*${order.id}* ${lasting(now - order.updatedAt)} in ${order.status}, ${event}.${before}`;
  return section([line], retry?.type === 'button' ? retry : undefined);
}
