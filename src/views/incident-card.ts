import type { KnownBlock } from '@slack/types';
import { type ShownStep, tickOf } from '../domain/by-hand.ts';
import type { DueRung } from '../domain/escalation.ts';
import { overall } from '../domain/finding.ts';
import type { Freeze } from '../domain/freeze.ts';
import { impactPercent } from '../domain/impact.ts';
import { complaintsOf, type Incident } from '../domain/incident.ts';
import { byHand } from './by-hand.ts';
import { runs, seen, trouble } from './card-findings.ts';
import { nextLines } from './card-next.ts';
import { todo } from './card-offers.ts';
import { freezeLine } from './freeze.ts';
import { header, LIMIT, lengthOf, type Message, message, note, section } from './kit.ts';
import { owedLines } from './owed.ts';
import { type Left, leftLine, ROOMS, type Room } from './room.ts';
import { clock, joined, link, person, shortened, type Words, words } from './words.ts';

export interface CardView {
  readonly incident: Incident;
  /** The runbook's title. */
  readonly title: string;
  readonly next: DueRung | null;
  /** What only people can do now. */
  readonly byHand?: readonly ShownStep[];
  /** Stands for all incidents; shown while the incident is open. */
  readonly freeze?: Freeze | null;
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

interface Drawn {
  readonly text: Words;
  readonly blocks: readonly KnownBlock[];
  readonly left: readonly Left[];
}

/** The one message of an incident, newest state, in the order of design §5. What has no room stands in `cardRest`. */
export function incidentCard(view: CardView): Message {
  const { text, blocks } = drawn(view);
  return message(text, blocks);
}

/** So many sections make one message of what was left out, and so many messages there are at most. */
const SECTIONS = 3;
const PAGES = 8;

/** What the card had no room for, whole, for its thread; empty when everything is on the card. */
export function cardRest(view: CardView): readonly Message[] {
  const { left } = drawn(view);
  const sections: Words[][] = [];
  let length: number = LIMIT.section;
  for (const { what, line } of left) {
    const whole = shortened(words`${what}: ${line}`, 2_000);
    length += whole.text.length + 1;
    if (length > LIMIT.section) {
      sections.push([]);
      length = whole.text.length;
    }
    sections.at(-1)?.push(whole);
  }
  const at = view.incident.diagnosis?.at ?? view.incident.openedAt;
  const pages = Array.from({ length: Math.ceil(sections.length / SECTIONS) }, (_, place) =>
    sections.slice(place * SECTIONS, (place + 1) * SECTIONS),
  );
  const count = Math.min(pages.length, PAGES);
  return pages.slice(0, PAGES).map((page, place) => {
    const head = words`What the card of ${view.incident.id} had no room for at ${clock(at)}, ${place + 1} of ${count}.`;
    const more =
      place + 1 === PAGES && pages.length > PAGES
        ? [note([words`There is more than fits here; the commands to type ask each system.`])]
        : [];
    return message(head, [section([words`*${head}*`]), ...page.map((lines) => section(lines)), ...more]);
  });
}

/** The card with as much on it as all of Slack's limits leave room for. */
function drawn(view: CardView): Drawn {
  let last: Drawn | null = null;
  for (const room of ROOMS) {
    last = draw(view, room);
    if (lengthOf({ text: last.text.text, blocks: [...last.blocks] }) <= LIMIT.all) return last;
  }
  return last ?? draw(view, ROOMS[0] as Room);
}

function draw(view: CardView, room: Room): Drawn {
  const { incident } = view;
  const head = `${incident.environment} · ${incident.id} · ${view.title}: ${verdictOf(incident)}`;
  const parts = [
    todo(incident, room),
    runs(incident, room),
    trouble(incident, room),
    byHand(view.byHand ?? [], room),
    seen(incident, room),
  ];
  const left = parts.flatMap((part) => part.left);
  const missing = leftLine(left);
  const owed = owedLines(incident.owed);
  return {
    text: words`${head}. ${inShort(incident)} ${needed(incident)}`,
    left,
    blocks: [
      header(head),
      section([impactLine(incident), sinceLine(incident)]),
      ...parts.flatMap(({ blocks }) => blocks),
      ...(owed.length === 0 ? [] : [section(owed)]),
      ...(missing === null ? [] : [note([missing])]),
      note([...frozen(view), ...nextLines(incident, view.next)]),
      ...foot(view),
    ],
  };
}

/** What is the matter, in one or two words. */
export function verdictOf(incident: Incident): string {
  if (incident.state === 'resolved') return 'resolved';
  if (incident.mitigated?.unseenSince !== undefined) return 'mitigated, could not look everywhere';
  if (incident.state === 'mitigated') return 'mitigated, watching';
  const { diagnosis, reopenedAt } = incident;
  // What was seen before it came back says nothing of now.
  if (diagnosis === null || diagnosis.at < (reopenedAt ?? 0)) return 'looking';
  const { findings, causes } = diagnosis;
  // A question of the runbook's that nobody could be asked leaves open what its answer would have been.
  const unseen = findings.some(({ absent, step }) => absent === true && step.startsWith('R'));
  // Memory that rises for a reason breaks nothing yet, and is not well.
  const stands = causes.some(({ verdict }) => verdict === 'supported');
  const well = unseen ? 'healthy where it could look' : 'healthy now';
  return {
    broken: 'broken',
    unknown: 'could not look everywhere',
    healthy: stands ? 'no check is broken' : well,
  }[overall(findings)];
}

export function impactText({ impact }: Incident): Words {
  if (impact === null) return words`Impact is being counted.`;
  if (!impact.known) return shortened(words`Impact unknown: ${impact.because}`, 500);
  const percent = impactPercent(impact);
  const share = percent === null ? '' : ` (${Math.round(percent)} %)`;
  const missing =
    impact.missing === undefined
      ? ''
      : ` Orders missing: ${impact.missing} of them were never created, measured by last week at this time.`;
  return words`${impact.affected} of ${impact.total} orders${share} affected.${missing}`;
}

/** Of a lock screen's two lines a long reason would take the place of what is needed. */
const SHORT = 60;

function inShort(incident: Incident): Words {
  const { impact } = incident;
  return impact?.known === false && impact.because.length > SHORT
    ? words`Impact unknown.`
    : impactText(incident);
}

function impactLine(incident: Incident): Words {
  const { impact } = incident;
  if (impact === null) return words`*Impact* is being counted.`;
  if (!impact.known) return shortened(words`*Impact* unknown: ${impact.because}`, 500);
  return words`*Impact* ${impactText(incident)} Last ${impact.windowMinutes} min, ${impact.source}, ${clock(impact.at)}.${atWorst(incident)}`;
}

/** What it came to, where it is less by now: of what has ended that is what counts. */
function atWorst({ impact, worstImpact }: Incident): Words {
  const [now, worst] = [impactPercent(impact), impactPercent(worstImpact ?? null)];
  if (worstImpact?.known !== true || worst === null || Math.round(worst) <= Math.round(now ?? 0))
    return words``;
  return words` At worst ${worstImpact.affected} of ${worstImpact.total} (${Math.round(worst)} %), ${clock(worstImpact.at)}.`;
}

function sinceLine(incident: Incident): Words {
  const { clockStartedAt, reopenedAt, sources, acknowledged, severity, state } = incident;
  const firing = sources.filter(({ state, complaint }) => state === 'firing' && complaint !== true);
  const people = firing.filter(({ source }) => source === 'person').length;
  const alarms = firing.length - people;
  const alert =
    alarms === 0 ? 'no alert is firing' : alarms === 1 ? '1 alert is firing' : `${alarms} alerts are firing`;
  const reported = people === 0 ? '' : people === 1 ? ', 1 person says so' : `, ${people} people say so`;
  const { count, firstAt } = complaintsOf(incident);
  const complaints =
    firstAt === null
      ? words``
      : words`, ${count} ${count === 1 ? 'complaint at' : 'complaints, first'} ${clock(firstAt)}`;
  const said = words`${alert}${reported}${complaints}`;
  const nobody = state === 'resolved' ? words`` : words` Nobody has it yet.`;
  const who = acknowledged === null ? nobody : words` ${person(acknowledged.by)} has it.`;
  const back = reopenedAt == null ? words`` : words`, back since ${clock(reopenedAt)}`;
  return words`*Since* ${clock(clockStartedAt)}${back}, severity ${severity}, ${said}.${who}`;
}

export function needed(incident: Incident): string {
  const { offers, state } = incident;
  if (state === 'resolved') return isLeft(incident) ? 'Work by hand is left.' : 'Nothing is needed.';
  if (offers.some(({ requestedBy }) => requestedBy !== null)) return 'A second person is needed.';
  const wanted = offers.filter(({ recommended }) => recommended !== null);
  if (wanted.some(({ waits }) => waits === null)) return 'An approval is needed.';
  return wanted.some(({ lacks }) => lacks !== undefined)
    ? 'Somebody has to type a command.'
    : 'Nothing to approve.';
}

/** Healthy again is not done with: orders that were sold twice still want a decision, customers a word. */
function isLeft(incident: Incident): boolean {
  const { owed, diagnosis } = incident;
  const untouched = (diagnosis?.byHand ?? []).some(({ id }) => tickOf(incident, id) === null);
  return untouched || owed.some(({ done }) => done === null);
}

function frozen({ incident, freeze }: CardView): readonly Words[] {
  return freeze == null || incident.state === 'resolved' ? [] : [shortened(freezeLine(freeze), 500)];
}

function foot({ incident, links }: CardView): KnownBlock[] {
  const alert = incident.sources.find(({ url }) => url !== null);
  const all = [...(alert?.url == null ? [] : [{ label: 'Alert', url: alert.url }]), ...links];
  if (all.length === 0) return [];
  return [
    note([
      joined(
        all.map(({ label, url }) => link(url, label)),
        ' · ',
      ),
    ]),
  ];
}
