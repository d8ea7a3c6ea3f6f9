import { findsNoConnection } from '../database.ts';
import { askGateway } from '../gateway.ts';
import type { Order } from '../order.ts';
import type { Tried } from '../payment-ledger.ts';
import { planPayment } from '../payments.ts';
import { takeBackLabel } from '../shipping.ts';
import type { WorldState } from '../state.ts';

/**
 * Payments answered since `from` that could not have gone that way under the conditions of now go the other way, with
 * all that follows: log, figures, automatic retries. What would have come out the same stays as it was.
 */
export function replayPayments(state: WorldState, from: number, now: number): void {
  const undone = new Map<string, Tried>();
  for (const tried of state.payments.all()) {
    if (tried.begunAt < from || tried.result === 'failed') continue;
    const order = state.orders.get(tried.order);
    const pod = state.pods.find((each) => each.name === tried.pod);
    if (order === undefined || pod === undefined || wasTouched(order)) continue;
    const differs =
      findsNoConnection(state, pod, order.id, tried.begunAt) ||
      askGateway(state, pod, order, tried.attempt).result !== tried.result;
    if (differs) undone.set(order.id, tried);
  }
  state.payments.forget((tried) => undone.get(tried.order) === tried);
  forgetLines(state, undone);
  for (const [id, tried] of undone) {
    const order = state.orders.get(id);
    if (order !== undefined) undo(state, order, tried);
  }
  state.timeline.advance(now);
}

/** A person's deed is no background: it stays. */
function wasTouched(order: Order): boolean {
  return order.notes.length > 0 || order.attempts.length > 0 || !REPLAYED.has(order.status);
}

const REPLAYED: ReadonlySet<string> = new Set(['processing', 'shipped', 'payment_failed']);

function forgetLines(state: WorldState, undone: ReadonlyMap<string, Tried>): void {
  state.logs.forget((line) => {
    const tried = undone.get(/ order=(\w+) /.exec(line.text)?.[1] ?? '');
    return tried !== undefined && line.at >= tried.begunAt;
  });
}

function undo(state: WorldState, order: Order, tried: Tried): void {
  const later = order.events.findIndex((event) => event.at >= tried.begunAt);
  for (const { type } of later < 0 ? [] : order.events.splice(later)) {
    if (type === 'fulfillment.requested') state.counters.takeBack('events_published_total');
    if (type === 'order.shipped') {
      state.counters.takeBack('webhook_deliveries_total', { status: '200' });
      takeBackLabel(state, order);
    }
  }
  const before = state.payments.all().findLast((other) => other.order === order.id);
  order.status = 'pending_payment';
  order.errorCode = before?.code ?? null;
  order.updatedAt = order.createdAt;
  order.run = null;
  order.payment.tries = tried.attempt - 1;
  state.dirty.add(order.id);
  planPayment(state, order, tried.begunAt, 'under way');
}
