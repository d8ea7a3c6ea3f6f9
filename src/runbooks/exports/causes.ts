import type { Cause, Judging } from '../define-runbook.ts';
import { open, ruledOut, supported } from '../shared/said.ts';
import { spell } from '../shared/spell.ts';
import { verdictsOf } from '../shared/verdicts.ts';
import type { ExportData } from './checks.ts';
import { overdue } from './jobs.ts';
import type { ExportClass } from './logs.ts';

const MINUTE = 60_000;

/** Lines of a class; null: the logs were not read, or not to their end. */
function lines({ findings }: Judging<ExportData>, name: ExportClass): number | null {
  const counts = findings.logs.data;
  if (counts === null) return null;
  const found = counts.classes[name].lines;
  return found === 0 && !counts.whole ? null : found;
}

function newest({ findings }: Judging<ExportData>) {
  return findings.jobs.data?.jobs[0] ?? null;
}

const timeout: Cause<ExportData> = {
  id: '10.C1',
  title: 'The query behind the export is cut off',
  outside: false,
  rule: ({ exportMinutes }) => ({
    supported: `The log tells of a statement timeout, or an export has been processing for more than ${exportMinutes} min.`,
    ruledOut: 'The log was read and tells of none, and no export takes too long.',
  }),
  judge(judging) {
    const found = lines(judging, 'timeout');
    if (found !== null && found > 0) return supported('The log tells of a statement timeout.');
    const late = judging.findings.jobs.data?.jobs.find((job) =>
      overdue(job, judging.now, judging.thresholds),
    );
    if (late !== undefined)
      return supported(
        `${late.id} has been processing for ${spell(judging.now - late.startedAt)}, ${judging.thresholds.exportMinutes} min are the most.`,
      );
    if (found === 0 && newest(judging) !== null)
      return ruledOut('No timeout stands in the log, and no export takes too long.');
    return open('Neither the job nor its log could be read.');
  },
};

const size: Cause<ExportData> = {
  id: '10.C2',
  title: 'The file is above the size limit',
  outside: false,
  rule: ({ exportRows }) => ({
    supported: `The job or the plan of its query holds more than ${exportRows} orders, or the log names the limit.`,
    ruledOut: `It holds fewer than ${exportRows} orders.`,
  }),
  judge(judging) {
    const limit = judging.thresholds.exportRows;
    const rows = Math.max(newest(judging)?.expectedRows ?? 0, judging.findings.plan.data?.rows ?? 0);
    if (rows > limit) return supported(`It holds about ${rows} orders, ${limit} are the most.`);
    if ((lines(judging, 'size') ?? 0) > 0) return supported('The log tells of the size limit.');
    return rows > 0
      ? ruledOut(`It holds about ${rows} orders, fewer than ${limit}.`)
      : open('How many orders it holds is not known.');
  },
};

const memory: Cause<ExportData> = {
  id: '10.C3',
  title: 'The export exhausts memory',
  outside: false,
  rule: () => ({
    supported:
      'A pod ran out of memory while the job ran, which has not completed since, or the log says so.',
    ruledOut: 'Neither the pods nor the log tell of it.',
  }),
  judge(judging) {
    const found = lines(judging, 'memory');
    if (found !== null && found > 0) return supported('The log tells that memory ran out.');
    const job = newest(judging);
    const killedAt = judging.findings.kills.data?.killedAt ?? null;
    const during =
      job !== null &&
      job.status !== 'completed' &&
      killedAt !== null &&
      killedAt >= job.startedAt &&
      killedAt <= (job.endedAt ?? judging.now);
    if (during) return supported(`A pod ran out of memory while ${job.id} ran.`);
    if (found === 0 && judging.findings.kills.data !== null)
      return ruledOut('No pod ran out of memory meanwhile, and the log tells of none.');
    return open('The pods or the log could not be looked at.');
  },
};

const upload: Cause<ExportData> = {
  id: '10.C4',
  title: 'The upload to S3 fails',
  outside: true,
  rule: () => ({
    supported: 'The bucket cannot be used, or the log tells of a refused upload.',
    ruledOut: 'The bucket answers.',
  }),
  judge(judging) {
    const { bucket } = judging.findings;
    if (bucket.verdict === 'broken') return supported(bucket.line);
    const found = lines(judging, 's3');
    if (found !== null && found > 0 && bucket.verdict !== 'healthy')
      return supported('The log tells that the upload was refused.');
    if (bucket.verdict === 'healthy' && found === 0)
      return ruledOut('The bucket answers, and no upload was refused.');
    if (bucket.verdict === 'healthy' && found !== null) return ruledOut('The bucket answers again.');
    return open('The bucket or the log could not be looked at.');
  },
};

const database: Cause<ExportData> = {
  id: '10.C5',
  title: 'The database is slow for this query',
  outside: false,
  rule: ({ seqScanRows, longQuerySeconds }) => ({
    supported: `The query would scan the whole table for more than ${seqScanRows} rows, a query of ours has run for over ${longQuerySeconds} s since the export began, or the database has an incident open.`,
    ruledOut: 'The query is planned well, none of ours runs for long, and the database has no incident open.',
  }),
  judge(judging) {
    const plan = judging.findings.plan.data;
    if (plan?.scan === 'sequential' && plan.rows > judging.thresholds.seqScanRows)
      return supported(`The query would scan the whole table for about ${plan.rows} orders.`);
    if (judging.open.includes('database-pool')) return supported('The database itself has an incident open.');
    const job = judging.findings.jobs.data?.jobs.find(({ status }) => status === 'processing');
    const long = judging.findings.queries.data?.long;
    const its =
      job === undefined ? undefined : long?.find(({ beganAt }) => beganAt >= job.startedAt - MINUTE);
    if (its !== undefined)
      return supported(
        `A query of ours (pid ${its.pid}) has run for ${spell(judging.now - its.beganAt)}, since ${job?.id} began.`,
      );
    if (plan === null) return open('The query could not be planned.');
    if (long === undefined)
      return open('Whether a query of ours runs for long (R39) could not be looked at.');
    return ruledOut(
      'The query is planned well, none of ours runs for long, and the database has no incident.',
    );
  },
};

export const causes: readonly Cause<ExportData>[] = [timeout, size, memory, upload, database];

export const { stands, isRuledOut, why } = verdictsOf(causes);

/** It is known to hold no more orders than one export may. */
export function withinLimits(judging: Judging<ExportData>): boolean {
  return size.judge(judging).verdict === 'ruled out';
}

/** Why no export is begun now, whichever; null: nothing speaks against it. */
export function waitsFor({ findings, open: runbooks }: Judging<ExportData>): string | null {
  const fed = { 'database-pool': 'the database', memory: 'memory' } as const;
  for (const [runbook, what] of Object.entries(fed))
    if (runbooks.some((one) => one === runbook))
      return `${what} has an incident open, and an export would feed it`;
  return findings.bucket.verdict === 'broken' ? 'the bucket cannot be used' : null;
}
