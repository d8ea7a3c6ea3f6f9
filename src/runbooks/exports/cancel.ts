import { ASKER } from '../../domain/duty.ts';
import { ExportId } from '../../domain/ids.ts';
import type { Action } from '../define-runbook.ts';
import { curl } from '../names.ts';
import { spell } from '../shared/spell.ts';
import { stands } from './causes.ts';
import type { ExportData } from './checks.ts';
import { jobNow, moves, overdue } from './jobs.ts';

const MINUTE = 60_000;

/** R74, one export each. */
export const cancelExport: Action<ExportData> = {
  step: 'R74',
  title: 'Cancel the export',
  parameters: ['export'],
  tier: 'disruptive',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X DELETE localhost:8080/admin/exports/exp_abc123',
  equivalent: (names, targets) =>
    curl(names, names.paths.export.replace('{id}', targets[0] ?? '<export>'), '-X DELETE '),
  notes: [
    'What it has written already goes away by itself.',
    'Nothing brings it back; a new one is made instead.',
  ],
  rule: ({ exportMinutes, exportMovesMinutes }) => ({
    when: `It has been processing for more than ${exportMinutes} min and does not move, or an incident of the database or of memory names it.`,
    notWhile: [
      `It wrote something in the last ${exportMovesMinutes} min, and neither the database nor memory has an incident open.`,
    ],
  }),
  draft({ findings, now }) {
    const running = (findings.jobs.data?.jobs ?? []).filter(({ status }) => status === 'processing');
    return running.map(({ id, startedAt, rows, expectedRows }) => ({
      targets: [id],
      parameters: { startedAt: String(startedAt) },
      preview: [
        `${id} has been processing for ${spell(now - startedAt)}${rows === null ? '' : `, ${rows}${expectedRows === null ? '' : ` of ${expectedRows}`} orders are written`}.`,
        'Before → after: processing → cancelled.',
      ],
      binding: { kind: 'exact', expected: String(startedAt), words: `Only while ${id} is still processing.` },
    }));
  },
  when(judging, { targets }) {
    const { findings, now, thresholds, open } = judging;
    const job = findings.jobs.data?.jobs.find(({ id }) => id === targets[0]);
    if (job !== undefined && open.includes('memory')) return 'it may be what exhausts the memory of its pod';
    if (job !== undefined && open.includes('database-pool')) return 'it loads a database that hurts';
    if (job !== undefined && stands(judging, '10.C5') && !moves(job, now, thresholds))
      return 'its query is slow, and it does not move';
    return job !== undefined && overdue(job, now, thresholds) && !moves(job, now, thresholds)
      ? `it has taken longer than ${thresholds.exportMinutes} min and does not move`
      : null;
  },
  notWhile({ findings, now, thresholds, open }, { targets }) {
    const job = findings.jobs.data?.jobs.find(({ id }) => id === targets[0]);
    const feeds = open.includes('database-pool') || open.includes('memory');
    return job !== undefined && moves(job, now, thresholds) && !feeds
      ? `it still moves, the last progress was ${spell(now - (job.progressAt ?? now))} ago`
      : null;
  },
  validate: () => ({}),
  async stillHolds(proving, run) {
    const id = run.targets[0] ?? '';
    const job = await jobNow(proving, id);
    if (job === null) return { changed: `${id} is not known to the service any more` };
    if (job.status !== 'processing') return { changed: `${id} is ${job.status} by now` };
    if (String(job.startedAt) !== run.parameters['startedAt'])
      return { changed: `${id} was begun again meanwhile` };
    return { targets: run.targets, dropped: [] };
  },
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.cancelExport(ExportId.parse(target), licence, signal),
  async readBack(target, _parameters, proving) {
    const job = await jobNow(proving, target);
    // A service may forget a cancelled export altogether.
    if (job === null || job.status === 'cancelled') return 'done';
    return job.status === 'processing' ? 'not done' : 'unknown';
  },
  proof: {
    plan: () => ({
      everyMs: MINUTE / 4,
      withinMs: 2 * MINUTE,
      alike: 2,
      words: 'The export reads cancelled within 2 min.',
    }),
    async sample(proving) {
      const id = proving.run.targets[0] ?? '';
      const job = await jobNow(proving, id);
      const gone = job === null || job.status === 'cancelled';
      return {
        moved: gone ? [id] : [],
        unknown: [],
        line: job === null ? `${id} is gone.` : `${id} is ${job.status}.`,
        value: null,
        worse: false,
      };
    },
  },
  mitigates: false,
  owes: [{ what: 'Tell whoever asked for the export that it was cancelled.', owner: ASKER }],
};
