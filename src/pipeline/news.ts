import { overall } from '../domain/finding.ts';
import type { Diagnosis, Incident, IncidentEvent } from '../domain/incident.ts';
import type { Outgoing } from '../ports/journal.ts';

/** Broken findings and causes that one reply names; the card has the rest. */
const NAMED = 3;

/**
 * What people must notice although an edit of the card wakes nobody: a first verdict that came after the card, or a
 * change to worse (design §1.5). One reply in the card's thread, shown in the channel too.
 */
export function newsOf(
  before: Incident | null,
  after: Incident,
  events: readonly IncidentEvent[],
): readonly Outgoing[] {
  const again = events.flatMap((event) => {
    if (event.type === 'raised') return [`Now ${event.severity}: ${event.because}`];
    return event.type === 'relapsed' || event.type === 'reopened' ? [event.because] : [];
  });
  const now = after.diagnosis;
  const looked = events.some(({ type }) => type === 'diagnosed');
  if (looked && now !== null && before?.diagnosis == null) {
    return before?.announcedAt == null ? [] : firstVerdict(after, now);
  }
  const broken = looked && before?.brokenSince === null && after.brokenSince !== null;
  const causes = looked ? supported(now).filter(({ id }) => !known(before).includes(id)) : [];
  const lines = [
    ...again,
    ...(broken ? brokenLines(now) : []),
    ...causes.slice(0, NAMED).map(({ title, because }) => `Cause: ${title}. ${because}`),
  ];
  if (lines.length === 0 || after.state === 'resolved') return [];
  // Before the card stands there is nothing to reply to; its first post says all of this.
  if (before?.announcedAt == null) return [];
  // A cause that comes and goes is told once; broken again after healthy is told each time.
  const what =
    again.length > 0 || broken ? `worse/${after.version}` : `cause/${causes.map(({ id }) => id).join(',')}`;
  return [saying(after, what, lines)];
}

/** For a card that went out before its verdict was there. The key makes it one, whoever finds out first. */
export function firstVerdict(incident: Incident, diagnosis: Diagnosis): readonly Outgoing[] {
  const verdict = overall(diagnosis.findings);
  const lines = [
    ...(verdict === 'broken' ? brokenLines(diagnosis) : []),
    ...(verdict === 'unknown' ? ['Not every system could be asked.'] : []),
    ...(verdict === 'healthy' ? ['All that was asked is healthy.'] : []),
    ...supported(diagnosis)
      .slice(0, NAMED)
      .map(({ title, because }) => `Cause: ${title}. ${because}`),
  ];
  return [saying(incident, 'first', lines)];
}

/** A reply in the card's thread that the channel sees too; one for each `what` of a generation. */
export function saying(incident: Incident, what: string, lines: readonly string[]): Outgoing {
  const { id, generation } = incident;
  return {
    stream: `thread ${id}`,
    key: `${id}/${generation}/news/${what}`,
    kind: 'slack post',
    payload: { what: 'news', incident: id, lines },
  };
}

function supported(diagnosis: Diagnosis | null) {
  return (diagnosis?.causes ?? []).filter(({ verdict }) => verdict === 'supported');
}

function known(incident: Incident | null): readonly string[] {
  return supported(incident?.diagnosis ?? null).map(({ id }) => id);
}

function brokenLines(diagnosis: Diagnosis | null): readonly string[] {
  return (diagnosis?.findings ?? [])
    .filter(({ verdict }) => verdict === 'broken')
    .slice(0, NAMED)
    .map(({ line }) => line);
}
