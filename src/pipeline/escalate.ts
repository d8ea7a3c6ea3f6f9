import { type Duty, reminderAt } from '../domain/duty.ts';
import { calledSince, type DueRung, nextRung, pagesFor } from '../domain/escalation.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import type { Outgoing } from '../ports/journal.ts';
import { asked } from './approve.ts';
import { changeOf } from './change.ts';
import { endFreeze } from './freeze.ts';
import { rungKey, trigger } from './pages.ts';
import type { Parts } from './parts.ts';
import type { Rules } from './rules.ts';

/** Deadlines that one commit decides at most; the rest follows at once in the next. */
const BATCH = 200;

/** Decides what the clock alone decides. Returns how many deadlines were due. */
export async function decideDue(parts: Parts): Promise<number> {
  return await parts.journal.transact('deadlines', async (tx) => {
    const due = await tx.claimDue(BATCH);
    for (const incident of due) {
      const { events, outgoing } = overdue(incident, tx.now, parts.rules);
      // Without an event too: under other rules than those it was computed by, the old deadline would be due for ever.
      tx.save(changeOf(incident, events, parts.rules, outgoing));
    }
    const thawed = await endFreeze(parts, tx);
    return due.length + (thawed ? 1 : 0);
  });
}

/** Every deadline that has passed, one by one, each at its own time: a skip of an hour climbs each rung when it was due. */
export function overdue(
  incident: Incident,
  now: number,
  rules: Rules,
): { events: readonly IncidentEvent[]; outgoing: readonly Outgoing[] } {
  const events: IncidentEvent[] = [];
  const outgoing: Outgoing[] = [];
  let current = incident;
  const take = (event: IncidentEvent) => {
    events.push(event);
    current = changeOf(current, [event], rules).after;
  };
  for (const offer of incident.offers) {
    if (offer.expiresAt !== null && offer.expiresAt <= now) {
      take({
        type: 'withdrawn',
        offer: offer.id,
        because: `${asked(offer)} Nobody approved it in time.`,
        at: offer.expiresAt,
      });
    }
  }
  for (const duty of incident.owed) {
    const reminded = remind(incident, duty, now);
    if (reminded === null) continue;
    outgoing.push(reminded.outgoing);
    take(reminded.event);
  }
  for (;;) {
    const due = nextRung(current, rules.escalation);
    if (due === null || due.at > now) break;
    const climbed = climb(current, due, rules, null);
    outgoing.push(...climbed.outgoing);
    take(climbed.event);
  }
  return { events, outgoing };
}

/** One word about a change that waits to be taken back, however many reminders a silent time has left behind. */
function remind(
  { id }: Incident,
  duty: Duty,
  now: number,
): { event: IncidentEvent; outgoing: Outgoing } | null {
  let times = duty.reminded ?? 0;
  for (let at = reminderAt(duty); at !== null && at <= now; times += 1)
    at = reminderAt({ ...duty, reminded: times + 1 });
  if (times === (duty.reminded ?? 0)) return null;
  return {
    event: { type: 'reminded', duty: duty.id, times, at: now },
    outgoing: {
      stream: `thread ${id}`,
      key: `owed/${duty.id}/reminder-${times}`,
      kind: 'slack post',
      payload: { what: 'reminder', incident: id, duty: duty.id },
    },
  };
}

/** One rung: the event, the messages to the team's channel and to people, the page. */
export function climb(
  incident: Incident,
  { rung, at, reason, because }: DueRung,
  rules: Rules,
  by: string | null,
): { event: IncidentEvent; outgoing: readonly Outgoing[] } {
  const paged = rules.pager && pagesFor(rung, reason, rules.environment);
  // A key that was said is not said again, but the first rung may be called once more to wake somebody.
  const quiet = calledSince(incident).some(
    (step) => step.rung === 1 && step.reason === 'time' && !step.paged,
  );
  const again = rung.number === 1 && quiet ? '/again' : '';
  const key = `${incident.id}/${incident.generation}/rung-${rung.number}${again}`;
  const event: IncidentEvent = {
    type: 'climbed',
    climbed: { rung: rung.number, reason, because, at, paged, by },
    at,
  };
  const posts = rung.channels.map(
    (channel): Outgoing => ({
      stream: `channel ${channel}`,
      key: `${key}/${channel}`,
      kind: 'slack post',
      payload: { what: 'escalation', channel, incident: incident.id, rung: rung.number, because },
    }),
  );
  posts.push(
    ...rung.people.map(
      (address): Outgoing => ({
        stream: `person ${address}`,
        key: `${key}/${address}`,
        kind: 'slack post',
        payload: { what: 'person', address, incident: incident.id, rung: rung.number, because },
      }),
    ),
  );
  return {
    event,
    outgoing: paged
      ? [...posts, trigger(incident, rungKey(incident, rung.number), rung.team, because, rules)]
      : posts,
  };
}
