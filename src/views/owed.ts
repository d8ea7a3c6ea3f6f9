import type { KnownBlock } from '@slack/types';
import { type Duty, openDuties } from '../domain/duty.ts';
import { ACTIONS, buttons, type Message, message, note, section } from './kit.ts';
import { clock, joined, person, shortened, type Words, words } from './words.ts';

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
export function dutyLine({ what, owner, targets }: Duty): Words {
  const named = targets.slice(0, NAMED).join(', ');
  const about = targets.length > NAMED ? `${named} and ${targets.length - NAMED} more` : named;
  return joined([words`${what} (${about})`, whose(owner)], ' ');
}

function whose(owner: string): Words {
  return /^[UW][A-Z0-9]+$/.test(owner) || owner.startsWith('pagerduty:')
    ? words`For ${person(owner)}.`
    : words`For the ${owner} team.`;
}
