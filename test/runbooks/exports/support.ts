import { ExportId } from '../../../src/domain/ids.ts';
import type { ExportJob } from '../../../src/ports/order-service.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { ExportData } from '../../../src/runbooks/exports/checks.ts';
import { EXPORT_CLASSES, type ExportClass, type ExportLogs } from '../../../src/runbooks/exports/logs.ts';
import { MINUTE, NOW, seen } from '../../support/runbooks.ts';

export function anExport(change: Partial<Omit<ExportJob, 'id'>> & { readonly id?: string } = {}): ExportJob {
  const { id = 'exp_abc123', ...rest } = change;
  return {
    id: ExportId.parse(id),
    status: 'processing',
    format: 'csv',
    from: '2024-01-01',
    to: '2024-01-31',
    startedAt: NOW - 10 * MINUTE,
    progressAt: NOW - MINUTE,
    endedAt: null,
    rows: 5_000,
    expectedRows: 130_000,
    link: false,
    errorCode: null,
    ...rest,
  };
}

export function logCounts(lines: Partial<Record<ExportClass, number>>, whole = true): ExportLogs {
  const of = (name: ExportClass) => ({ lines: lines[name] ?? 0, lastAt: lines[name] ? NOW : null });
  return {
    classes: Object.fromEntries(EXPORT_CLASSES.map((name) => [name, of(name)])) as ExportLogs['classes'],
    unclassed: 0,
    newestAt: null,
    whole,
    containers: 4,
    problems: [],
  };
}

export const aBucket = {
  bucket: 'ecommerce-exports',
  reachable: true,
  trouble: null,
  region: null,
  lists: true,
};
export const aPlan = {
  scan: 'index',
  rows: 90_000,
  index: 'orders_created_at',
  from: '2024-01-01',
  to: '2024-01-31',
  days: 31,
} as const;

/** All is well, but for what is given; one export is processing. */
export function findings(change: Partial<Findings<ExportData>> = {}): Findings<ExportData> {
  return {
    jobs: seen('healthy', { jobs: [anExport({ expectedRows: 90_000 })] }),
    logs: seen('healthy', logCounts({})),
    bucket: seen('healthy', aBucket),
    plan: seen('healthy', aPlan),
    kills: seen('healthy', { killedAt: null }),
    queries: seen('healthy', { long: [] }),
    ...change,
  };
}
