import { ExportId, findIds } from '../../domain/ids.ts';
import { AbsentSystem } from '../../ports/system-error.ts';
import type { Action, Judging, Proving } from '../define-runbook.ts';
import { curl, shellWord } from '../names.ts';
import { quieter } from '../shared/quiet-hours.ts';
import { stands, waitsFor } from './causes.ts';
import type { ExportData } from './checks.ts';
import { dayAfter, daysOf, jobNow, whole } from './jobs.ts';

const MINUTE = 60_000;
const NEW = 'new export';
const FORMATS = ['csv', 'json'] as const;

/** The range that comes next: what the job asked for, in pieces where it is too much, behind the piece that is done. */
function suggested({ findings, incident, thresholds }: Judging<ExportData>) {
  const job = findings.jobs.data?.jobs[0];
  if (job?.from == null || job.to === null) return null;
  const plan = findings.plan.data;
  const rows = Math.max(job.expectedRows ?? 0, plan?.rows ?? 0);
  const days = daysOf(job.from, job.to) ?? 1;
  const done = incident.runs.findLast(
    (run) =>
      run.action === 'R75' &&
      run.proof?.verdict === 'helped' &&
      (run.parameters['to'] ?? '') <= (job.to ?? ''),
  );
  const from = done === undefined ? job.from : dayAfter(done.parameters['to'] ?? job.from, 1);
  if (from > job.to) return null;
  const piece = dayAfter(from, thresholds.exportPieceDays - 1);
  const to = rows > thresholds.exportRows && piece < job.to ? piece : job.to;
  return { from, to, until: job.to, format: job.format, rows, perDay: Math.ceil(rows / days) };
}

/** R75: one piece at a time; the next one is offered when this one is done. */
export const createExport: Action<ExportData> = {
  step: 'R75',
  title: 'New export',
  parameters: ['format', 'date range'],
  tier: 'safe',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/exports \\\n  -d \'{"format": "csv", "startDate": "2024-01-01", "endDate": "2024-01-15"}\'',
  equivalent: (names, _targets, { format, from, to }) =>
    curl(
      names,
      names.paths.createExport,
      `-X POST -H 'content-type: application/json' -d ${shellWord(JSON.stringify({ format: format ?? 'csv', startDate: from ?? '<from>', endDate: to ?? '<to>' }))} `,
    ),
  notes: ['Large exports are made in pieces, one after the other.'],
  rule: ({ exportRows }) => ({
    when: `The export is too large for one piece (${exportRows} orders), takes too long or exhausts memory, or the stuck one was cancelled.`,
    notWhile: [
      'The database or memory has an incident open: an export feeds it.',
      'The bucket cannot be used.',
      'The same range is being exported already, or its dates are reversed or in the future.',
    ],
  }),
  draft(judging) {
    const next = suggested(judging);
    const { exportRows } = judging.thresholds;
    const then = quieter(judging.now, judging.names);
    const today = new Date(judging.now).toISOString().slice(0, 10);
    const pieces =
      next !== null && next.rows > exportRows
        ? [
            `${next.from} to ${next.until} is about ${next.perDay * (daysOf(next.from, next.until) ?? 1)} orders, ${exportRows} are the most for one export. The next piece is offered when this one is done.`,
          ]
        : [];
    return [
      {
        targets: [NEW],
        parameters: { today, perDay: String(next?.perDay ?? 0) },
        preview: ['A new export is begun.', ...pieces],
        binding: { kind: 'none', words: 'It is planned again just before.' },
        fields: [
          {
            name: 'format',
            label: 'Format',
            kind: 'select',
            options: FORMATS.map((format) => ({ value: format, text: format.toUpperCase() })),
            initial: FORMATS.find((format) => format === next?.format) ?? 'csv',
          },
          {
            name: 'from',
            label: 'First day',
            kind: 'date',
            ...(next === null ? {} : { initial: next.from }),
          },
          {
            name: 'to',
            label: 'Last day',
            kind: 'date',
            ...(then === null ? {} : { hint: `A large export had better wait for ${then}.` }),
            ...(next === null ? {} : { initial: next.to }),
          },
        ],
      },
    ];
  },
  when(judging) {
    const { findings, incident } = judging;
    const cancelled = incident.runs.some(({ action, outcome }) => action === 'R74' && outcome === 'done');
    const failed = findings.jobs.data?.jobs.some(({ status }) => status === 'failed') ?? false;
    if (cancelled) return 'the stuck one was cancelled';
    if (!failed) return null;
    if (stands(judging, '10.C2')) return 'the export is too large for one piece';
    if (stands(judging, '10.C1')) return 'smaller pieces end in time';
    return stands(judging, '10.C3') ? 'smaller pieces need less memory' : null;
  },
  notWhile: (judging) => waitsFor(judging),
  validate({ format = '', from = '', to = '' }, { shown, thresholds }) {
    const days = daysOf(from, to);
    const wrong: Record<string, string> = {};
    if (!FORMATS.some((known) => known === format)) wrong['format'] = 'Choose CSV or JSON.';
    if (days === null)
      wrong['to'] = `The last day comes before the first, or is no day; ${from} is the first.`;
    else if (to > (shown['today'] ?? to)) wrong['to'] = `${to} is in the future; today is ${shown['today']}.`;
    else {
      const rows = Number(shown['perDay'] ?? 0) * days;
      const most = Math.floor(thresholds.exportRows / Math.max(1, Number(shown['perDay'] ?? 0)));
      if (rows > thresholds.exportRows)
        wrong['to'] =
          `That would be about ${rows} orders, ${thresholds.exportRows} are the most. ${from} to ${dayAfter(from, Math.min(thresholds.exportPieceDays, Math.max(1, most)) - 1)} fits.`;
    }
    return wrong;
  },
  async stillHolds(proving, run) {
    const { from = '', to = '' } = run.parameters;
    const twin = (await running(proving)).find((job) => job.from === from && job.to === to);
    if (twin !== undefined) return { changed: `${twin.id} makes the same export already` };
    try {
      const plan = await proving.probes.ordersDatabase.exportPlan(from, to, proving.signal);
      if (plan.rows > proving.thresholds.exportRows)
        return {
          changed: `it would hold about ${plan.rows} orders, ${proving.thresholds.exportRows} are the most`,
        };
    } catch (err) {
      // Without the orders database the form's own estimate is all there is.
      if (!(err instanceof AbsentSystem)) throw err;
    }
    return { targets: run.targets, dropped: [] };
  },
  apply: async (_target, { format = 'csv', from = '', to = '' }, { levers, licence, signal }) =>
    await levers.orderService.createExport({ format, from, to }, licence, signal),
  async readBack(_target, { from, to }, proving) {
    const began = proving.run.beganAt ?? proving.now;
    const found = (await running(proving)).find(
      (job) => job.from === from && job.to === to && job.startedAt >= began - MINUTE,
    );
    return found === undefined ? 'unknown' : 'done';
  },
  proof: {
    plan: ({ exportMinutes }) => ({
      everyMs: MINUTE,
      withinMs: exportMinutes * MINUTE,
      alike: 2,
      words: `The new export is completed, with a link, within ${exportMinutes} min.`,
    }),
    async sample(proving) {
      const id = findIds('export', proving.items.map(({ line }) => line).join(' ')).at(-1);
      const dark = (line: string) => ({ moved: [], unknown: [NEW], line, value: null, worse: false });
      if (id === undefined) return dark('Which export it became is not known.');
      const job = await jobNow(proving, ExportId.parse(id));
      if (job === null) return dark(`${id} is not known to the service.`);
      const done = whole(job);
      return {
        moved: done ? [NEW] : [],
        unknown: [],
        line: done
          ? `${id} is completed.`
          : `${id} is ${job.status}${job.rows === null ? '' : `, ${job.rows} orders written`}.`,
        value: null,
        worse: false,
        ...(job.status === 'failed' || job.status === 'cancelled' ? { stuck: true } : {}),
      };
    },
  },
  mitigates: false,
  owes: [],
};

/** Those that are processing, as far as the service lists them. */
async function running({ probes, signal }: Pick<Proving, 'probes' | 'signal'>) {
  try {
    return await probes.orderService.exports(signal);
  } catch (err) {
    if (err instanceof AbsentSystem) return [];
    throw err;
  }
}
