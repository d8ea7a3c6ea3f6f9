import type { Freeze } from '../domain/freeze.ts';
import type { Incident } from '../domain/incident.ts';
import { freezeLine } from './freeze.ts';
import { verdictOf } from './incident-card.ts';
import { type Message, message, note, section } from './kit.ts';
import { dutyLine, type OwedDuty } from './owed.ts';
import { clock, person, shortened, type Words, words } from './words.ts';

export interface DigestView {
  readonly open: readonly Incident[];
  /** Since yesterday. */
  readonly resolved: readonly Incident[];
  readonly owed: readonly OwedDuty[];
  /** Alerts that no incident took, by why not. */
  readonly notTaken: readonly { readonly reason: string; readonly count: number }[];
  readonly freeze: Freeze | null;
  readonly titleOf: (incident: Incident) => string;
  /** What somebody should see to, one sentence each. */
  readonly notes: readonly string[];
  /** The newest row of the journal's chain. */
  readonly head: { readonly seq: number; readonly hash: string };
}

const LISTED = 12;

/** The day's message: what is open, what ended, what is owed, and how long the chain is. */
export function digest({
  open,
  resolved,
  owed,
  notTaken,
  freeze,
  titleOf,
  head,
  notes,
}: DigestView): Message {
  const counts = words`${open.length} open, ${resolved.length} resolved since yesterday, ${owed.length} owed.`;
  return message(words`Good morning. ${counts}`, [
    section([words`*Good morning.* ${counts}`, ...(freeze === null ? [] : [freezeLine(freeze)])]),
    ...list(
      'Open',
      open.map(
        (one) =>
          words`*${one.id}* ${titleOf(one)}: ${verdictOf(one)}, since ${day(one.clockStartedAt)}. ${who(one)}`,
      ),
    ),
    ...list(
      'Resolved',
      resolved.map((one) => words`*${one.id}* ${titleOf(one)}: ${one.resolution?.because ?? ''}`),
    ),
    ...list(
      'Owed',
      owed.map(({ incident, duty }) => words`*${incident}* ${dutyLine(duty)}`),
      words`\`/oms owed\` ticks them off.`,
    ),
    ...list(
      'To see to',
      [...untaken(notTaken), ...notes].map((line) => words`${line}`),
    ),
    note([words`Journal: row ${head.seq}, hash \`${head.hash}\`. \`oms audit verify\` walks it.`]),
  ]);
}

function list(title: string, lines: readonly Words[], last?: Words) {
  if (lines.length === 0) return [];
  const more = lines.length - LISTED;
  return [
    section([
      words`*${title}*`,
      ...lines.slice(0, LISTED).map((line) => words`• ${shortened(line, 200)}`),
      ...(more > 0 ? [words`${more} more.`] : []),
      ...(last === undefined ? [] : [last]),
    ]),
  ];
}

/** What was sent here and opened nothing; the journal has each. */
function untaken(all: DigestView['notTaken']): readonly string[] {
  const total = all.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const why = all.map(({ reason, count }) => `${reason} ${count}`).join(', ');
  return [`${total} ${total === 1 ? 'alert was' : 'alerts were'} not taken since yesterday: ${why}.`];
}

function who({ acknowledged }: Incident): Words {
  return acknowledged === null ? words`Nobody has it.` : words`${person(acknowledged.by)} has it.`;
}

function day(at: number): Words {
  return words`${new Date(at).toISOString().slice(0, 10)} ${clock(at)}`;
}
