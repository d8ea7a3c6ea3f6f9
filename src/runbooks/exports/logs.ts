import { broken, healthy, skipped, unknown } from '../../domain/finding.ts';
import type { Check } from '../define-runbook.ts';
import { grepLogs, orderWorkload } from '../names.ts';
import { missing, readLog } from '../shared/log-check.ts';
import { countClasses, goesOn, type LogCounts, total } from '../shared/log-classes.ts';
import { timedOut } from '../shared/log-lines.ts';

/** What a line about an export says of its failure. */
export const EXPORT_CLASSES = ['timeout', 'size', 'memory', 's3'] as const;
export type ExportClass = (typeof EXPORT_CLASSES)[number];
export type ExportLogs = LogCounts<ExportClass>;

const S3 = /AccessDenied|NoSuchBucket|SlowDown|S3Exception|upload (?:was )?(?:denied|refused|failed)/i;
const MEMORY = /out of memory|OutOfMemoryError|heap space/i;
const SIZE = /FILE_TOO_LARGE|(?:file|export|row) (?:size )?(?:limit|too large)|exceeds? the limit/i;

function classOf(line: string): ExportClass | null {
  if (S3.test(line)) return 's3';
  if (MEMORY.test(line)) return 'memory';
  if (SIZE.test(line)) return 'size';
  return /statement timeout/i.test(line) || timedOut(line) ? 'timeout' : null;
}

/** R70: the id is data, never a part of a pattern or of a shell. */
export const exportLogs: Check<ExportLogs> = {
  step: 'R70',
  title: 'What do the logs say of the export?',
  parameters: ['export'],
  system: 'Kubernetes',
  source: 'kubectl logs -l app=order-service | grep "export:exp_abc123"',
  equivalent: (names) =>
    grepLogs(names, names.orderService, [names.logPatterns.exportJob.replace('{id}', 'exp_…')]),
  deadlineMs: 4_500,
  async look(ask) {
    const { names, ids, thresholds, now } = ask;
    const wanted = ids.exports.slice(-thresholds.sampledOrders);
    if (wanted.length === 0) return skipped('No export is named, so there are no lines to look for.');
    const minutes = Math.max(thresholds.logWindowMinutes, 2 * thresholds.exportMinutes);
    const containing = wanted.map((id) => names.logPatterns.exportJob.replace('{id}', id));
    const logs = await readLog(ask, orderWorkload(names), containing, minutes);
    const counts = countClasses(logs, EXPORT_CLASSES, classOf, { now, thresholds, windowMinutes: minutes });
    const failures = total(counts, EXPORT_CLASSES);
    const evidence = logs.flatMap(({ lines }) => lines).slice(-5);
    const parts = EXPORT_CLASSES.flatMap((name) =>
      counts.classes[name].lines === 0 ? [] : [`${name} ${counts.classes[name].lines}`],
    );
    const said =
      failures === 0
        ? `The logs of ${minutes} min tell of no failure of ${wanted.join(', ')}.`
        : `The logs of ${minutes} min tell of failures of ${wanted.join(', ')}: ${parts.join(', ')}.`;
    const line = `${said}${missing(counts)}`;
    // How the job stands says R69; what failed a while ago goes on being shown, and is not broken any more.
    const ongoing = EXPORT_CLASSES.some((name) => goesOn(counts.classes[name], now, thresholds));
    if (ongoing) return broken(line, counts, evidence);
    return counts.whole ? healthy(line, counts, evidence) : unknown(line, counts, evidence);
  },
};
