import { broken, healthy, unknown } from '../../domain/finding.ts';
import type { PodSummary, Workload } from '../../ports/kubernetes.ts';
import type { Check } from '../define-runbook.ts';
import { type Names, shellWord } from '../names.ts';
import { spell } from './spell.ts';

const MINUTE = 60_000;

export interface PodsSeen {
  readonly ready: number;
  readonly total: number;
  /** The newest restart or crash of any container, epoch ms; null: none is known. */
  readonly restartedAt: number | null;
  /** Waiting reasons, each once: `CrashLoopBackOff`. */
  readonly waiting: readonly string[];
}

/** R18 and its like: are the pods of a workload ready, did one restart, what does one wait for? */
export function podsCheck(given: {
  readonly step: Check<PodsSeen>['step'];
  readonly title: string;
  readonly source: string;
  /** In words, *The workflow engine*. */
  readonly what: string;
  readonly workload: (names: Names) => Workload;
}): Check<PodsSeen> {
  const { what, workload } = given;
  return {
    step: given.step,
    title: given.title,
    system: 'Kubernetes',
    source: given.source,
    equivalent: (names) =>
      `kubectl -n ${workload(names).namespace} get pods -l ${shellWord(workload(names).selector)}`,
    deadlineMs: 4_000,
    async look({ probes, names, thresholds, now, signal }) {
      const pods = await probes.kubernetes.pods(workload(names), signal);
      if (pods.length === 0) return unknown(noPod(what, workload(names)));
      const seen = sum(pods);
      const evidence = pods.map(lineOf(now));
      const recent =
        seen.restartedAt !== null && now - seen.restartedAt <= thresholds.restartedWithinMinutes * MINUTE;
      const restarted = recent ? `, one ended ${spell(now - (seen.restartedAt ?? now))} ago` : '';
      const waiting = seen.waiting.length === 0 ? '' : `, waiting: ${seen.waiting.join(', ')}`;
      const line = `${what}: ${seen.ready} of ${seen.total} pods are ready${restarted}${waiting}.`;
      return seen.ready < seen.total ? broken(line, seen, evidence) : healthy(line, seen, evidence);
    },
  };
}

/** Nobody was there to be looked at, which is not that all are well. @param what in words, *The workflow engine* */
export function noPod(what: string, { selector }: Pick<Workload, 'selector'>): string {
  return `${what} has no pod with ${selector}; \`workloads\` in oms.yaml names it.`;
}

function sum(pods: readonly PodSummary[]): PodsSeen {
  const ends = pods.flatMap(({ lastTermination }) => (lastTermination === null ? [] : [lastTermination.at]));
  return {
    ready: pods.filter(({ ready }) => ready).length,
    total: pods.length,
    restartedAt: ends.length === 0 ? null : Math.max(...ends),
    waiting: [...new Set(pods.flatMap(({ waiting }) => (waiting === null ? [] : [waiting])))],
  };
}

function lineOf(now: number) {
  return ({ name, ready, restarts, lastTermination, waiting }: PodSummary): string =>
    [
      name,
      ready ? 'ready' : 'not ready',
      `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
      ...(waiting === null ? [] : [waiting]),
      ...(lastTermination === null
        ? []
        : [
            `ended ${spell(now - lastTermination.at)} ago: ${lastTermination.reason}, exit ${lastTermination.exitCode}`,
          ]),
    ].join('  ');
}
