import { impactPercent } from '../domain/impact.ts';
import type { ByHandId, Incident, IncidentEvent } from '../domain/incident.ts';
import { runLine } from './card-findings.ts';
import { verdictOf } from './incident-card.ts';
import { ACTIONS, buttons, evidence, type Message, message, note, section } from './kit.ts';
import { dutyLine, dutyOf } from './owed.ts';
import { calledBy } from './rungs.ts';
import { answered, clock, joined, lasting, person, said, type Words, words } from './words.ts';

/** One or a few plain sentences of markup. */
export function sentence(...lines: readonly Words[]): Message {
  return message(joined(lines, ' '), [section(lines)]);
}

/** One or a few sentences of the pipeline; whom they name by Slack's ids is called. */
export function told(...sentences: readonly string[]): Message {
  return sentence(...sentences.map(said));
}

/** One or a few sentences about what somebody typed or sent; nobody is called, whatever it was. */
export function reply(...sentences: readonly string[]): Message {
  return sentence(...sentences.map(answered));
}

export function help(usage: Readonly<Record<string, string>>): Message {
  const lines = Object.values(usage).map((line) => words`\`${line}\``);
  return message(words`What /oms understands.`, [
    section([words`*What I understand*`, ...lines]),
    section([words`Alerts in this channel open an incident by themselves; its card has the buttons.`]),
  ]);
}

/** So many incidents stand in one list. */
const LISTED = 15;

export function incidentList(
  incidents: readonly Incident[],
  titleOf: (incident: Incident) => string,
): Message {
  if (incidents.length === 0) return sentence(words`No incident is open.`);
  const lines = incidents
    .slice(0, LISTED)
    .map((one) => words`*${one.id}* ${titleOf(one)}: ${verdictOf(one)}, since ${clock(one.clockStartedAt)}`);
  const more = incidents.length - LISTED;
  return message(words`${incidents.length} open.`, [
    section(lines),
    ...(more > 0 ? [note([words`${more} more are open; each has its card in the channel.`])] : []),
  ]);
}

/** The same words as an alert, from a person: never taken by itself. */
export function notTrusted(who: string | null, runbook: string, title: string): Message {
  const name = who === null ? words`This sender` : person(who);
  const text = words`${name} is not a trusted sender, so no incident was opened. It reads like “${title}”. Run the diagnosis anyway?`;
  return message(text, [
    section([text]),
    ...buttons([{ text: 'Run the diagnosis', action: ACTIONS.diagnoseAnyway, value: runbook }]),
  ]);
}

interface Typed {
  readonly step: string;
  readonly title: string;
  readonly equivalent: string;
  readonly instead?: string;
}

/** What to type when the bot cannot; first where it could not look. */
export function commands(
  id: string,
  { unseen, others }: { readonly unseen: readonly Typed[]; readonly others: readonly Typed[] },
): Message {
  const blocksOf = ({ step, title, equivalent, instead }: Typed) => [
    section([words`*${step}* ${title}${instead === undefined ? '' : ` (${instead})`}`]),
    evidence([equivalent]),
  ];
  const blocks =
    unseen.length === 0
      ? others.flatMap(blocksOf)
      : [
          section([words`*Look by hand first: the bot could not look here*`]),
          ...unseen.flatMap(blocksOf),
          section([words`*The other steps*`]),
          ...others.flatMap(blocksOf),
        ];
  return message(words`Commands for ${id}.`, blocks);
}

/** What people must notice: a verdict that came later or got worse. The first line is what a lock screen shows. */
export function news(incident: Incident, title: string, lines: readonly string[]): Message {
  const head = words`${incident.environment} · ${incident.id} · ${title}: ${verdictOf(incident)}.`;
  const { reopenedAt } = incident;
  const stale = incident.impact !== null && incident.impact.at < (reopenedAt ?? 0);
  const percent = impactPercent(incident.impact);
  const counted =
    percent === null ? words`Impact unknown.` : words`${Math.round(percent)} % of orders affected.`;
  const impact = stale ? words`Impact is being counted.` : counted;
  return message(joined([head, ...lines.map((line) => words`${line}`), impact], ' '), [
    section([words`*${head}*`, ...lines.map((line) => words`• ${line}`), impact]),
  ]);
}

/** The thread's log: one line for each thing worth keeping, null for the rest. */
export function threadLine(
  event: IncidentEvent,
  incident: Incident,
  /** What a step by hand tells people to do. */
  whatOf: (step: ByHandId) => string = (step) => step,
): Message | null {
  switch (event.type) {
    case 'alert joined':
      return event.alert.complaint === undefined
        ? sentence(words`Alert: ${event.alert.summary}`)
        : complaint(event.alert.by ?? 'somebody', event.alert.complaint);
    case 'remarked':
      return sentence(words`${event.remark}`);
    case 'alert resolved':
      return sentence(words`An alert resolved.`);
    case 'mitigated':
      return sentence(words`Mitigated: ${event.because}`);
    case 'withdrawn':
      return sentence(words`Withdrawn: ${said(event.because)}`);
    case 'requested':
      return sentence(
        words`${person(event.by)} asks for “${event.offer.title}” (${targets(event.offer.targets)}).`,
        ...event.offer.preview.map((line) => words`${line}`),
      );
    case 'approved':
      return sentence(words`${person(event.by)} approved “${event.run.title}”.`);
    case 'refused':
      return sentence(words`Refused to ${person(event.by)}: ${said(event.because)}`);
    case 'owed':
      return sentence(words`Owed now:`, ...event.duties.map((duty) => dutyLine(duty)));
    case 'duty done': {
      const duty = incident.owed.find(({ id }) => id === event.duty);
      return duty === undefined ? null : sentence(words`${person(event.by)} has done: ${dutyOf(duty)}`);
    }
    case 'ticked': {
      const { step, answer, by } = event.tick;
      return sentence(words`By hand: ${whatOf(step)} ${person(by)}: *${answer}*.`);
    }
    case 'acknowledged':
      return sentence(words`${person(event.by)} has it.`);
    case 'held':
      return sentence(
        words`${person(event.by)} holds the next rung until ${clock(event.until)}: ${event.reason}`,
      );
    case 'climbed':
      return sentence(
        words`Rung ${event.climbed.rung} calls ${calledBy(incident, event.climbed.rung)}: ${event.climbed.because}`,
      );
    case 'resolved':
      return resolved(event, incident);
    case 'run updated': {
      const run = incident.runs.find(({ id }) => id === event.run);
      const worth = event.change.state === 'ended' || event.change.proof?.verdict != null;
      return run === undefined || !worth ? null : sentence(runLine(run));
    }
    default:
      return null;
  }
}

/** How it ended; what it was and what was done stands above it. */
function resolved({ by, because, at }: Extract<IncidentEvent, { type: 'resolved' }>, of: Incident): Message {
  const who = by === null ? words`` : words` by ${person(by)}`;
  return sentence(words`Resolved${who} after ${lasting(at - of.clockStartedAt)}: ${because}`);
}

/** What somebody heard, as data: nobody is called by it, and no link in it can be pressed. */
function complaint(by: string, text: string): Message {
  const head = words`${person(by)} reports a complaint.`;
  // By letters, not by units: no letter is halved, and each part fits one block.
  const parts = text.match(/[\s\S]{1,700}/gu) ?? [];
  return message(head, [section([head]), ...parts.map((part) => evidence([part]))]);
}

/** So many targets are named; the number of all of them says the rest. */
const NAMED = 20;

function targets(all: readonly string[]): string {
  const named = all.slice(0, NAMED).join(', ');
  return all.length <= NAMED ? named : `${named} and ${all.length - NAMED} more`;
}
