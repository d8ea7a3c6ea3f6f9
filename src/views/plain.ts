import { impactPercent } from '../domain/impact.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import { runLine, verdictOf } from './incident-card.ts';
import { ACTIONS, buttons, clock, evidence, type Message, message, quoted, section } from './kit.ts';

/** One or a few plain sentences. */
export function sentence(...lines: readonly string[]): Message {
  return message(lines.join(' '), [section(lines)]);
}

export function help(usage: Readonly<Record<string, string>>): Message {
  const lines = Object.values(usage).map((line) => `\`${line}\``);
  return message('What /oms understands.', [
    section(['*What I understand*', ...lines]),
    section(['Alerts in this channel open an incident by themselves; its card has the buttons.']),
  ]);
}

export function incidentList(
  incidents: readonly Incident[],
  titleOf: (incident: Incident) => string,
): Message {
  if (incidents.length === 0) return sentence('No incident is open.');
  const lines = incidents.map(
    (one) => `*${one.id}* ${titleOf(one)}: ${verdictOf(one)}, since ${clock(one.clockStartedAt)}`,
  );
  return message(`${incidents.length} open.`, [section(lines)]);
}

/** The same words as an alert, from a person: never taken by itself. */
export function notTrusted(person: string | null, runbook: string, title: string): Message {
  const who = person === null ? 'This sender' : `<@${person}>`;
  const text = `${who} is not a trusted sender, so no incident was opened. It reads like “${title}”. Run the diagnosis anyway?`;
  return message(text, [
    section([text]),
    ...buttons([{ text: 'Run the diagnosis', action: ACTIONS.diagnoseAnyway, value: runbook }]),
  ]);
}

/** What to type when the bot cannot. */
export function commands(
  id: string,
  steps: readonly {
    readonly step: string;
    readonly title: string;
    readonly equivalent: string;
    readonly instead?: string;
  }[],
): Message {
  const blocks = steps
    .slice(0, 15)
    .flatMap(({ step, title, equivalent, instead }) => [
      section([`*${step}* ${title}${instead === undefined ? '' : ` (${instead})`}`]),
      evidence([equivalent]),
    ]);
  return message(`Commands for ${id}.`, blocks);
}

export function escalation(
  incident: Incident,
  title: string,
  rung: number,
  because: string,
  card: string | null,
): Message {
  const where = card === null ? '' : ` <${card}|Open the card>`;
  const head = `${incident.id} ${title} (${incident.environment}) needs you: rung ${rung}. ${quoted(because)}`;
  return message(head, [
    section([
      `*${incident.id} ${title}* (${incident.environment}) needs you: rung ${rung}.`,
      `${quoted(because)}${where}`,
    ]),
  ]);
}

/** What people must notice: a verdict that came later or got worse. The first line is what a lock screen shows. */
export function news(incident: Incident, title: string, lines: readonly string[]): Message {
  const head = `${incident.environment} · ${incident.id} · ${title}: ${verdictOf(incident)}.`;
  const percent = impactPercent(incident.impact);
  const impact = percent === null ? 'Impact unknown.' : `${Math.round(percent)} % of orders affected.`;
  return message([head, ...lines.map(quoted), impact].join(' '), [
    section([`*${head}*`, ...lines.map((line) => `• ${quoted(line)}`), impact]),
  ]);
}

/** A direct message to somebody whom the ladder calls. */
export function calledPerson(
  incident: Incident,
  title: string,
  rung: number,
  because: string,
  channel: string,
): Message {
  const head = `${incident.id} ${title} (${incident.environment}) needs you: rung ${rung}.`;
  return sentence(
    head,
    quoted(because),
    `Its card is in ${channel}; \`/oms show ${incident.id}\` shows it to you here.`,
  );
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
    `${incident.id} ${title} (${incident.environment}): rung ${rung} could not reach ${address}: ${quoted(because)}.`,
    'Please tell them by hand, and mend `people` in oms.yaml.',
  );
}

/** The thread's log: one line for each thing worth keeping, null for the rest. */
export function threadLine(event: IncidentEvent, incident: Incident): Message | null {
  switch (event.type) {
    case 'alert joined':
      return sentence(`Alert: ${quoted(event.alert.summary)}`);
    case 'alert resolved':
      return sentence('An alert resolved.');
    case 'withdrawn':
      return sentence(`Withdrawn: ${event.because}`);
    case 'mitigated':
      return sentence(`Mitigated: ${event.because}`);
    case 'requested':
      return sentence(
        `<@${event.by}> asks for “${event.offer.title}” (${event.offer.targets.map(quoted).join(', ')}).`,
        ...event.offer.preview.map(quoted),
      );
    case 'approved':
      return sentence(`<@${event.by}> approved “${event.run.title}”.`);
    case 'refused':
      return sentence(`Refused to <@${event.by}>: ${event.because}`);
    case 'acknowledged':
      return sentence(`<@${event.by}> has it.`);
    case 'held':
      return sentence(
        `<@${event.by}> holds the next rung until ${clock(event.until)}: ${quoted(event.reason)}`,
      );
    case 'climbed':
      return sentence(`Rung ${event.climbed.rung} is called: ${quoted(event.climbed.because)}`);
    case 'resolved':
      return sentence(`Resolved: ${quoted(event.because)}`);
    case 'run updated': {
      const run = incident.runs.find(({ id }) => id === event.run);
      const worth = event.change.state === 'ended' || event.change.proof?.verdict != null;
      return run === undefined || !worth ? null : sentence(runLine(run).replace(/^• /, ''));
    }
    default:
      return null;
  }
}
