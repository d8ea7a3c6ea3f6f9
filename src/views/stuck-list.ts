import type { KnownBlock } from '@slack/types';
import { ACTIONS, buttons, clock, type Message, message, note, quoted, section } from './kit.ts';

export interface ListedOrder {
  readonly id: string;
  readonly status: string;
  readonly errorCode: string | null;
  readonly updatedAt: number;
  readonly lastEvent: { readonly type: string; readonly at: number } | null;
  readonly attempts: readonly { readonly kind: string; readonly at: number; readonly by: string | null }[];
}

export interface StuckListView {
  readonly orders: readonly ListedOrder[];
  readonly total: number;
  readonly status: string;
  readonly olderThanMinutes: number;
  readonly now: number;
  readonly next: string | null;
}

/** What stands on one page. */
export const PAGE = 12;

/** `/oms stuck-orders`: oldest first, grouped by code, a retry for each and for all shown. Asking opens no incident. */
export function stuckList(view: StuckListView): Message {
  const than =
    view.olderThanMinutes % 60 === 0 ? `${view.olderThanMinutes / 60} h` : `${view.olderThanMinutes} min`;
  if (view.total === 0) {
    const none = `No order has been in ${view.status} for over ${than}.`;
    return message(none, [section([none])]);
  }
  const text = `${view.total} ${view.total === 1 ? 'order has' : 'orders have'} been in ${view.status} for over ${than}.`;
  const groups = new Map<string, ListedOrder[]>();
  for (const order of view.orders) {
    const code = order.errorCode ?? 'no code';
    groups.set(code, [...(groups.get(code) ?? []), order]);
  }
  const blocks: KnownBlock[] = [section([`*${text}*`, `Oldest first, ${view.orders.length} shown.`])];
  for (const [code, orders] of groups) {
    const onset = Math.min(...orders.map(({ updatedAt }) => updatedAt));
    blocks.push(note([`*${quoted(code)}*, ${orders.length} shown, since ${clock(onset)}`]));
    for (const order of orders) blocks.push(...row(order, view.now));
  }
  const ids = view.orders.map(({ id }) => id).join(' ');
  blocks.push(
    ...buttons([
      {
        text: `Retry all ${view.orders.length} shown`,
        action: ACTIONS.run,
        value: `retry ${ids}`,
        primary: true,
      },
      { text: 'Share in channel', action: ACTIONS.share, value: `${view.status} ${view.olderThanMinutes}` },
      ...(view.next === null
        ? []
        : [
            {
              text: 'Next page',
              action: ACTIONS.more,
              value: `${view.status} ${view.olderThanMinutes} ${view.next}`,
            },
          ]),
    ]),
  );
  return message(text, blocks);
}

function row(order: ListedOrder, now: number): KnownBlock[] {
  const tried = order.attempts.at(-1);
  const event =
    order.lastEvent === null
      ? 'no event'
      : `last event ${quoted(order.lastEvent.type)} ${age(now - order.lastEvent.at)} ago`;
  const before =
    tried === undefined
      ? ''
      : ` Tried before: ${quoted(tried.kind)} ${age(now - tried.at)} ago${tried.by === null ? '' : ` by ${quoted(tried.by)}`}.`;
  const [actions] = buttons([{ text: 'Retry', action: ACTIONS.run, value: `retry ${order.id}` }]);
  const retry = actions?.elements[0];
  const lines = [
    `*${quoted(order.id)}* ${age(now - order.updatedAt)} in ${quoted(order.status)}, ${event}.${before}`,
  ];
  return [section(lines, retry?.type === 'button' ? retry : undefined)];
}

function age(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
