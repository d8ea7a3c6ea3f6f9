import { endHeavy } from '../database.ts';
import { beginExport, cancelExport, exportsOf } from '../exports.ts';
import { setMemoryTrouble } from '../memory.ts';
import type { WorldState } from '../state.ts';
import { exportsStream } from './memory.ts';
import { day, type Scenario } from './scenario.ts';

const MINUTE = 60_000;

/** Lets a job begin in the past and live through it until now. */
function plant(state: WorldState, id: string, days: number, agoMs: number, now: number): void {
  state.exports.delete(id);
  beginExport(state, { format: 'csv', from: day(now, days + 30), to: day(now, 31) }, now - agoMs, id);
  state.timeline.advance(now);
}

/** Whoever wanted them does so no more. The service goes on knowing them: an alert has named them. */
function withdraw(state: WorldState, now: number): void {
  for (const row of exportsOf(state, 'processing')) cancelExport(state, row, now);
  for (const row of exportsOf(state, 'failed')) row.status = 'cancelled';
}

export const uploadRefused: Scenario = {
  id: 'upload-refused',
  causes: ['10.C4'],
  runbook: 'exports',
  title: 'The bucket’s policy was changed 20 minutes ago; no export has been uploaded since.',
  alert: {
    alertname: 'ExportFailed',
    code: 'EXPORT_FAILED',
    severity: 'low',
    summary: 'Export exp_ledger7d failed',
    startsAgoMs: 12 * MINUTE,
  },
  start(state, now) {
    state.conditions.bucket = 'forbidden';
    plant(state, 'exp_ledger7d', 7, 20 * MINUTE, now);
  },
  recover(state) {
    state.conditions.bucket = 'ok';
  },
  end(state, now) {
    state.conditions.bucket = 'ok';
    withdraw(state, now);
  },
};

export const exportTooLarge: Scenario = {
  id: 'export-too-large',
  causes: ['10.C2'],
  runbook: 'exports',
  title: 'Somebody exports a whole month; at 100,000 orders the service gives up.',
  alert: {
    alertname: 'ExportFailed',
    code: 'FILE_GENERATION_ERROR',
    severity: 'low',
    summary: 'Export exp_month31d failed',
    startsAgoMs: 15 * MINUTE,
  },
  start(state, now) {
    plant(state, 'exp_month31d', 31, 30 * MINUTE, now);
  },
  end: withdraw,
};

export const exportHangs: Scenario = {
  id: 'export-hangs',
  causes: ['10.C1'],
  runbook: 'exports',
  title: 'An export has not written a line for 50 minutes, it waits for its query.',
  alert: {
    alertname: 'ExportTimeout',
    code: 'EXPORT_TIMEOUT',
    severity: 'low',
    summary: 'Export exp_audit14d has been processing for over 30 minutes',
    startsAgoMs: 18 * MINUTE,
  },
  start(state, now) {
    state.conditions.exportsHang = true;
    plant(state, 'exp_audit14d', 14, 50 * MINUTE, now);
    // Whatever held it up is gone; this one does not come back by itself.
    const { tries } = state.exports.get('exp_audit14d') ?? { tries: 0 };
    const row = state.exports.get('exp_audit14d');
    if (row !== undefined) row.tries = tries + 1;
    state.conditions.exportsHang = false;
  },
  end(state, now) {
    state.conditions.exportsHang = false;
    withdraw(state, now);
  },
};

export const exportOutOfMemory: Scenario = {
  id: 'export-out-of-memory',
  causes: ['10.C3'],
  runbook: 'exports',
  title: 'An export of 21 days is held in memory until it is written; it has killed its pod twice.',
  alert: {
    alertname: 'ExportFailed',
    code: 'EXPORT_FAILED',
    severity: 'low',
    summary: 'Export exp_rows21d does not finish',
    startsAgoMs: 5 * MINUTE,
  },
  start(state, now) {
    const began = now - 14 * MINUTE;
    setMemoryTrouble(state, { exportKibPerRow: 16 }, began);
    plant(state, 'exp_rows21d', 21, now - began, now);
  },
  recover: exportsStream,
  end(state, now) {
    exportsStream(state);
    withdraw(state, now);
  },
};

export const exportQuerySlow: Scenario = {
  id: 'export-query-slow',
  causes: ['10.C5'],
  runbook: 'exports',
  title: 'The query of an export has run for 18 minutes without an index, and the export waits for it.',
  alert: {
    alertname: 'ExportSlow',
    code: 'EXPORT_TIMEOUT',
    severity: 'low',
    summary: 'Export exp_slow10d makes no progress',
    startsAgoMs: 5 * MINUTE,
  },
  start(state, now) {
    const since = now - 18 * MINUTE;
    state.conditions.exportsHang = true;
    plant(state, 'exp_slow10d', 10, now - since, now);
    state.database.heavy = { pod: state.exports.get('exp_slow10d')?.pod ?? '', since };
  },
  recover: endHeavy,
  end(state, now) {
    endHeavy(state);
    withdraw(state, now);
  },
};
