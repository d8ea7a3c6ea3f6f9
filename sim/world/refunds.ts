import { between, nineLetters } from './chance.ts';
import { askForRefund } from './gateway.ts';
import type { Pod } from './pods.ts';
import type { Charge, Refund } from './refund.ts';
import { somePod, type WorldState } from './state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The service tries again by itself so long after each failure, then leaves it to people. */
const RETRY_AFTER_MS = [MINUTE, 5 * MINUTE, 15 * MINUTE] as const;
const NO_POD_WAIT_MS = 10_000;
/** Refunds of the last days that are on their way. */
const SETTLING = 5;
const PER_HOUR = 3;

/** Some refunds are on their way since days; from `at` on more come. */
export function beginRefunds(state: WorldState, at: number): void {
  for (let number = 0; number < SETTLING; number += 1) {
    const createdAt = at - between(DAY, 4 * DAY, state.chance('settling', number));
    const refund = addRefund(state, `settling ${number}`, createdAt);
    accept(state, refund, createdAt + 2_000);
  }
  arrive(state, at, 0);
}

function arrive(state: WorldState, after: number, number: number): void {
  const gap = HOUR / PER_HOUR;
  state.timeline.schedule(after + between(gap * 0.4, gap * 1.6, state.chance('refund gap', number)), (at) => {
    planTry(state, addRefund(state, `background ${number}`, at), at, 'under way');
    arrive(state, at, number + 1);
  });
}

/** A new refund of a part of an old payment; nobody has tried it yet. The label decides its ids. */
export function addRefund(
  state: WorldState,
  label: string,
  createdAt: number,
  change: Partial<Pick<Charge, 'methodValid' | 'gone' | 'refunded'>> & {
    /** What it is above the charge, in the smallest unit. */
    readonly above?: number;
  } = {},
): Refund {
  const { above, ...rest } = change;
  const amount = between(1_200, 18_000, state.chance('refund amount', label));
  const charge: Charge = {
    id: `pay_${nineLetters(state.chance, 'charge', label)}`,
    order: `ord_${nineLetters(state.chance, 'refunded order', label)}`,
    amount: amount - (above ?? 0) + (rest.refunded ?? 0),
    currency: 'USD',
    refunded: 0,
    methodValid: true,
    gone: false,
    ...rest,
  };
  const refund: Refund = {
    id: `ref_${nineLetters(state.chance, 'refund', label)}`,
    charge,
    amount,
    createdAt,
    status: 'pending',
    errorCode: null,
    updatedAt: createdAt,
    tries: 0,
    plan: 0,
    stage: 'idle',
    gateway: null,
    refusedAtGateway: false,
    paid: [],
    notes: [],
  };
  state.charges.set(charge.id, charge);
  state.refunds.set(refund.id, refund);
  return refund;
}

/** A try begins at `due`, in place of one that was planned. */
export function planTry(state: WorldState, refund: Refund, due: number, stage: Refund['stage']): void {
  refund.plan += 1;
  refund.stage = stage;
  const { plan } = refund;
  state.timeline.schedule(due, (at) => begin(state, refund, plan, at));
}

function begin(state: WorldState, refund: Refund, plan: number, at: number): void {
  // Whether somebody gave store credit meanwhile it does not look: that is what makes a careless hand pay twice.
  if (refund.plan !== plan || refund.status === 'succeeded') return;
  const pod = servingPod(state, refund, at);
  if (pod === null) {
    state.timeline.schedule(at + NO_POD_WAIT_MS, (later) => begin(state, refund, plan, later));
    return;
  }
  refund.tries += 1;
  if (refund.stage === 'idle') refund.stage = 'under way';
  const { charge, id, amount } = refund;
  // The gateway knows a refund by its id: asked again for one that it has, it does not pay again.
  const outcome =
    refund.gateway === null
      ? askForRefund(state, pod, { id, amount, charge }, refund.tries, at)
      : { accepted: true, code: null, detail: '', tookMs: 0 };
  state.timeline.schedule(at + outcome.tookMs, (endedAt) => {
    if (outcome.accepted && refund.gateway === null) accept(state, refund, endedAt);
    if (outcome.code !== null && !outcome.accepted && outcome.detail.includes('reason='))
      refund.refusedAtGateway = true;
    if (refund.plan === plan) ended(state, refund, pod.name, outcome, endedAt);
  });
}

function ended(
  state: WorldState,
  refund: Refund,
  pod: string,
  { code, detail }: Pick<ReturnType<typeof askForRefund>, 'code' | 'detail'>,
  at: number,
): void {
  refund.stage = 'idle';
  refund.errorCode = code;
  refund.updatedAt = at;
  const which = `refund refund=${refund.id} payment=${refund.charge.id}`;
  if (code === null) {
    state.logs.write(at, pod, 'INFO', `${which} result=accepted`);
    return;
  }
  writeRefusal(state, refund, pod, `${detail} attempt=${refund.tries}`, at);
  const wait = RETRY_AFTER_MS[refund.tries - 1];
  if (wait !== undefined) planTry(state, refund, at + wait, 'idle');
}

function writeRefusal(state: WorldState, refund: Refund, pod: string, detail: string, at: number): void {
  const text = `refund refund=${refund.id} payment=${refund.charge.id} code=${refund.errorCode} gateway=${state.names.gateway.name} ${detail}`;
  state.logs.write(at, pod, 'ERROR', text);
}

function accept(state: WorldState, refund: Refund, at: number): void {
  const settlesAt = at + between(5 * DAY, 12 * DAY, state.chance('settles', refund.id));
  refund.gateway = { acceptedAt: at, settlesAt };
  refund.charge.refunded += refund.amount;
  refund.paid.push({ at, as: 'refund' });
  state.timeline.schedule(settlesAt, (due) => {
    if (refund.status !== 'pending' || refund.gateway?.acceptedAt !== at) return;
    refund.status = 'succeeded';
    refund.updatedAt = due;
  });
}

/** What the gateway has accepted since `from` it did not: those refunds are tried again, under the conditions of now. */
export function replayRefunds(state: WorldState, from: number): void {
  for (const refund of state.refunds.values()) {
    const { gateway } = refund;
    if (gateway === null || gateway.acceptedAt < from || refund.notes.length > 0) continue;
    const { acceptedAt } = gateway;
    state.logs.forget(({ text }) => text.includes(` refund=${refund.id} `));
    refund.gateway = null;
    refund.charge.refunded -= refund.amount;
    refund.paid.pop();
    refund.tries = 0;
    planTry(state, refund, acceptedAt, 'under way');
  }
}

/** It was tried to the end at some time before now, in vain. */
export function giveUp(state: WorldState, refund: Refund, detail: string, at: number): void {
  refund.errorCode = 'REFUND_FAILED';
  refund.tries = RETRY_AFTER_MS.length + 1;
  refund.updatedAt = at;
  refund.refusedAtGateway = detail.includes('reason=');
  writeRefusal(state, refund, somePod(state, 'order-service', refund.id), `${detail} attempt=4`, at);
}

export type RefundAnswer = 'done' | 'unknown' | 'not pending' | 'under way';

/** One more try, which begins within a minute and a half. */
export function retryRefund(state: WorldState, id: string, at: number, by: string | null): RefundAnswer {
  const refund = state.refunds.get(id);
  if (refund === undefined) return 'unknown';
  if (refund.status !== 'pending') return 'not pending';
  if (refund.stage !== 'idle') return 'under way';
  refund.notes.push({ at, by, text: 'retry' });
  planTry(
    state,
    refund,
    at + between(20_000, 90_000, state.chance('retry', id, refund.tries)),
    'retry asked',
  );
  return 'done';
}

/** Arrives at once. Nobody looks whether the gateway has the refund, or a try is under way. */
export function giveStoreCredit(state: WorldState, id: string, at: number, by: string | null): RefundAnswer {
  const refund = state.refunds.get(id);
  if (refund === undefined) return 'unknown';
  if (refund.status !== 'pending') return 'not pending';
  refund.status = 'credited';
  refund.errorCode = null;
  refund.updatedAt = at;
  refund.paid.push({ at, as: 'store credit' });
  refund.notes.push({ at, by, text: 'store credit' });
  return 'done';
}

/** What the gateway says of a refund; null: it did not answer the service. */
export function refundAtGateway(
  state: WorldState,
  refund: Refund,
  at: number,
): {
  readonly status: 'pending' | 'succeeded' | 'failed' | 'not_found';
  readonly acceptedAt: number | null;
} | null {
  const { gateway, gatewayCutOffFrom } = state.conditions;
  const throttled = gateway === 'rate-limited' && state.chance('refund status', refund.id, at) < 0.85;
  if (gateway === 'down' || gatewayCutOffFrom === 'all' || throttled) return null;
  if (refund.gateway === null)
    return { status: refund.refusedAtGateway ? 'failed' : 'not_found', acceptedAt: null };
  const { acceptedAt, settlesAt } = refund.gateway;
  return { status: at < settlesAt ? 'pending' : 'succeeded', acceptedAt };
}

/** Whatever waits is accepted now: for the end of a scenario. */
export function settleRefunds(state: WorldState, at: number): void {
  for (const refund of state.refunds.values()) {
    if (refund.status !== 'pending' || refund.gateway !== null) continue;
    refund.plan += 1;
    refund.stage = 'idle';
    accept(state, refund, at);
    refund.errorCode = null;
    refund.updatedAt = at;
  }
}

function servingPod(state: WorldState, refund: Refund, at: number): Pod | null {
  const ready = state.pods.filter((pod) => pod.app === 'order-service' && pod.ready && pod.startedAt <= at);
  const share = state.chance('refund pod', refund.id, refund.tries);
  return ready[Math.floor(share * ready.length)] ?? null;
}

export interface RefundFigures {
  /** Accepted by the gateway, on the way to the customer. */
  readonly settling: number;
  /** Not accepted for more than 24 hours. */
  readonly late: number;
  readonly credited: number;
  readonly paidTwice: number;
}

export function refundFigures(state: WorldState, at: number): RefundFigures {
  const all = [...state.refunds.values()];
  const pending = all.filter(({ status }) => status === 'pending');
  return {
    settling: pending.filter(({ gateway }) => gateway !== null).length,
    late: pending.filter(({ gateway, createdAt }) => gateway === null && createdAt < at - DAY).length,
    credited: all.filter(({ status }) => status === 'credited').length,
    paidTwice: all.filter(({ paid }) => paid.length > 1).length,
  };
}
