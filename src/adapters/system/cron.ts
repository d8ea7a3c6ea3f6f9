import { schedule } from 'node-cron';
import type { Log } from '../../ports/log.ts';
import type { Scheduler } from '../../ports/schedule.ts';

/** A slot that a busy process comes to later is still done, ms; the library's own second would drop it. */
const LATE_MS = 10 * 60_000;

/** node-cron. Which replica does the work is not its business: each job claims its slot in the commit that does it. */
export function cronScheduler(log: Log): Scheduler {
  const words = (said: string | Error) => (said instanceof Error ? said.message : said).slice(0, 300);
  const logger = {
    debug: () => undefined,
    info: (said: string) => log.debug({ said: words(said) }, 'cron'),
    warn: (said: string) => log.warn({ said: words(said) }, 'cron'),
    error: (said: string | Error) => log.error({ said: words(said) }, 'cron reports an error'),
  };
  return {
    start(jobs, timeZone) {
      const tasks = jobs.map((job) =>
        schedule(job.expression, async ({ dateLocalIso }) => await job.run(dateLocalIso.slice(0, 16)), {
          name: job.name,
          timezone: timeZone,
          missedExecutionTolerance: LATE_MS,
          logger,
        }),
      );
      return async () => {
        for (const task of tasks) await task.destroy();
      };
    },
  };
}
