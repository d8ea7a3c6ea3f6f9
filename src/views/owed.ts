import type { KnownBlock } from '@slack/types';
import { ASKER, type Duty, type Owner, openDuties } from '../domain/duty.ts';
import { ACTIONS, buttons, type Message, message, note, section } from './kit.ts';
import { clock, configured, joined, person, shortened, type Words, words } from './words.ts';

/** A duty with the incident that it comes from. */
export interface OwedDuty {
  readonly incident: string;
  readonly duty: Duty;
}

/** So many duties stand in one list. */
const LISTED = 15;
/** So many stand on a card. */
const ON_CARD = 5;
const NAMED = 5;

/** `/oms owed`: what runs have left to do, oldest first, each with a button that ticks it off. */
export function owedList(owed: readonly OwedDuty[]): Message {
  if (owed.length === 0) {
    const none = words`Nothing is owed.`;
    return message(none, [section([none])]);
  }
  const text = words`${owed.length} ${owed.length === 1 ? 'duty is' : 'duties are'} owed.`;
  const blocks: KnownBlock[] = [section([words`*${text}*`])];
  for (const { incident, duty } of owed.slice(0, LISTED)) {
    const [row] = buttons([{ text: 'Done', action: ACTIONS.done, value: duty.id }]);
    const done = row?.elements[0];
    const line = words`*${incident}* ${dutyLine(duty)} Since ${clock(duty.at)}.`;
    blocks.push(section([line], done?.type === 'button' ? done : undefined));
  }
  const more = owed.length - LISTED;
  if (more > 0) blocks.push(note([words`${more} more; tick these off to see them.`]));
  return message(text, blocks);
}

/** What the bot posts in a team's channel: what to do, for what, and a button; once it is done, by whom. */
export function dutyPost(
  incident: { readonly id: string; readonly environment: string },
  title: string,
  duty: Duty,
  asker: string | null,
): Message {
  const said = duty.tell === undefined ? dutyLine(duty) : words`${duty.tell.says}`;
  const head = words`${incident.id} ${title} (${incident.environment})`;
  const by = asker === null ? words`` : words` It comes from what ${person(asker)} did.`;
  if (duty.done !== null) {
    const done = words`Done by ${person(duty.done.by)}, ${clock(duty.done.at)}.`;
    return message(words`${head}: ${said} ${done}`, [section([words`${head}`, said, words`*${done}*`])]);
  }
  return message(words`${head}: ${said}`, [
    section([words`*${head}*`, words`${said}${by}`]),
    ...buttons([{ text: 'Done', action: ACTIONS.done, value: duty.id }]),
  ]);
}

/** A change for a while that nobody has taken back yet; whom it concerns is called. */
export function reminder(duty: Duty, whom: string): Message {
  const text = words`${person(whom)}, this still waits: ${dutyOf(duty)} Since ${clock(duty.at)}. Its button stands on the card; done by hand, \`/oms owed\` ticks it off.`;
  return message(text, [section([text])]);
}

/** A team that the bot could not tell: the people at the card read it. */
export function dutyNotReached(duty: Duty, channel: string, because: string): Message {
  const text = words`This could not be said in ${configured(channel)}: ${because} Please tell them by hand, and mend \`channels\` in oms.yaml.`;
  return message(text, [section([text, dutyLine(duty)])]);
}

/** For the card; empty when nothing is owed. */
export function owedLines(duties: readonly Duty[]): readonly Words[] {
  const open = openDuties(duties);
  if (open.length === 0) return [];
  const more = open.length - ON_CARD;
  return [
    words`*Owed*`,
    ...open.slice(0, ON_CARD).map((duty) => words`• ${shortened(dutyLine(duty), 250)}`),
    words`${more > 0 ? `${more} more. ` : ''}\`/oms owed\` ticks them off.`,
  ];
}

/** One duty: what, about what, whose. */
export function dutyLine(duty: Duty): Words {
  return joined([dutyOf(duty), whose(duty.owner)], ' ');
}

/** What a duty is, and about what. */
export function dutyOf({ what, targets }: Pick<Duty, 'what' | 'targets'>): Words {
  const named = targets.slice(0, NAMED).join(', ');
  const about = targets.length > NAMED ? `${named} and ${targets.length - NAMED} more` : named;
  return about === '' ? words`${what}` : words`${what} (${about})`;
}

/** Those that are no team's. */
const NO_TEAM: Readonly<Partial<Record<Owner, string>>> = {
  'on-call': 'whoever is on call',
  [ASKER]: 'whoever asked for it',
  'database owners': 'the owners of the orders database',
  'fraud model owners': 'the owners of the fraud model',
  'owners of the groups behind': 'the owners of the groups behind',
};

/** Whose task it is: a team's, a person's, or that of whoever is on call. */
export function whose(owner: string): Words {
  if (/^[UW][A-Z0-9]+$/.test(owner) || owner.startsWith('pagerduty:')) return words`For ${person(owner)}.`;
  return words`For ${NO_TEAM[owner as Owner] ?? `the ${owner} team`}.`;
}
