import { causesBefore } from '../domain/cause-history.ts';
import type { Incident } from '../domain/incident.ts';
import { runLine } from './card-findings.ts';
import { impactText, needed } from './incident-card.ts';
import { LIMIT, type Message, message, section } from './kit.ts';
import { sentence } from './plain.ts';
import { configured, joined, lasting, link, person, shortened, type Words, words } from './words.ts';

/** So many causes are named to whoever is called; the card has the rest. */
const CAUSES = 3;

/** What whoever is called has to know before the card is open: how much it touches, why, and what was done last. */
function brief(incident: Incident, because: string): readonly Words[] {
  const causes = incident.diagnosis?.causes ?? [];
  const supported = causes.filter(({ verdict }) => verdict === 'supported');
  const before = supported.length > 0 ? [] : causesBefore(incident);
  const last = incident.runs.at(-1);
  return [
    ...(saysImpact(because, incident) ? [] : [impactText(incident)]),
    ...supported.slice(0, CAUSES).map((cause) => words`Cause: ${cause.title}. ${cause.because}`),
    ...before.map(({ title }) => words`Cause before, not seen now: ${title}.`),
    ...(last === undefined ? [] : [shortened(runLine(last), 500)]),
  ];
}

/** Who has it; of what is over nobody has to. */
function whoHasIt({ acknowledged, state }: Incident): Words {
  if (acknowledged !== null) return words`${person(acknowledged.by)} has it.`;
  return state === 'resolved' ? words`` : words`Nobody has it yet.`;
}

/** To a team in its channel, with a link to the card where there is one. */
export function escalation(
  incident: Incident,
  title: string,
  rung: number,
  because: string,
  card: string | null,
): Message {
  const why = shortened(words`${because}`, LIMIT.text - 300);
  // Slack may have been away for so long that the call comes after the end.
  const over = incident.state === 'resolved';
  const needs = over
    ? words`(${incident.environment}) is over; rung ${rung} was called before.`
    : words`(${incident.environment}) needs you: rung ${rung}.`;
  const where = card === null ? words`` : words` ${link(card, 'Open the card')}`;
  return message(words`${incident.id} ${title} ${needs} ${why}`, [
    section([
      words`*${incident.id} ${title}* ${needs}`,
      why,
      ...brief(incident, because),
      words`${whoHasIt(incident)} ${needed(incident)}${where}`,
    ]),
  ]);
}

/** Why it is called may be the very impact: that is said once. */
function saysImpact(because: string, { impact }: Incident): boolean {
  return impact?.known === true && because.startsWith(`${impact.affected} of ${impact.total} orders`);
}

/** To whoever was called: they need not look any more. */
export function allClear(incident: Incident, title: string, card: string | null): Message {
  const { id, environment, resolution, clockStartedAt } = incident;
  const who = resolution?.by == null ? words`` : words` by ${person(resolution.by)}`;
  const after = lasting((resolution?.at ?? clockStartedAt) - clockStartedAt);
  const head = words`${id} ${title} (${environment}) is over: resolved${who} after ${after}.`;
  const why = shortened(words`${resolution?.because ?? ''}`, LIMIT.text - 500);
  const where = card === null ? [] : [link(card, 'Open the card')];
  return message(joined([head, why], ' '), [section([head, why, ...where])]);
}

/** A direct message to somebody whom the ladder calls. */
export function calledPerson(
  incident: Incident,
  title: string,
  rung: number,
  because: string,
  channel: string,
): Message {
  const head = words`${incident.id} ${title} (${incident.environment}) needs you: rung ${rung}.`;
  const why = shortened(words`${because}`, LIMIT.text - 500);
  const where = words`Its card is in ${channel}; \`/oms show ${incident.id}\` shows it to you here.`;
  return message(joined([head, why, where], ' '), [
    section([
      head,
      why,
      ...brief(incident, because),
      words`${whoHasIt(incident)} ${needed(incident)}`,
      where,
    ]),
  ]);
}

/** Said to platform engineering instead, so that a rung never goes nowhere. The address is the company's own setting. */
export function notReached(
  incident: Incident,
  title: string,
  rung: number,
  address: string,
  because: string,
): Message {
  return sentence(
    words`${incident.id} ${title} (${incident.environment}): rung ${rung} could not reach ${configured(address)}: ${because}.`,
    words`Please tell them by hand, and mend \`people\` in oms.yaml.`,
  );
}

/** A rung whose channel Slack refuses. */
export function channelNotReached(
  incident: Incident,
  title: string,
  rung: number,
  channel: string,
  because: string,
): Message {
  return sentence(
    words`${incident.id} ${title} (${incident.environment}): rung ${rung} could not be said in ${configured(channel)}: ${because}`,
    words`Please call that team by hand, and mend \`channels\` in oms.yaml.`,
  );
}
