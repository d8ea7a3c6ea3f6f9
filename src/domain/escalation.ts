import { stillFires } from './ending.ts';
import { impactPercent } from './impact.ts';
import type { Climbed, Incident, Rung, TripReason } from './incident.ts';

const MINUTE = 60_000;

/** The numbers of the 20-minute and 25 % rules; the runbook's own, `oms.yaml` may override them. */
export interface EscalationRules {
  /** Per cent of orders above which rung 1 is climbed without waiting (runbook: 25). */
  readonly impactPercent: number;
  /** No rung that time alone trips comes sooner than this after the card stands, minutes (design §6: 2). */
  readonly notBeforeCardMinutes: number;
}

export interface DueRung {
  readonly rung: Rung;
  /** Story time at which it is climbed, epoch ms. */
  readonly at: number;
  readonly reason: TripReason;
  readonly because: string;
}

/** A watch whose checks cannot tell for so long goes on with the ladder (our default). */
const UNSEEN_MINUTES = 5;

/** What was called since it last came back: the end before that has closed every page. */
export function calledSince({ climbed, reopenedAt }: Incident): readonly Climbed[] {
  return climbed.filter(({ at }) => at >= (reopenedAt ?? 0));
}

/** What the ladder goes on from; where all of it was called before an end, what came back begins anew. */
function standing(incident: Incident): readonly Climbed[] {
  const since = calledSince(incident);
  const top = Math.max(...incident.ladder.map(({ number }) => number));
  const whole = incident.climbed.some((step) => step.rung === top && !since.includes(step));
  return whole ? since : incident.climbed;
}

/**
 * The next step of the ladder and when it is due, or null where nothing more will happen: resolved, watched as
 * mitigated while the checks stay healthy, or the top is reached. Unknown impact never trips a rung and never stops the
 * clock.
 */
export function nextRung(incident: Incident, rules: EscalationRules): DueRung | null {
  if (incident.state === 'resolved') return null;
  const unseenSince = incident.mitigated?.unseenSince ?? null;
  if (incident.state === 'mitigated' && unseenSince === null) return null;
  const notBefore = unseenSince === null ? 0 : unseenSince + UNSEEN_MINUTES * MINUTE;
  const steps = standing(incident);
  const top = Math.max(0, ...steps.map((step) => step.rung));
  const last = steps.find((step) => step.rung === top);
  const rung = incident.ladder.find(({ number }) => number === top + 1);
  const byTime = rung === undefined ? null : afterTime(incident, rung, last, rules, notBefore);
  const first = incident.ladder.find(({ number }) => number === 1);
  const sooner = first !== undefined && wokeNobody(incident) ? withoutWaiting(incident, first, rules) : null;
  const due = sooner !== null && (byTime === null || sooner.at <= byTime.at) ? sooner : byTime;
  if (due === null || unseenSince === null) return due;
  const because = `${due.because} It was better; for at least ${UNSEEN_MINUTES} minutes the checks cannot tell whether it still is.`;
  return { ...due, at: Math.max(due.at, notBefore), because };
}

/** Whether this rung, climbed for this reason, wakes somebody through PagerDuty (design §6). Outside prod nothing pages. */
export function pagesFor(rung: Rung, reason: TripReason, environment: string): boolean {
  if (environment !== 'prod') return false;
  return rung.pages || reason === 'impact' || reason === 'at once' || reason === 'asked';
}

/**
 * Nothing was called since it began or came back, or by time alone and in channels only: what the runbook does not wait
 * for still has to wake somebody, so the first rung is called, once more where it was before.
 */
function wokeNobody(incident: Incident): boolean {
  return calledSince(incident).every(({ reason, paged }) => reason === 'time' && !paged);
}

function withoutWaiting(incident: Incident, rung: Rung, rules: EscalationRules): DueRung | null {
  const { diagnosis, impact } = incident;
  // What was seen before its end says nothing of what came back.
  const from = incident.reopenedAt ?? 0;
  if (diagnosis !== null && diagnosis.atOnce !== null && diagnosis.at >= from) {
    return { rung, at: diagnosis.at, reason: 'at once', because: diagnosis.atOnce };
  }
  const percent = impactPercent(impact);
  if (!impact?.known || impact.at < from || percent === null || percent <= rules.impactPercent) return null;
  const because = `${impact.affected} of ${impact.total} orders (${Math.round(percent)} %) are affected, more than ${rules.impactPercent} %.`;
  return { rung, at: impact.at, reason: 'impact', because };
}

function afterTime(
  incident: Incident,
  rung: Rung,
  last: Climbed | undefined,
  rules: EscalationRules,
  notBefore: number,
): DueRung {
  const back = incident.reopenedAt ?? 0;
  const begins = incident.climbed.length === 0 ? incident.clockStartedAt : back;
  const since = last === undefined ? begins : Math.max(last.at, back);
  const cardStands = (incident.announcedAt ?? incident.openedAt) + rules.notBeforeCardMinutes * MINUTE;
  const held = incident.hold !== null && incident.hold.at >= (last?.at ?? 0) ? incident.hold.until : 0;
  const at = Math.max(since + rung.afterMinutes * MINUTE, cardStands, held, notBefore);
  return { rung, at, reason: 'time', because: lasted(incident, at) };
}

/** Nobody is told of trouble that no check sees any more; what still wants somebody is its alert, or a person's word. */
function lasted(incident: Incident, at: number): string {
  const { clockStartedAt, healthySince, diagnosis } = incident;
  const whole = spelled(at - clockStartedAt);
  // Memory that rises for a reason breaks nothing yet, and is trouble.
  const stands = diagnosis?.causes.some(({ verdict }) => verdict === 'supported') === true;
  if (healthySince === null || stands) return `The trouble has lasted ${whole}.`;
  const but = stillFires(incident) ? 'an alert still fires' : 'nobody has ended it';
  return `All checks have been healthy for ${spelled(at - healthySince)}, but ${but}, ${whole} after it began.`;
}

function spelled(ms: number): string {
  const minutes = Math.round(ms / MINUTE);
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

/** The longest a person may postpone the next rung, minutes, once per incident (design §6). */
export const HOLD_MINUTES = 20;
