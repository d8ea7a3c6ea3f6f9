import { openUndos } from '../domain/duty.ts';
import { HOLD_MINUTES, nextRung } from '../domain/escalation.ts';
import type { IncidentId, PersonId } from '../domain/ids.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import type { Outgoing, Transaction } from '../ports/journal.ts';
import { changeOf } from './change.ts';
import { climb } from './escalate.ts';
import type { Answer, Parts } from './parts.ts';
import { notResponder } from './responders.ts';

const MINUTE = 60_000;

type Decision =
  | {
      readonly events: readonly IncidentEvent[];
      readonly outgoing?: readonly Outgoing[];
      readonly says: string;
    }
  | { readonly no: string };

/** Anybody may say that they have it; the 20-minute rule goes on. */
export async function acknowledge(parts: Parts, id: IncidentId, by: PersonId): Promise<Answer> {
  return await decide(parts, 'acknowledge', id, (incident, { now }) => {
    if (incident.acknowledged !== null) return { no: `<@${incident.acknowledged.by}> has ${id} already.` };
    return {
      events: [{ type: 'acknowledged', by, at: now }],
      says: `You have ${id}. The 20-minute rule goes on.`,
    };
  });
}

/** Postpones the next rung, once, by at most 20 minutes. A responder's word. */
export async function hold(
  parts: Parts,
  id: IncidentId,
  by: PersonId,
  minutes: number,
  reason: string,
): Promise<Answer> {
  const not = await notResponder(parts, by, 'hold an incident');
  if (not !== null) return not;
  return await decide(parts, 'hold', id, (incident, { now }) => {
    if (incident.hold !== null) return { no: `${id} was held before; once is all there is.` };
    if (minutes < 1 || minutes > HOLD_MINUTES) return { no: `A hold takes 1 to ${HOLD_MINUTES} minutes.` };
    const next = nextRung(incident, parts.rules.escalation);
    if (next === null) return { no: `${id} has no further rung to hold.` };
    const until = Math.max(next.at, now) + minutes * MINUTE;
    return {
      events: [{ type: 'held', by, until, reason, at: now }],
      says: `${id}: the next rung waits ${minutes} more minutes.`,
    };
  });
}

/** Anybody may call for help now. */
export async function escalateNow(
  parts: Parts,
  id: IncidentId,
  by: PersonId,
  reason: string,
): Promise<Answer> {
  return await decide(parts, 'escalate', id, (incident, { now }) => {
    const next = nextRung({ ...incident, state: 'open' }, parts.rules.escalation);
    if (next === null) return { no: `${id} has climbed its whole ladder.` };
    // Whoever presses twice must not wake two teams.
    const last = incident.climbed.at(-1);
    if (last?.reason === 'asked' && now - last.at < MINUTE) {
      return {
        no: `Rung ${last.rung} of ${id} was called a moment ago. Press again in a minute to call the next.`,
      };
    }
    const because = reason === '' ? 'Somebody asked for help.' : reason;
    const { event, outgoing } = climb(
      incident,
      { ...next, at: now, reason: 'asked', because },
      parts.rules,
      by,
    );
    return { events: [event], outgoing, says: `${id}: rung ${next.rung.number} is called now.` };
  });
}

/**
 * Ends an incident by a person's word; a responder's, with a reason. PagerDuty's resolve comes through here too.
 * @param generation which of its openings the word is about; null: the one that stands
 */
export async function resolve(
  parts: Parts,
  id: IncidentId,
  by: PersonId,
  reason: string,
  generation: number | null = null,
): Promise<Answer> {
  const not = by.startsWith('pagerduty:') ? null : await notResponder(parts, by, 'resolve an incident');
  if (not !== null) return not;
  return await decide(parts, 'resolve', id, (incident, { now }) => {
    if (generation !== null && generation !== incident.generation)
      return { no: `That page was about ${id} before it came back.` };
    const busy = incident.runs.find((run) => run.state !== 'ended');
    if (busy) return { no: `“${busy.title}” is still running; ${id} stays open until it has ended.` };
    const undo = openUndos(incident.owed)[0];
    if (undo !== undefined)
      return {
        no: `${id} stays open: ${undo.what} Its button stands on the card; done by hand, tick it off in \`/oms owed\` first.`,
      };
    return {
      events: [{ type: 'resolved', by, because: reason, at: now }],
      says: `${id} is resolved.`,
    };
  });
}

async function decide(
  parts: Parts,
  name: string,
  id: IncidentId,
  choose: (incident: Incident, tx: Transaction) => Decision,
): Promise<Answer> {
  return await parts.journal.transact(name, async (tx) => {
    const incident = await tx.incident(id);
    if (incident === null)
      return { ok: false, because: `There is no ${id}. \`/oms incidents\` lists those that are open.` };
    if (incident.state === 'resolved') return { ok: false, because: `${id} is resolved already.` };
    const decision = choose(incident, tx);
    if ('no' in decision) return { ok: false, because: decision.no };
    tx.save(changeOf(incident, decision.events, parts.rules, decision.outgoing));
    return { ok: true, because: decision.says };
  });
}
