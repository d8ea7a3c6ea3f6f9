import type { KnownBlock } from '@slack/types';
import { DONE, type ShownStep, tickValue } from '../domain/by-hand.ts';
import {
  ACTIONS,
  type ButtonLike,
  buttons,
  type ChoiceLike,
  evidence,
  LIMIT,
  type Message,
  message,
  section,
} from './kit.ts';
import { whose } from './owed.ts';
import { fitting, type Left, type Room } from './room.ts';
import { clock, configured, link, person, type Words, words } from './words.ts';

/** So many steps have a line on the card; all of them are in the menu. */
const LINES = 5;

/** What only people can do: a line for each step, and one menu that ticks them off. */
export function byHand(
  steps: readonly ShownStep[],
  room: Room,
): { readonly blocks: readonly KnownBlock[]; readonly left: readonly Left[] } {
  if (steps.length === 0) return { blocks: [], left: [] };
  const lines = Math.min(room.lines, LINES);
  const { shown, left } = fitting(
    steps.map(stepLine),
    'steps by hand',
    { ...room, lines },
    LIMIT.section - 200,
  );
  return {
    blocks: [section([words`*By hand*`, ...shown.map((line) => words`• ${line}`)]), ...buttons(row(steps))],
    left,
  };
}

/** What is left to do comes first in a line; what was ticked off says by whom. */
function stepLine({ what, owner, because, link: to, tick, done, old, more }: ShownStep): Words {
  if (done && tick !== null) return words`${what} ${person(tick.by)} has done it, ${clock(tick.at)}.`;
  const where =
    to === null
      ? words``
      : to.url === null
        ? words` No link configured (\`${configured(`links.${to.key}`)}\`).`
        : words` ${link(to.url, 'Open')}.`;
  const task = words`*${what}* ${whose(owner)}${where}`;
  if (tick === null) return words`${task} ${because}`;
  const again = old
    ? words` That is too old to count, please look again.`
    : more
      ? words` ${because}`
      : words``;
  return words`${task} ${person(tick.by)}: *${tick.answer}*, ${clock(tick.at)}.${again}`;
}

function row(steps: readonly ShownStep[]): readonly (ButtonLike | ChoiceLike)[] {
  const groups = steps
    // Nothing new can be said of what is done.
    .filter(({ done }) => !done)
    .map(({ incident, step, what, answers }) => ({
      label: what,
      options: (answers ?? [DONE]).map((answer) => ({
        text: `${answer[0]?.toUpperCase() ?? ''}${answer.slice(1)}`,
        value: tickValue({ incident, step, answer }),
      })),
    }));
  const menu: ChoiceLike = { action: ACTIONS.tick, placeholder: 'Tick off by hand…', groups };
  const of = steps.find(({ text }) => text);
  return [
    ...(groups.length === 0 ? [] : [menu]),
    ...(of === undefined ? [] : [{ text: 'Text to copy', action: ACTIONS.texts, value: of.incident }]),
  ];
}

/** Texts that are ready to be copied, each under the step that needs it. */
export function texts(id: string, all: readonly { readonly what: string; readonly text: string }[]): Message {
  if (all.length === 0) {
    const none = words`No step by hand of ${id} needs a text now.`;
    return message(none, [section([none])]);
  }
  return message(
    words`To copy for ${id}.`,
    all.flatMap(({ what, text }) => [section([words`*${what}*`]), evidence([text])]),
  );
}
