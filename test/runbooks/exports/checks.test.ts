import { expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { ExportJob } from '../../../src/ports/order-service.ts';
import { diagnosed, fakeProbes, NOW } from '../../support/runbooks.ts';
import { anExport } from './support.ts';

const tomorrow = new Date(NOW + 86_400_000).toISOString().slice(0, 10);
const failed = { status: 'failed', endedAt: NOW } as const;

/** R69 of one export that was named. */
async function jobs(job: ExportJob) {
  const orderService = { exportJob: async () => job, exports: async () => [] };
  const incident = { ids: { ...NO_IDS, exports: [job.id] } };
  const { findings } = await diagnosed('exports', fakeProbes({ orderService }), { incident });
  return findings.find(({ step }) => step === 'R69');
}

test.each([
  ['days in their order', {}, 'Asked for: csv, 2024-01-01 to 2024-01-31.'],
  ['nothing that is told', { format: null, from: null, to: null }, 'What was asked for is not told.'],
  ['a format alone', { format: 'json', from: null }, 'Asked for: json.'],
  [
    'days in the wrong order',
    { from: '2024-01-31', to: '2024-01-01' },
    'Asked for: csv, 2024-01-31 to 2024-01-01, which ends before it begins.',
  ],
  [
    'days to come',
    { from: '2024-01-01', to: tomorrow },
    `Asked for: csv, 2024-01-01 to ${tomorrow}, which is partly still to come.`,
  ],
])('what an export was asked for stands beside how it stands (10.H5): %s', async (_what, change, words) => {
  const seen = await jobs(anExport({ ...failed, ...change }));
  expect(seen?.evidence).toEqual([expect.stringContaining(words)]);
});

test.each([
  [{ ...failed, from: '2024-01-31', to: '2024-01-01' }, true],
  [failed, false],
  [{ from: '2024-01-31', to: '2024-01-01' }, false],
])('that a failed one could not have gone well is said in its line', async (change, said) => {
  expect((await jobs(anExport(change)))?.line.includes('ends before it begins')).toBe(said);
});
