import { addReturn, approveAll, startReturn, stop, withoutLabel } from '../returns.ts';
import type { WorldState } from '../state.ts';
import type { Scenario } from './scenario.ts';
import { crashPods } from './workflow-engine-crash.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** So many returns, asked for evenly within a span of the past. */
function plant(
  state: WorldState,
  label: string,
  count: number,
  span: { readonly from: number; readonly to: number },
  is: Parameters<typeof addReturn>[3] = {},
) {
  const gap = (span.to - span.from) / count;
  return Array.from({ length: count }, (_, number) =>
    addReturn(state, `${label} ${number}`, Math.round(span.from + gap * number), is),
  );
}

export const returnsHeld: Scenario = {
  id: 'returns-held',
  causes: ['9.C2'],
  runbook: 'returns',
  title: 'The fraud model has held 5 returns since yesterday; nobody has looked at them.',
  alert: {
    alertname: 'ReturnsWait',
    code: 'RETURN_APPROVAL_FAILED',
    severity: 'low',
    summary: 'Returns have been pending for more than 24 hours',
    startsAgoMs: 40 * MINUTE,
  },
  start(state, now) {
    const span = { from: now - 40 * HOUR, to: now - 26 * HOUR };
    for (const back of plant(state, this.id, 5, span, { held: true }))
      stop(
        state,
        back,
        back.createdAt + 4 * MINUTE,
        'RETURN_APPROVAL_FAILED',
        `result=held fraud_score=${back.score}`,
      );
  },
  end(state, now) {
    approveAll(state, now);
  },
};

export const returnsEngineCrash: Scenario = {
  id: 'returns-engine-crash',
  causes: ['9.C4'],
  runbook: 'returns',
  title: 'The workflow engine was down for 40 minutes yesterday; 14 returns never went on.',
  alert: {
    alertname: 'ReturnsWait',
    code: 'RETURN_APPROVAL_FAILED',
    severity: 'low',
    summary: 'Returns have been pending for more than 24 hours',
    startsAgoMs: 20 * MINUTE,
  },
  start(state, now) {
    const down = { from: now - 25 * HOUR - 40 * MINUTE, to: now - 25 * HOUR };
    crashPods(state, down.from, down.to);
    // Their workflows, due minutes later, met the crash.
    const span = { from: down.from - 5 * MINUTE, to: down.to - 5 * MINUTE };
    for (const back of plant(state, this.id, 14, span))
      stop(
        state,
        back,
        back.createdAt + 6 * MINUTE,
        'RETURN_APPROVAL_FAILED',
        'workflow engine unreachable: connect ECONNREFUSED',
      );
  },
  end(state, now) {
    approveAll(state, now);
  },
};

export const returnsWindowWrong: Scenario = {
  id: 'returns-window-wrong',
  causes: ['9.C1'],
  runbook: 'returns',
  title:
    'The service counts the days of a return’s window from the order on; 7 honest returns are too late for it.',
  alert: {
    alertname: 'ReturnsWait',
    code: 'RETURN_WINDOW_EXPIRED',
    severity: 'low',
    summary: 'Twice as many returns as usual are too late',
    startsAgoMs: 60 * MINUTE,
  },
  start(state, now) {
    state.conditions.returnWindowFrom = 'order';
    const span = { from: now - 30 * HOUR, to: now - 25 * HOUR };
    for (const back of plant(state, this.id, 7, span, { nearlyLate: true }))
      startReturn(state, back, back.createdAt);
    state.timeline.advance(now);
  },
  recover(state) {
    state.conditions.returnWindowFrom = 'delivery';
  },
  end(state, now) {
    state.conditions.returnWindowFrom = 'delivery';
    approveAll(state, now);
  },
};

export const returnsWithoutLabel: Scenario = {
  id: 'returns-without-label',
  causes: ['9.C3'],
  runbook: 'returns',
  title: 'The carrier is down again; 8 returns of yesterday’s outage never got their label.',
  alert: {
    alertname: 'ReturnsWait',
    code: 'RETURN_APPROVAL_FAILED',
    severity: 'low',
    summary: 'Returns have been pending for more than 24 hours',
    startsAgoMs: 20 * MINUTE,
  },
  start(state, now) {
    state.conditions.carrier = 'down';
    for (const back of plant(state, this.id, 8, { from: now - 30 * HOUR, to: now - 25 * HOUR }))
      withoutLabel(state, back, back.createdAt + 5 * MINUTE);
    for (const back of plant(state, `${this.id} recent`, 6, {
      from: now - 25 * MINUTE,
      to: now - 9 * MINUTE,
    }))
      startReturn(state, back, back.createdAt);
    state.timeline.advance(now);
  },
  recover(state) {
    state.conditions.carrier = 'up';
  },
  end(state, now) {
    state.conditions.carrier = 'up';
    approveAll(state, now);
  },
};

/** Returns of the last day and a half hour that met what is wrong now. */
function plantBoth(state: WorldState, label: string, now: number, is: Parameters<typeof addReturn>[3] = {}) {
  const late = { from: now - 30 * HOUR, to: now - 25 * HOUR };
  const recent = { from: now - 28 * MINUTE, to: now };
  for (const back of [
    ...plant(state, label, 6, late, is),
    ...plant(state, `${label} recent`, 14, recent, is),
  ])
    startReturn(state, back, back.createdAt);
  state.timeline.advance(now);
}

export const returnsEngineRefuses: Scenario = {
  id: 'returns-engine-refuses',
  causes: ['9.C4'],
  runbook: 'returns',
  title: 'The workflow engine is up and refuses every return at its first step; 20 returns wait.',
  alert: {
    alertname: 'ReturnsWait',
    code: 'RETURN_APPROVAL_FAILED',
    severity: 'low',
    summary: 'Returns have been pending for more than 24 hours',
    startsAgoMs: 20 * MINUTE,
  },
  start(state, now) {
    state.conditions.engineFault = 'return';
    plantBoth(state, this.id, now);
  },
  recover({ conditions }) {
    if (conditions.engineFault === 'return') conditions.engineFault = 'none';
  },
  end(state, now) {
    state.conditions.engineFault = 'none';
    approveAll(state, now);
  },
};

export const returnsViolate: Scenario = {
  id: 'returns-violate',
  causes: ['9.C5'],
  runbook: 'returns',
  title: 'The database refuses 20 returns by a unique constraint; every retry meets it again.',
  alert: {
    alertname: 'ReturnsWait',
    code: 'RETURN_APPROVAL_FAILED',
    severity: 'low',
    summary: 'Returns have been pending for more than 24 hours',
    startsAgoMs: 20 * MINUTE,
  },
  start(state, now) {
    plantBoth(state, this.id, now, { violates: true });
  },
  recover(state) {
    for (const back of state.returns.values()) back.violates = false;
  },
  end(state, now) {
    for (const back of state.returns.values()) back.violates = false;
    approveAll(state, now);
  },
};
