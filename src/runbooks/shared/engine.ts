import type { Judging } from '../define-runbook.ts';
import type { Thresholds } from '../thresholds.ts';
import type { PodsSeen } from './pods.ts';
import { open, ruledOut, type Said, supported } from './said.ts';
import { spell } from './spell.ts';

const MINUTE = 60_000;

/** 3.C2, 9.C4 in words. */
export function engineRule({ restartedWithinMinutes }: Thresholds) {
  return {
    supported:
      'Fewer than half of the workflow engine’s pods are ready, one crashes again and again, or one ended since the trouble began (R18).',
    ruledOut: `All its pods are ready, and none ended in ${spell(restartedWithinMinutes * MINUTE)} (R18).`,
  };
}

/**
 * 3.C2, 9.C4: whether the workflow engine is away, or was since the trouble began.
 * @param seen R18; null: it could not be looked at
 * @param oldestAt when the oldest of what waits began to, epoch ms
 */
export function engineSays(
  seen: PodsSeen | null,
  oldestAt: number | undefined,
  { incident, now, thresholds }: Pick<Judging<unknown>, 'incident' | 'now' | 'thresholds'>,
): Said {
  if (seen === null) return open('The workflow engine’s pods (R18) could not be looked at.');
  if (seen.ready * 2 < seen.total)
    return supported(`${seen.ready} of ${seen.total} pods of the workflow engine are ready.`);
  if (seen.waiting.includes('CrashLoopBackOff'))
    return supported('A pod of the workflow engine crashes again and again.');
  const ended = seen.restartedAt;
  const symptom = Math.min(incident.clockStartedAt, oldestAt ?? Number.POSITIVE_INFINITY);
  if (ended !== null && ended >= symptom)
    return supported(
      `A pod of the workflow engine ended ${spell(now - ended)} ago, ${ended >= (oldestAt ?? Number.POSITIVE_INFINITY) ? 'when the oldest of these already waited' : 'after the trouble began'}.`,
    );
  if (seen.ready < seen.total) {
    const waiting = seen.waiting.length === 0 ? '' : `, waiting: ${seen.waiting.join(', ')}`;
    return open(`${seen.ready} of ${seen.total} pods are ready${waiting}.`);
  }
  const within = thresholds.restartedWithinMinutes * MINUTE;
  if (ended !== null && now - ended <= within)
    return open(`A pod ended ${spell(now - ended)} ago, before the trouble began.`);
  return ruledOut(`All its pods are ready, and none ended in ${spell(within)}.`);
}
