import { broken, healthy, type Seen, skipped, unknown } from '../../domain/finding.ts';
import { ExportId } from '../../domain/ids.ts';
import type { ExportJob } from '../../ports/order-service.ts';
import type { PlanSeen } from '../../ports/orders-database.ts';
import type { BucketSeen } from '../../ports/s3.ts';
import { AbsentSystem, SystemError } from '../../ports/system-error.ts';
import type { Asking, Check } from '../define-runbook.ts';
import { killsOf } from '../memory/checks.ts';
import { curl, orderWorkload, shellWord } from '../names.ts';
import { type QueriesSeen, queries } from '../shared/long-queries.ts';
import { noPod } from '../shared/pods.ts';
import { inShell } from '../shared/psql.ts';
import { spell } from '../shared/spell.ts';
import { askedFor, overdue, replaced, senseless, whole } from './jobs.ts';
import { type ExportLogs, exportLogs } from './logs.ts';

const MINUTE = 60_000;
const NO_EXPORT = 'No export is named; `/oms diagnose exports exp_abc123` names one.';

export interface JobsSeen {
  /** The newest first. */
  readonly jobs: readonly ExportJob[];
}

export interface PlanOf extends PlanSeen {
  readonly from: string;
  readonly to: string;
  readonly days: number;
}

export interface KillsSeen {
  /** When a container of the service last ran out of memory, epoch ms; null: none did. */
  readonly killedAt: number | null;
}

export interface ExportData {
  readonly jobs: JobsSeen;
  readonly logs: ExportLogs;
  readonly bucket: BucketSeen;
  readonly plan: PlanOf;
  readonly kills: KillsSeen;
  readonly queries: QueriesSeen;
}

/** Those that alerts and people named, and those that are processing, where the service lists them. */
async function idsOf({ ids, probes, thresholds, signal }: Asking): Promise<readonly ExportId[]> {
  const named = ids.exports.map((id) => ExportId.parse(id));
  const running = await probes.orderService.exports(signal).catch((err: unknown) => {
    if (err instanceof AbsentSystem || (err instanceof SystemError && named.length > 0)) return [];
    throw err;
  });
  const all = [...named, ...running.map(({ id }) => id)];
  return [...new Set(all)].slice(-thresholds.sampledOrders);
}

const jobs: Check<JobsSeen> = {
  step: 'R69',
  title: 'How do the exports stand?',
  parameters: ['export'],
  system: 'The order service',
  source: 'kubectl exec -it deployment/order-service -- \\\n  curl localhost:8080/admin/exports/exp_abc123',
  equivalent: (names) => curl(names, names.paths.export.replace('{id}', '<export>')),
  deadlineMs: 4_000,
  async look(ask) {
    const { probes, now, thresholds, signal } = ask;
    const ids = await idsOf(ask);
    if (ids.length === 0) return nothingNamed(ask);
    const answers = await Promise.all(
      ids.map(async (id) => ({
        id,
        job: await probes.orderService.exportJob(id, signal).catch((err: unknown) => {
          if (err instanceof SystemError) return err;
          throw err;
        }),
      })),
    );
    const found = answers.flatMap(({ job }) => (job === null || job instanceof SystemError ? [] : [job]));
    const seen: JobsSeen = { jobs: found.sort((left, right) => right.startedAt - left.startedAt) };
    const missing = answers.flatMap(({ id, job }) => {
      if (job === null) return [`${id} is not known to the service.`];
      return job instanceof SystemError ? [`${id} could not be read: ${job.message}`] : [];
    });
    const lines = found.map((job) => `${lineOf(job, now)} ${askedFor(job, now)}`);
    const bad = found.filter(
      (job) =>
        (job.status === 'failed' && !replaced(job, ask.incident.runs)) ||
        overdue(job, now, thresholds) ||
        halfDone(job),
    );
    const first = bad[0];
    const [gap] = missing;
    if (first !== undefined)
      return broken(
        `${bad.length} of ${ids.length} exports ${bad.length === 1 ? 'is' : 'are'} in trouble: ${lineOf(first, now)}${gap === undefined ? '' : ` ${gap}`}`,
        seen,
        lines,
      );
    if (gap !== undefined) return unknown(gap, seen, lines);
    return healthy(found.map((job) => lineOf(job, now)).join(' '), seen, lines);
  },
};

async function nothingNamed({ probes, signal }: Asking): Promise<Seen<JobsSeen>> {
  try {
    await probes.orderService.exports(signal);
    return healthy('No export is processing.', { jobs: [] });
  } catch (err) {
    if (err instanceof AbsentSystem) return skipped(NO_EXPORT);
    throw err;
  }
}

/** It says that it is done, and is not. */
function halfDone(job: ExportJob): boolean {
  return job.status === 'completed' && !whole(job);
}

function lineOf(job: ExportJob, now: number): string {
  const { id, status, rows, expectedRows, errorCode, startedAt, endedAt, link } = job;
  const count = rows === null ? '' : `, ${rows}${expectedRows === null ? '' : ` of ${expectedRows}`} orders`;
  if (status === 'processing') return `${id} has been processing for ${spell(now - startedAt)}${count}.`;
  const took = endedAt === null ? '' : ` after ${spell(endedAt - startedAt)}`;
  if (status === 'failed') {
    const wrong = senseless(job, now);
    const range = wrong === null ? '' : ` Its range ${wrong}.`;
    return `${id} failed${took}${errorCode === null ? '' : ` (${errorCode})`}${count}.${range}`;
  }
  if (status === 'completed' && !link) return `${id} is completed and has no link to download.`;
  return `${id} is ${status}${count}.`;
}

const bucket: Check<BucketSeen> = {
  step: 'R71',
  title: 'Can the bucket be reached?',
  system: 'S3',
  source: 'aws s3 ls s3://ecommerce-exports/ --profile prod',
  equivalent: ({ bucket: name }) => `aws s3api head-bucket --bucket ${name}`,
  deadlineMs: 4_000,
  async look({ probes, names, signal }) {
    const seen = await probes.s3.bucket(names.bucket, signal);
    if (seen.reachable) return healthy(`The bucket ${seen.bucket} answers.`, seen);
    // Our own key is the bot's, not the service's: it says nothing of the bucket.
    if (seen.trouble === 'expired credentials' || seen.trouble === 'unknown credentials')
      return unknown(
        `The bucket ${seen.bucket} could not be looked at: the bot’s own ${seen.trouble === 'expired credentials' ? 'credentials have expired' : 'credentials are not known to S3'}.`,
        seen,
      );
    const where = seen.region === null ? '' : `, it is in ${seen.region}`;
    return broken(
      `The bucket ${seen.bucket} cannot be used: ${seen.trouble ?? 'it does not answer'}${where}.`,
      seen,
    );
  },
};

const plan: Check<PlanOf> = {
  step: 'R72',
  title: 'How would the query of the export run?',
  parameters: ['date range'],
  system: 'The orders database',
  source:
    "kubectl exec -it postgres-0 -- psql -U orders -c \\\n  \"EXPLAIN ANALYZE SELECT * FROM orders WHERE created_at BETWEEN '2024-01-01' AND '2024-01-31';\"",
  equivalent: ({ orders: { table, createdAt } }) =>
    `psql "$ORDERS_DATABASE_URL" -c "${inShell(`BEGIN READ ONLY; SET LOCAL statement_timeout = '3s'; EXPLAIN SELECT * FROM ${table} WHERE ${createdAt} >= '<from>' AND ${createdAt} < '<day after to>'; ROLLBACK;`)}"`,
  instead: 'The runbook’s command runs the whole query on a database that hurts; this one only plans it.',
  deadlineMs: 4_000,
  async look(ask) {
    const { probes, thresholds, signal } = ask;
    const range = await rangeOf(ask);
    if (range === null)
      return skipped('No export with a range of dates is known, so there is no query to plan.');
    const found = await probes.ordersDatabase.exportPlan(range.from, range.to, signal);
    const days = Math.round((Date.parse(range.to) - Date.parse(range.from)) / (24 * 60 * MINUTE)) + 1;
    const seen: PlanOf = { ...found, ...range, days };
    const how = found.scan === 'index' ? `the index ${found.index ?? ''}` : 'a scan of the whole table';
    const line = `${range.from} to ${range.to} is about ${found.rows} ${found.rows === 1 ? 'order' : 'orders'}, read by ${how}.`;
    const slow = found.scan === 'sequential' && found.rows > thresholds.seqScanRows;
    return slow || found.rows > thresholds.exportRows ? broken(line, seen) : healthy(line, seen);
  },
};

/** The range of the newest export that is known; asked anew, for all checks run at once. */
async function rangeOf(ask: Asking): Promise<{ readonly from: string; readonly to: string } | null> {
  const ids = await idsOf(ask);
  const id = ids.at(-1);
  if (id === undefined) return null;
  const job = await ask.probes.orderService.exportJob(id, ask.signal);
  return job?.from == null || job.to === null ? null : { from: job.from, to: job.to };
}

/** R54's question for cause 10.C3; the runbook of memory has the step itself. */
const kills: Check<KillsSeen> = {
  step: 'R54',
  title: 'Did a pod run out of memory?',
  system: 'Kubernetes',
  source: null,
  equivalent: (names) =>
    `kubectl -n ${names.orderService.namespace} get pods -l ${shellWord(names.orderService.selector)} -o jsonpath='{range .items[*]}{.metadata.name} {.status.containerStatuses[*].lastState.terminated.reason}{"\\n"}{end}'`,
  deadlineMs: 4_000,
  async look({ probes, names, now, thresholds, signal }) {
    // Of a pod only its newest end would be told, which may be another container's.
    const containers = await probes.kubernetes.containers(orderWorkload(names), signal);
    if (containers.length === 0) return unknown(noPod('The service', orderWorkload(names)));
    const killedAt = killsOf(containers)[0]?.at ?? null;
    const recent = killedAt !== null && now - killedAt <= thresholds.restartedWithinMinutes * MINUTE;
    return recent
      ? broken(`A pod ran out of memory ${spell(now - killedAt)} ago.`, { killedAt })
      : healthy(`No pod ran out of memory in ${spell(thresholds.restartedWithinMinutes * MINUTE)}.`, {
          killedAt,
        });
  },
};

export const checks = { jobs, logs: exportLogs, bucket, plan, kills, queries };
