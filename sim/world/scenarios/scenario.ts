import type { RunbookId } from '../../../src/domain/severity.ts';
import { between } from '../chance.ts';
import { addOrder } from '../life.ts';
import type { Order } from '../order.ts';
import { servingPod, takeBackLabel, writeLabel } from '../shipping.ts';
import { somePod, type WorldState } from '../state.ts';
import { endWorkflow, free, writeDelivery } from '../workflow.ts';

/** The alert that Alertmanager would have sent for a story. */
export interface ScenarioAlert {
  readonly alertname: string;
  /** The label `code`: one of the runbook's error codes. */
  readonly code: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  /** The annotation `summary`. */
  readonly summary: string;
  /** It fires since so long before the story's start. */
  readonly startsAgoMs: number;
}

/** A story that can be started and ended; both change the world at once. */
export interface Scenario {
  readonly id: string;
  readonly runbook: RunbookId;
  /** Which of the runbook's causes it is, by id (`1.C1`); empty where the runbook names none. The bot is not told. */
  readonly causes: readonly string[];
  /** Somebody who watches from its start can tell the cause after so long, min; absent: at once. */
  readonly toldAfterMinutes?: number;
  /** One line for people. */
  readonly title: string;
  readonly alert: ScenarioAlert;
  start(state: WorldState, now: number): void;
  /**
   * Only this cause goes, as people or time would take it away; what it left behind stays, and so does any other cause. Absent
   * where the cause is over from the start, and where the bot's own actions are the cure.
   */
  recover?(state: WorldState, now: number): void;
  /** Everything is well again. */
  end(state: WorldState, now: number): void;
}

/** The date so many days before, `2024-01-31`. */
export function day(at: number, ago: number): string {
  return new Date(at - ago * 24 * 60 * 60_000).toISOString().slice(0, 10);
}

/** Orders that entered *processing* evenly within a span of the past and stayed there. */
export function plantStuck(
  state: WorldState,
  plan: {
    readonly label: string;
    readonly count: number;
    readonly from: number;
    readonly to: number;
    readonly eventLost?: boolean;
    readonly each: (order: Order, number: number) => void;
  },
): void {
  const gap = (plan.to - plan.from) / plan.count;
  for (let number = 0; number < plan.count; number += 1) {
    const share = state.chance(plan.label, 'onset', number);
    const processingAt = Math.round(plan.from + gap * (number + share));
    const createdAt = processingAt - between(20_000, 90_000, state.chance(plan.label, 'pay', number));
    const order = addOrder(state, `${plan.label} ${number}`, createdAt);
    state.payments.record({
      begunAt: processingAt,
      endedAt: processingAt,
      pod: somePod(state, 'order-service', order.id),
      order: order.id,
      attempt: 1,
      result: 'paid',
      code: null,
    });
    order.status = 'processing';
    order.payment.tries = 1;
    order.updatedAt = processingAt;
    order.events.push({ type: 'payment.captured', at: processingAt });
    if (plan.eventLost !== true) order.events.push({ type: 'fulfillment.requested', at: processingAt });
    plan.each(order, number);
  }
}

/** Ships what is in *processing* without a workflow under way, or for more than the normal 15 minutes. */
export function freeStuck(state: WorldState, now: number): void {
  for (const order of state.orders.values()) {
    if (order.run === null || order.updatedAt < now - 15 * 60_000) free(state, order, now);
  }
}

/** Background orders that shipped in the span cannot have: they shipped just after it. */
export function holdShipments(state: WorldState, from: number, to: number): void {
  const held = shippedWithin(state, from, to);
  forgetDeliveries(state, from, to);
  for (const order of held) {
    const at = to + between(10_000, 120_000, state.chance('held', order.id));
    order.updatedAt = at;
    order.events.splice(-1, 1, { type: 'order.shipped', at });
    writeDelivery(state, order, at, 1, 200);
    writeLabel(state, order, servingPod(state, order, at), at);
    state.dirty.add(order.id);
  }
}

/** Background orders that shipped in the span did not: they live through it again, under the conditions of now. */
export function replayShipments(state: WorldState, from: number, to: number): void {
  const undone = shippedWithin(state, from, to);
  forgetDeliveries(state, from, to);
  for (const order of undone) {
    const wouldShipAt = order.updatedAt;
    order.events.pop();
    takeBackLabel(state, order);
    order.status = 'processing';
    order.updatedAt = order.events.at(-1)?.at ?? order.createdAt;
    state.dirty.add(order.id);
    endWorkflow(state, order, wouldShipAt);
  }
  state.timeline.advance(to);
}

const LABELLED = / label order=(\w+) .*result=created$/;

/** The labels of these orders were not made. */
export function forgetLabels(state: WorldState, orders: readonly Order[]): void {
  const ids = new Set(orders.map(({ id }) => id));
  state.logs.forget(({ text }) => ids.has(LABELLED.exec(text)?.[1] ?? ''));
}

/** Orders that went out in the span. */
export function shippedWithin(state: WorldState, from: number, to: number): readonly Order[] {
  return [...state.orders.values()].filter(
    (order) =>
      order.updatedAt >= from && order.updatedAt < to && order.events.at(-1)?.type === 'order.shipped',
  );
}

function forgetDeliveries(state: WorldState, from: number, to: number): void {
  const shipped = (text: string) => text.includes('webhook:fulfillment') || LABELLED.test(text);
  state.logs.forget((line) => line.at >= from && line.at < to && shipped(line.text));
}
