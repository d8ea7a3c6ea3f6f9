import { describe, expect, test } from 'vitest';
import type { ExportJob } from '../../../src/ports/order-service.ts';
import { SystemError } from '../../../src/ports/system-error.ts';
import { cancelExport } from '../../../src/runbooks/exports/cancel.ts';
import { createExport } from '../../../src/runbooks/exports/create.ts';
import { replaced } from '../../../src/runbooks/exports/jobs.ts';
import { retryExport } from '../../../src/runbooks/exports/retry.ts';
import { aRun } from '../../support/incidents.ts';
import { A_DRAFT, aJudging, aProving, fakeProbes, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { aBucket, anExport, aPlan, findings } from './support.ts';

const jobs = (...all: readonly ExportJob[]) => ({ jobs: seen('broken', { jobs: all }) });
const of = (id: string) => ({ ...A_DRAFT, targets: [id] });
const failed = anExport({ status: 'failed', expectedRows: 50_000 });

describe('R73, retry', () => {
  test('failed exports only', () => {
    const given = aJudging(findings(jobs(failed, anExport({ id: 'exp_run111' }))));
    expect(retryExport.draft(given).map(({ targets }) => targets)).toEqual([['exp_abc123']]);
    expect(retryExport.draft(aJudging(findings()))).toEqual([]);
  });

  test.each([
    ['all is well', {}, [], null],
    [
      'too large',
      jobs(anExport({ status: 'failed' })),
      [],
      'it is too large and would fail again; make it in pieces',
    ],
    [
      'the bucket is broken',
      { bucket: seen('broken', { ...aBucket, reachable: false, trouble: 'forbidden' as const }) },
      [],
      'the bucket cannot be used',
    ],
    ['memory is short', {}, ['memory'], 'memory has an incident open, and an export would feed it'],
    [
      'the database is short',
      {},
      ['database-pool'],
      'the database has an incident open, and an export would feed it',
    ],
  ] as const)('%s', (_what, given, open, because) => {
    expect(retryExport.notWhile(aJudging(findings(given), { open }), of('exp_abc123'))).toBe(because);
  });
});

describe('R74, cancel', () => {
  const still = anExport({ startedAt: NOW - 40 * MINUTE, progressAt: NOW - 30 * MINUTE });
  test.each([
    ['stuck for long', still, 'it has taken longer than 30 min and does not move', null],
    [
      'moves',
      anExport({ startedAt: NOW - 40 * MINUTE }),
      null,
      'it still moves, the last progress was 1 min ago',
    ],
    [
      'says nothing of its progress',
      anExport({ startedAt: NOW - 40 * MINUTE, progressAt: null }),
      'it has taken longer than 30 min and does not move',
      null,
    ],
  ] as const)('%s', (_what, job, when, notWhile) => {
    const given = aJudging(findings(jobs(job)));
    expect(cancelExport.when(given, of(job.id))).toBe(when);
    expect(cancelExport.notWhile(given, of(job.id))).toBe(notWhile);
  });

  const run = aRun({
    action: 'R74',
    targets: ['exp_abc123'],
    parameters: { startedAt: String(still.startedAt) },
  });
  test.each([
    ['the same', still, { targets: ['exp_abc123'] }],
    ['gone', null, { changed: 'exp_abc123 is not known to the service any more' }],
    [
      'done by now',
      { ...still, status: 'completed' as const },
      { changed: 'exp_abc123 is completed by now' },
    ],
    ['begun again', { ...still, startedAt: NOW }, { changed: 'exp_abc123 was begun again meanwhile' }],
  ])('binding: it is %s', async (_what, job, answer) => {
    const probes = fakeProbes({ orderService: { exportJob: async () => job } });
    expect(await cancelExport.stillHolds(aProving(probes), run)).toMatchObject(answer);
  });
});

describe('R75, a new one', () => {
  const judging = (runs: readonly ReturnType<typeof aRun>[] = []) => {
    const given = aJudging(findings(jobs(anExport({ status: 'failed', expectedRows: 130_200 }))));
    return { ...given, incident: { ...given.incident, runs } };
  };
  const piece = (from: string, to: string) =>
    aRun({ action: 'R75', parameters: { from, to } }, { verdict: 'helped' });
  const initials = (given: ReturnType<typeof judging>) =>
    createExport.draft(given)[0]?.fields?.map(({ initial }) => initial);

  test('too much begins with its first week, and goes on behind what is done', () => {
    expect(initials(judging())).toEqual(['csv', '2024-01-01', '2024-01-07']);
    expect(initials(judging([piece('2024-01-01', '2024-01-07')]))).toEqual([
      'csv',
      '2024-01-08',
      '2024-01-14',
    ]);
    expect(initials(judging([piece('2024-01-22', '2024-01-28')]))).toEqual([
      'csv',
      '2024-01-29',
      '2024-01-31',
    ]);
  });

  test('an export is replaced by pieces that leave no day out', () => {
    const weeks = [
      ['01-01', '01-07'],
      ['01-08', '01-20'],
      ['01-21', '01-31'],
    ] as const;
    const runs = weeks.map(([from, to]) => piece(`2024-${from}`, `2024-${to}`));
    expect(replaced(failed, runs)).toBe(true);
    expect(replaced(failed, [...runs].reverse())).toBe(true);
    expect(replaced(failed, runs.slice(0, 2))).toBe(false);
    expect(replaced(failed, [runs[0] ?? piece('', ''), runs[2] ?? piece('', '')])).toBe(false);
  });

  const shown = { today: '2024-02-01', perDay: '4200' };
  test.each([
    ['a week', { format: 'csv', from: '2024-01-01', to: '2024-01-07' }, {}],
    ['one day', { format: 'json', from: '2024-01-01', to: '2024-01-01' }, {}],
    [
      'reversed',
      { format: 'csv', from: '2024-01-07', to: '2024-01-01' },
      { to: expect.stringContaining('comes before the first') },
    ],
    [
      'in the future',
      { format: 'csv', from: '2024-01-30', to: '2024-02-02' },
      { to: '2024-02-02 is in the future; today is 2024-02-01.' },
    ],
    [
      'too much',
      { format: 'csv', from: '2024-01-01', to: '2024-01-31' },
      { to: 'That would be about 130200 orders, 100000 are the most. 2024-01-01 to 2024-01-07 fits.' },
    ],
    ['no day', { format: 'csv', from: '2024-13-45', to: 'x' }, { to: expect.any(String) }],
    [
      'another format',
      { format: 'xml', from: '2024-01-01', to: '2024-01-01' },
      { format: 'Choose CSV or JSON.' },
    ],
  ])('the form: %s', (_what, answers, wrong) => {
    expect(createExport.validate(answers, { ...judging(), shown })).toEqual(wrong);
  });

  const run = aRun({
    action: 'R75',
    targets: ['new export'],
    parameters: { from: '2024-01-01', to: '2024-01-31' },
  });
  test('is planned again before it is asked for, and not begun twice', async () => {
    const plan = (rows: number) => ({ ordersDatabase: { exportPlan: async () => ({ ...aPlan, rows }) } });
    expect(await createExport.stillHolds(aProving(fakeProbes(plan(200_000))), run)).toEqual({
      changed: 'it would hold about 200000 orders, 100000 are the most',
    });
    expect(await createExport.stillHolds(aProving(fakeProbes(plan(5))), run)).toMatchObject({
      targets: ['new export'],
    });
    const twin = fakeProbes({ ...plan(5), orderService: { exports: async () => [anExport()] } });
    expect(await createExport.stillHolds(aProving(twin), run)).toEqual({
      changed: 'exp_abc123 makes the same export already',
    });
    // Nothing configured is no obstacle; a database that does not answer is one.
    expect(await createExport.stillHolds(aProving(fakeProbes({})), run)).toMatchObject({
      targets: ['new export'],
    });
    const slow = fakeProbes({
      ordersDatabase: {
        exportPlan: async () => {
          throw new SystemError('db', 'too slow', 'It is slow.', { sent: 'no', mayRetry: true });
        },
      },
    });
    await expect(createExport.stillHolds(aProving(slow), run)).rejects.toThrow('It is slow.');
  });

  test('its proof looks at the export that the service named', async () => {
    const items = [{ target: 'new export', state: 'done' as const, line: 'exp_new111 was begun.' }];
    const sample = async (job: ExportJob | null, given = items) =>
      await createExport.proof.sample(
        aProving(fakeProbes({ orderService: { exportJob: async () => job } }), { run, items: given }),
      );
    const done = anExport({ id: 'exp_new111', status: 'completed', link: true, rows: 9, expectedRows: 9 });
    expect(await sample(done)).toMatchObject({ moved: ['new export'] });
    expect(await sample({ ...done, link: false })).toMatchObject({ moved: [] });
    expect(await sample({ ...done, rows: 8 })).toMatchObject({ moved: [] });
    expect(await sample({ ...done, status: 'failed' })).toMatchObject({ moved: [], stuck: true });
    expect(await sample(done, [])).toMatchObject({ unknown: ['new export'] });
  });
});
