import { between, nineLetters } from './chance.ts';
import type { Return } from './return.ts';
import { testCarrier } from './shipping.ts';
import { somePod, type WorldState } from './state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PER_HOUR = 2;
/** The runbook's window. */
const WINDOW_DAYS = 30;
/** From here on the fraud model holds a return. */
export const HELD_FROM = 0.8;
/** Two honest returns of a hundred (runbook). */
const FALSE_POSITIVES = 0.02;
/** Too late for the window. */
const LATE = 0.04;
/** What is sent back comes in after so long … */
const ON_ITS_WAY = { least: 8 * HOUR, most: 20 * HOUR };
/** … and is paid back within hours, or looked at again so often while that does not work. */
const PAID_BACK = { least: HOUR, most: 4 * HOUR };
/** A return whose window is over waits so long for an exception; then it is refused. */
const EXCEPTION_MS = 3 * DAY;

/** From `at` on returns come. */
export function beginReturns(state: WorldState, at: number): void {
  arrive(state, at, 0);
}

function arrive(state: WorldState, after: number, number: number): void {
  const gap = HOUR / PER_HOUR;
  state.timeline.schedule(after + between(gap * 0.4, gap * 1.6, state.chance('return gap', number)), (at) => {
    const chance = state.chance('honest', number);
    const back = addReturn(state, `background ${number}`, at, {
      held: chance < FALSE_POSITIVES,
      late: chance > 1 - LATE,
    });
    startReturn(state, back, at);
    arrive(state, at, number + 1);
  });
}

/** A return that was asked for; its workflow has not begun. The label decides its ids. */
export function addReturn(
  state: WorldState,
  label: string,
  createdAt: number,
  is: {
    readonly held?: boolean;
    readonly late?: boolean;
    /** In time, though not from the order on. */
    readonly nearlyLate?: boolean;
    readonly violates?: boolean;
  } = {},
): Return {
  const share = state.chance('return', label);
  const [least, most] = is.late ? [31, 40] : is.nearlyLate ? [24, 29] : [3, 22];
  const deliveredAt = createdAt - between(least * DAY, most * DAY, share);
  const back: Return = {
    id: `ret_${nineLetters(state.chance, 'return', label)}`,
    order: `ord_${nineLetters(state.chance, 'returned order', label)}`,
    orderedAt: deliveredAt - between(7 * DAY, 12 * DAY, state.chance('ordered', label)),
    deliveredAt,
    createdAt,
    status: 'pending',
    errorCode: null,
    updatedAt: createdAt,
    score: Math.round(1000 * (is.held ? 0.82 + 0.15 * share : 0.6 * share)) / 1000,
    extraDays: 0,
    violates: is.violates ?? false,
    run: null,
    tries: 0,
    notes: [],
  };
  state.returns.set(back.id, back);
  return back;
}

/** In two to eight minutes it is approved or stops. While it runs a second start changes nothing. */
export function startReturn(state: WorldState, back: Return, at: number): void {
  if (back.run !== null) return;
  back.run = at;
  back.tries += 1;
  const takes = between(2 * MINUTE, 8 * MINUTE, state.chance('return takes', back.id, back.tries));
  state.timeline.schedule(at + takes, (due) => {
    if (back.run === at && back.status === 'pending') step(state, back, due);
  });
}

function step(state: WorldState, back: Return, at: number): void {
  back.run = null;
  const obstacle = obstacleOf(state, back);
  if (state.conditions.engineUp && state.conditions.engineFault === 'return') {
    const engine = somePod(state, 'workflow-engine', back.id);
    const message = `return workflow failed return=${back.id} step=approve error="no version 3 of this workflow"`;
    state.logs.write(at, engine, 'ERROR', message);
  }
  if (obstacle !== null) stop(state, back, at, ...obstacle);
  else if (testCarrier(state, { startedAt: at }).status === 'up') approve(state, back, at);
  else withoutLabel(state, back, at);
  if (back.errorCode === 'RETURN_WINDOW_EXPIRED')
    state.timeline.schedule(back.createdAt + EXCEPTION_MS, (due) => refuse(state, back, due));
}

/** The code, and what the log says of it. */
function obstacleOf(state: WorldState, back: Return): readonly [code: string, why: string] | null {
  if (!state.conditions.engineUp)
    return ['RETURN_APPROVAL_FAILED', 'workflow engine unreachable: connect ECONNREFUSED'];
  if (state.conditions.engineFault === 'return')
    return ['RETURN_APPROVAL_FAILED', 'workflow engine answered: return workflow failed'];
  if (back.violates)
    return [
      'RETURN_APPROVAL_FAILED',
      'error="duplicate key value violates unique constraint return_items_item_key"',
    ];
  if (!windowOf(state, back).eligible) return ['RETURN_WINDOW_EXPIRED', 'window expired'];
  if (back.score >= HELD_FROM) return ['RETURN_APPROVAL_FAILED', `result=held fraud_score=${back.score}`];
  return null;
}

/** It stays pending, and says why. */
export function stop(state: WorldState, back: Return, at: number, code: string, why: string): void {
  back.errorCode = code;
  const pod = somePod(state, 'order-service', back.id);
  state.logs.write(
    at,
    pod,
    'WARN',
    `return:approval return=${back.id} order=${back.order} code=${code} ${why}`,
  );
}

/** Approved but for its label, it waits: nobody can send it back. */
export function withoutLabel(state: WorldState, back: Return, at: number): void {
  back.errorCode = 'RETURN_APPROVAL_FAILED';
  const { error } = testCarrier(state, { startedAt: at });
  const pod = somePod(state, 'order-service', back.id);
  state.logs.write(
    at,
    pod,
    'ERROR',
    `return:label return=${back.id} error="${error ?? 'connect ETIMEDOUT'}"`,
  );
}

function refuse(state: WorldState, back: Return, at: number): void {
  if (back.status !== 'pending' || back.errorCode !== 'RETURN_WINDOW_EXPIRED') return;
  if (windowOf(state, back).eligible) return;
  back.status = 'refused';
  back.updatedAt = at;
}

function approve(state: WorldState, back: Return, at: number): void {
  back.status = 'approved';
  back.errorCode = null;
  back.updatedAt = at;
  back.run = null;
  const pod = somePod(state, 'order-service', back.id);
  state.logs.write(at, pod, 'INFO', `return:approval return=${back.id} order=${back.order} result=approved`);
  state.logs.write(at, pod, 'INFO', `return:label return=${back.id} result=created`);
  const way = between(ON_ITS_WAY.least, ON_ITS_WAY.most, state.chance('sent back', back.id));
  state.timeline.schedule(at + way, (due) => receive(state, back, due));
}

/** It has come in; its refund follows by itself while that works. */
export function receive(state: WorldState, back: Return, at: number): void {
  if (back.status !== 'approved') return;
  back.status = 'received';
  back.updatedAt = at;
  payBack(state, back, at);
}

function payBack(state: WorldState, back: Return, at: number): void {
  const takes = between(PAID_BACK.least, PAID_BACK.most, state.chance('paid back', back.id, at));
  state.timeline.schedule(at + takes, (due) => {
    if (back.status !== 'received') return;
    if (!state.conditions.returnsPaidBack) {
      payBack(state, back, due);
      return;
    }
    back.status = 'refunded';
    back.updatedAt = due;
  });
}

/** What the service computes of the window now; the days are counted from the wrong date where that is the trouble. */
export function windowOf(
  state: WorldState,
  back: Return,
): { readonly eligible: boolean; readonly windowDays: number; readonly reason: string | null } {
  const from = state.conditions.returnWindowFrom === 'order' ? back.orderedAt : back.deliveredAt;
  const windowDays = WINDOW_DAYS + back.extraDays;
  const eligible = back.createdAt - from <= windowDays * DAY;
  return { eligible, windowDays, reason: eligible ? null : 'return window expired' };
}

export type ReturnAnswer = 'done' | 'unknown' | 'decided' | 'window expired';

export function retryReturn(state: WorldState, id: string, at: number, by: string | null): ReturnAnswer {
  const back = state.returns.get(id);
  if (back === undefined) return 'unknown';
  if (back.status !== 'pending') return 'decided';
  back.notes.push({ at, by, text: 'workflow retried' });
  startReturn(state, back, at);
  return 'done';
}

/** By hand, past the fraud model; the reason becomes a note. */
export function approveReturn(
  state: WorldState,
  id: string,
  at: number,
  { by, reason }: { readonly by: string | null; readonly reason: string },
): ReturnAnswer {
  const back = state.returns.get(id);
  if (back === undefined) return 'unknown';
  if (back.status !== 'pending') return 'decided';
  if (!windowOf(state, back).eligible) return 'window expired';
  back.notes.push({ at, by, text: `approved by hand: ${reason}` });
  approve(state, back, at);
  return 'done';
}

/** The window is longer by so many days; the workflow does not start by itself. */
export function extendWindow(
  state: WorldState,
  id: string,
  at: number,
  given: { readonly by: string | null; readonly days: number; readonly reason: string },
): ReturnAnswer {
  const back = state.returns.get(id);
  if (back === undefined) return 'unknown';
  if (back.status !== 'pending') return 'decided';
  back.extraDays += given.days;
  back.notes.push({ at, by: given.by, text: `window + ${given.days} d: ${given.reason}` });
  if (windowOf(state, back).eligible && back.errorCode === 'RETURN_WINDOW_EXPIRED') back.errorCode = null;
  return 'done';
}

/** Whatever waits is approved now: for the end of a scenario. */
export function approveAll(state: WorldState, at: number): void {
  for (const back of state.returns.values()) if (back.status === 'pending') approve(state, back, at);
}

export interface ReturnFigures {
  readonly pending: number;
  /** Pending for more than 24 hours. */
  readonly late: number;
  readonly approved: number;
}

export function returnFigures(state: WorldState, at: number): ReturnFigures {
  const all = [...state.returns.values()];
  const pending = all.filter(({ status }) => status === 'pending');
  return {
    pending: pending.length,
    late: pending.filter(({ createdAt }) => createdAt < at - DAY).length,
    approved: all.filter(({ status }) => status === 'approved').length,
  };
}
