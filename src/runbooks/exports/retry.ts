import { isOver } from '../../domain/cause-history.ts';
import { ExportId } from '../../domain/ids.ts';
import { aboutEach, batchOf, type Standing } from '../shared/batch.ts';
import { stands, waitsFor, withinLimits } from './causes.ts';
import type { ExportData } from './checks.ts';
import { jobNow, whole } from './jobs.ts';

const MINUTE = 60_000;

/** R73, of failed exports only. */
export const retryExport = batchOf<ExportData>({
  step: 'R73',
  title: 'Retry the export',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/exports/exp_abc123/retry',
  notes: ['A failed export may be tried again without harm.'],
  path: (names) => names.paths.retryExport,
  one: 'export',
  many: 'exports',
  says: (what) => `${capital(what)} ${what.startsWith('1 ') ? 'is' : 'are'} tried again from the beginning.`,
  bound: 'Exports that did not fail, or did not stay so, are left alone.',
  found({ findings }) {
    const failed = (findings.jobs.data?.jobs ?? []).filter(({ status }) => status === 'failed');
    return failed.length === 0 ? null : { ids: failed.map(({ id }) => id), total: failed.length };
  },
  alone: () => [],
  rule: () => ({
    when: 'What stopped it (10.C4, 10.C5) is over, or it ran out of time within its limits.',
    notWhile: [
      'It is processing.',
      'It is too large (10.C2): it would fail again, make it in pieces.',
      'It exhausts memory (10.C3).',
      'The database or memory has an incident open: an export feeds it.',
      'The bucket cannot be used.',
    ],
  }),
  when(judging) {
    const { incident, now } = judging;
    if (['10.C4', '10.C5'].some((id) => isOver(incident.causeHistory, id, now)))
      return 'what stopped it is over';
    const fits = stands(judging, '10.C1') && !stands(judging, '10.C5') && withinLimits(judging);
    return fits ? 'it ran out of time, and is within its limits' : null;
  },
  notWhile(judging) {
    if (stands(judging, '10.C2')) return 'it is too large and would fail again; make it in pieces';
    if (stands(judging, '10.C3')) return 'it would exhaust memory again';
    return waitsFor(judging);
  },
  async qualify(proving) {
    const found = await aboutEach(proving.run.targets, async (target) => ({
      job: await jobNow(proving, target),
    }));
    return {
      standings: found.map(
        ({ target, said }): Standing => ({
          target,
          so: said === null ? null : said.job?.status === 'failed',
          words: `it is ${said?.job?.status ?? 'not known'} now`,
        }),
      ),
    };
  },
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.retryExport(ExportId.parse(target), licence, signal),
  async readBack(target, _parameters, proving) {
    const job = await jobNow(proving, target);
    if (job === null) return 'unknown';
    return job.status === 'failed' ? 'not done' : 'done';
  },
  plan: ({ exportMinutes }) => ({
    everyMs: MINUTE,
    withinMs: exportMinutes * MINUTE,
    alike: 2,
    words: `The export is completed, with a link, within ${exportMinutes} min.`,
  }),
  async finished(proving) {
    const found = await aboutEach(proving.run.targets, async (target) => ({
      job: await jobNow(proving, target),
    }));
    return found.map(
      ({ target, said }): Standing => ({
        target,
        so: said?.job == null ? null : whole(said.job),
        words: said?.job?.status ?? 'not known',
      }),
    );
  },
  line(found, minutes) {
    const done = found.filter(({ so }) => so === true).length;
    return `${done} of ${found.length} exports ${found.length === 1 ? 'is' : 'are'} completed after ${minutes} min.`;
  },
});

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
