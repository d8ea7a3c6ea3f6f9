import { describe, expect, test } from 'vitest';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { RunbookId } from '../../../src/domain/severity.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import type { ExportData } from '../../../src/runbooks/exports/checks.ts';
import { exports } from '../../../src/runbooks/exports.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { aBucket, anExport, aPlan, findings, logCounts } from './support.ts';

const job = (change: Parameters<typeof anExport>[0]) => seen('broken', { jobs: [anExport(change)] });
const logs = (...given: Parameters<typeof logCounts>) => seen('broken', logCounts(...given));
const refused = {
  ...seen('broken', { ...aBucket, reachable: false, trouble: 'forbidden' as const }),
  line: 'The bucket cannot be used: forbidden.',
};

type Row = readonly [
  string,
  string,
  Partial<Findings<ExportData>>,
  CauseVerdict,
  RegExp,
  (readonly RunbookId[])?,
];

const ROWS: readonly Row[] = [
  ['10.C1', 'a timeout in the log', { logs: logs({ timeout: 1 }) }, 'supported', /statement timeout/],
  [
    '10.C1',
    'processing for too long',
    { jobs: job({ startedAt: NOW - 31 * MINUTE }) },
    'supported',
    /processing for 31 min, 30 min are the most/,
  ],
  ['10.C1', 'neither', {}, 'ruled out', /No timeout/],
  [
    '10.C1',
    'nothing read',
    { jobs: seen('unknown', null), logs: seen('unknown', null) },
    'open',
    /could be read/,
  ],
  ['10.C2', 'expected rows', { jobs: job({ expectedRows: 100_001 }) }, 'supported', /about 100001 orders/],
  [
    '10.C2',
    'planned rows',
    { plan: seen('broken', { ...aPlan, rows: 200_000 }) },
    'supported',
    /about 200000/,
  ],
  ['10.C2', 'the log', { logs: logs({ size: 2 }) }, 'supported', /size limit/],
  ['10.C2', 'at the limit', { jobs: job({ expectedRows: 100_000 }) }, 'ruled out', /fewer/],
  [
    '10.C2',
    'not known',
    { jobs: job({ expectedRows: null }), plan: seen('skipped', null) },
    'open',
    /not known/,
  ],
  ['10.C3', 'the log', { logs: logs({ memory: 1 }) }, 'supported', /memory ran out/],
  [
    '10.C3',
    'a kill while it ran',
    { kills: seen('broken', { killedAt: NOW - 5 * MINUTE }) },
    'supported',
    /while exp_abc123 ran/,
  ],
  [
    '10.C3',
    'a kill while it ran, and it has completed',
    {
      kills: seen('broken', { killedAt: NOW - 5 * MINUTE }),
      jobs: seen('healthy', { jobs: [anExport({ status: 'completed', endedAt: NOW - MINUTE })] }),
    },
    'ruled out',
    /No pod/,
  ],
  [
    '10.C3',
    'a kill before it',
    { kills: seen('broken', { killedAt: NOW - 50 * MINUTE }) },
    'ruled out',
    /No pod/,
  ],
  ['10.C3', 'logs cut off', { logs: logs({}, false) }, 'open', /could not be looked at/],
  ['10.C4', 'the bucket', { bucket: refused }, 'supported', /cannot be used: forbidden/],
  [
    '10.C4',
    'the log, bucket not configured',
    { bucket: seen('skipped', null), logs: logs({ s3: 3 }) },
    'supported',
    /upload was refused/,
  ],
  ['10.C4', 'the bucket answers again', { logs: logs({ s3: 3 }) }, 'ruled out', /answers again/],
  ['10.C4', 'both well', {}, 'ruled out', /no upload was refused/],
  ['10.C4', 'not configured', { bucket: seen('skipped', null) }, 'open', /could not be looked at/],
  [
    '10.C5',
    'a scan of many rows',
    { plan: seen('broken', { ...aPlan, scan: 'sequential', rows: 100_001 }) },
    'supported',
    /scan the whole table/,
  ],
  ['10.C5', 'the database has trouble', {}, 'supported', /incident open/, ['database-pool']],
  ['10.C5', 'an index', {}, 'ruled out', /planned well/],
  [
    '10.C5',
    'a query that began with the export',
    { queries: seen('healthy', { long: [{ pid: 7, beganAt: NOW - 9 * MINUTE }] }) },
    'supported',
    /pid 7\) has run for 9 min, since exp_abc123 began/,
  ],
  [
    '10.C5',
    'a query that began long before it',
    { queries: seen('healthy', { long: [{ pid: 7, beganAt: NOW - 90 * MINUTE }] }) },
    'ruled out',
    /planned well/,
  ],
  ['10.C5', 'queries not seen', { queries: seen('unknown', null) }, 'open', /R39/],
  ['10.C5', 'no plan', { plan: seen('unknown', null) }, 'open', /could not be planned/],
];

describe('the causes of runbook 10', () => {
  test.each(
    ROWS.map(([id, what, given, verdict, because, open = []]) => ({
      id,
      what,
      given,
      verdict,
      because,
      open,
    })),
  )('$id $what', ({ id, given, verdict, because, open }) => {
    const said = exports.causes.find((one) => one.id === id)?.judge(aJudging(findings(given), { open }));
    expect(said).toMatchObject({ verdict, because: expect.stringMatching(because) });
  });
});
