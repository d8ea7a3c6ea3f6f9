import { openUndos } from '../domain/duty.ts';
import { stillFires } from '../domain/ending.ts';
import type { DueRung } from '../domain/escalation.ts';
import type { Incident } from '../domain/incident.ts';
import { calledBy } from './rungs.ts';
import { clock, lasting, person, shortened, type Words, words } from './words.ts';

/** Each rung that was called stands in the thread as well. */
const RUNGS = 3;

/** What was called, what it waits for, and what happens next and when; of what has ended, how. */
export function nextLines(incident: Incident, rung: DueRung | null): readonly Words[] {
  const earlier = incident.climbed.length - RUNGS;
  const climbed = [
    ...(earlier > 0
      ? [words`${earlier} earlier ${earlier === 1 ? 'rung stands' : 'rungs stand'} in the thread.`]
      : []),
    ...incident.climbed.slice(-RUNGS).map(({ rung: number, at, because, paged }) => {
      const page = paged ? ' and asked for a page' : '';
      return shortened(
        words`Rung ${number} called ${calledBy(incident, number)} ${clock(at)}${page}: ${because}`,
        300,
      );
    }),
  ];
  if (incident.state === 'resolved') {
    const { resolution } = incident;
    const at = resolution?.at ?? incident.clockStartedAt;
    const who = resolution?.by == null ? words`` : words` by ${person(resolution.by)}`;
    return [
      ...climbed,
      shortened(
        words`Resolved ${clock(at)}${who} after ${lasting(at - incident.clockStartedAt)}: ${resolution?.because ?? ''}`,
        500,
      ),
    ];
  }
  const { hold, mitigated } = incident;
  if (mitigated !== null && mitigated.unseenSince === undefined)
    return [...climbed, words`Watched until ${clock(mitigated.until)}${watchOf(incident, mitigated.until)}`];
  const watched =
    mitigated?.unseenSince === undefined
      ? []
      : [
          words`Watched until ${clock(mitigated.until)}; since ${clock(mitigated.unseenSince)} the checks cannot tell whether it is still healthy.`,
        ];
  const held =
    hold === null
      ? []
      : [shortened(words`Held by ${person(hold.by)} until ${clock(hold.until)}: ${hold.reason}`, 300)];
  const waits = waitsForItsEnd(incident);
  if (rung === null)
    return [...climbed, ...watched, ...held, ...waits, words`The whole ladder has been called.`];
  return [
    ...climbed,
    ...watched,
    ...held,
    ...waits,
    words`*Next* ${clock(rung.at)}: rung ${rung.rung.number} calls ${calledBy(incident, rung.rung.number)}.`,
  ];
}

/** What a watch means, and what one that has come to its end waits for. */
function watchOf(incident: Incident, until: number): string {
  const { diagnosis, owed } = incident;
  if (diagnosis === null || diagnosis.at < until) return '; no rung is called while the checks stay healthy.';
  const waits = [
    ...(openUndos(owed).length > 0 ? ['what was changed for now is taken back'] : []),
    ...(stillFires(incident) ? ['no alert fires any more'] : []),
  ];
  return waits.length === 0
    ? ', healthy to its end.'
    : `, healthy to its end; it ends once ${waits.join(' and ')}.`;
}

/** Why what is healthy is open still, and what ends it. */
function waitsForItsEnd(incident: Incident): readonly Words[] {
  const { healthySince, diagnosis, mitigated } = incident;
  const stands = diagnosis?.causes.some(({ verdict }) => verdict === 'supported') === true;
  if (healthySince === null || mitigated !== null || !stillFires(incident) || stands) return [];
  return [
    words`All checks have been healthy since ${clock(healthySince)}; it ends by itself when no alert fires any more.`,
  ];
}
