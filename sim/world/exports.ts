import { nineLetters } from './chance.ts';
import type { Pod } from './pods.ts';
import { somePod, type WorldState } from './state.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The service refuses to write more into one file (runbook 10). */
export const MOST_ROWS = 100_000;
const ROWS_A_MINUTE = 9_000;
/** Before the past of the world there were so many orders a day. */
const ORDERS_A_DAY = 4_200;

export interface ExportRow {
  readonly id: string;
  status: 'processing' | 'completed' | 'failed' | 'cancelled';
  readonly format: 'csv' | 'json';
  /** `2024-01-31`, both inclusive. */
  readonly from: string;
  readonly to: string;
  startedAt: number;
  progressAt: number | null;
  endedAt: number | null;
  rows: number;
  readonly expectedRows: number;
  link: boolean;
  errorCode: string | null;
  /** The pod that works on it, and since when; the work ends with the pod's container. */
  pod: string;
  podSince: number;
  /** Rises with each try, so that what was planned for an earlier one does not happen any more. */
  tries: number;
}

export type ExportWish = Pick<ExportRow, 'format' | 'from' | 'to'>;

export function exportsOf(state: WorldState, status: ExportRow['status'] | null): readonly ExportRow[] {
  return [...state.exports.values()].filter((row) => status === null || row.status === status);
}

/** Puts a job there and lets it run; null while the same one is processing. @param id of a story's own; else a new one */
export function beginExport(state: WorldState, wish: ExportWish, at: number, id?: string): ExportRow | null {
  const twin = exportsOf(state, 'processing').find(({ from, to }) => from === wish.from && to === wish.to);
  if (twin !== undefined) return null;
  const days = Math.round((Date.parse(wish.to) - Date.parse(wish.from)) / DAY) + 1;
  const row: ExportRow = {
    id: id ?? `exp_${nineLetters(state.chance, 'export', state.exports.size)}`,
    status: 'processing',
    ...wish,
    startedAt: at,
    progressAt: at,
    endedAt: null,
    rows: 0,
    expectedRows: days * ORDERS_A_DAY,
    link: false,
    errorCode: null,
    pod: '',
    podSince: at,
    tries: 0,
  };
  state.exports.set(row.id, row);
  run(state, row, at);
  return row;
}

/** R73: only what failed. */
export function retryExport(state: WorldState, row: ExportRow, at: number): boolean {
  if (row.status !== 'failed') return false;
  Object.assign(row, { status: 'processing', startedAt: at, endedAt: null, rows: 0, errorCode: null });
  run(state, row, at);
  return true;
}

/** R74: only what is processing. */
export function cancelExport(state: WorldState, row: ExportRow, at: number): boolean {
  if (row.status !== 'processing') return false;
  row.status = 'cancelled';
  row.endedAt = at;
  row.rows = 0;
  row.tries += 1;
  write(state, row, at, 'INFO', 'cancelled, its partial file is removed');
  return true;
}

function run(state: WorldState, row: ExportRow, at: number): void {
  row.tries += 1;
  row.progressAt = at;
  row.pod = somePod(state, 'order-service', row.id, row.tries);
  row.podSince = at;
  write(state, row, at, 'INFO', `begins ${row.from}..${row.to} format=${row.format}`);
  later(state, row, at + MINUTE, step);
}

/** What is planned for a try that is over does not happen. */
function later(
  state: WorldState,
  row: ExportRow,
  due: number,
  what: (state: WorldState, row: ExportRow, at: number) => void,
): void {
  const { tries } = row;
  state.timeline.schedule(due, (at) => {
    if (row.status === 'processing' && row.tries === tries) what(state, row, at);
  });
}

/** The container that began with it still works on it. */
function alive(state: WorldState, row: ExportRow): boolean {
  const pod = state.pods.find(({ name }) => name === row.pod);
  return pod !== undefined && pod.deletedAt === null && pod.startedAt <= row.podSince;
}

/** Orders that are being written by this pod. */
export function rowsIn(state: WorldState, { name }: Pick<Pod, 'name'>): number {
  return exportsOf(state, 'processing')
    .filter((row) => row.pod === name && alive(state, row))
    .reduce((sum, { rows }) => sum + rows, 0);
}

/** A minute of work. */
function step(state: WorldState, row: ExportRow, at: number): void {
  if (!alive(state, row)) {
    // Whoever takes it up begins anew: nothing of a file is kept between pods.
    row.rows = 0;
    run(state, row, at);
    return;
  }
  if (state.conditions.exportsHang) {
    // It holds its query and writes nothing more.
    later(state, row, at + MINUTE, step);
    return;
  }
  row.rows = Math.min(row.expectedRows, row.rows + ROWS_A_MINUTE);
  row.progressAt = at;
  if (row.rows > MOST_ROWS) {
    fail(state, row, at, 'FILE_GENERATION_ERROR', `FILE_TOO_LARGE: more than ${MOST_ROWS} rows`);
    return;
  }
  if (row.rows < row.expectedRows) {
    later(state, row, at + MINUTE, step);
    return;
  }
  if (state.conditions.bucket !== 'ok') {
    fail(state, row, at, 'EXPORT_FAILED', 'upload failed: S3Exception AccessDenied (403)');
    return;
  }
  row.status = 'completed';
  row.endedAt = at;
  row.link = true;
  write(state, row, at, 'INFO', `completed rows=${row.rows}`);
}

export function fail(state: WorldState, row: ExportRow, at: number, code: string, words: string): void {
  row.status = 'failed';
  row.endedAt = at;
  row.errorCode = code;
  write(state, row, at, 'ERROR', `${code} ${words}`);
}

function write(state: WorldState, row: ExportRow, at: number, level: 'INFO' | 'ERROR', words: string): void {
  const pod = alive(state, row) ? row.pod : somePod(state, 'order-service', row.id);
  state.logs.write(at, pod, level, `export:${row.id} ${words}`);
}
