import { distance } from 'fastest-levenshtein';
import { idsTyped, type KnownIds } from '../domain/alert.ts';
import { type IncidentId, parseIncidentId } from '../domain/ids.ts';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'incidents' }
  | {
      readonly kind: 'stuck-orders';
      readonly status: string | null;
      readonly olderThanMinutes: number | null;
    }
  | { readonly kind: 'diagnose'; readonly runbook: string; readonly ids: KnownIds }
  | { readonly kind: 'show' | 'ack'; readonly id: IncidentId }
  | { readonly kind: 'hold'; readonly id: IncidentId; readonly minutes: number; readonly reason: string }
  | { readonly kind: 'freeze'; readonly minutes: number; readonly reason: string }
  | { readonly kind: 'report'; readonly runbook: string; readonly text: string }
  | { readonly kind: 'unfreeze' | 'owed' }
  | { readonly kind: 'escalate' | 'resolve'; readonly id: IncidentId; readonly reason: string };

export type ReadCommand =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly because: string };

/** What each command looks like when it is right; also the help. */
export const USAGE = {
  help: '/oms help',
  'stuck-orders': '/oms stuck-orders [status] [older than 2h]',
  diagnose: '/oms diagnose refund-delays ref_abc123',
  report: '/oms report refund-delays a customer has waited for ref_abc123 since Monday',
  incidents: '/oms incidents',
  show: '/oms show OMS-12',
  ack: '/oms ack OMS-12',
  hold: '/oms hold OMS-12 10 gateway answers again, watching',
  freeze: '/oms freeze 2h release of the order service',
  unfreeze: '/oms unfreeze',
  owed: '/oms owed',
  escalate: '/oms escalate OMS-12 two teams needed',
  resolve: '/oms resolve OMS-12 provider confirmed the end',
} as const satisfies Record<Command['kind'], string>;

/** Nobody asks for orders that have waited for longer; it is a slip of the finger, min. */
const LONGEST_MINUTES = 30 * 1_440;

const UNIT = { m: 1, min: 1, h: 60, d: 1_440 } as const;

/** Reads what a person typed behind `/oms`. Never throws; a wrong word gets the right one. */
export function readCommand(text: string): ReadCommand {
  const words = unescaped(text)
    .replace(/[“”]/g, '"')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  const verb = (words[0] ?? 'help').toLowerCase();
  const rest = words.slice(1);
  switch (verb) {
    case 'help':
    case 'incidents':
    case 'owed':
    case 'unfreeze':
      return alone(verb, rest, { ok: true, command: { kind: verb } });
    case 'stuck-orders':
      return stuckOrders(rest);
    case 'diagnose':
      if (rest[0] === undefined) return wrong('diagnose', 'It needs a runbook or a code.');
      return diagnose(rest[0], rest.slice(1));
    case 'report':
      return report(rest);
    case 'show':
    case 'ack':
      return withId(verb, rest, (id) =>
        alone(verb, rest.slice(1), { ok: true, command: { kind: verb, id } }),
      );
    case 'hold':
      return withId('hold', rest, (id) => hold(id, rest));
    case 'freeze':
      return freeze(rest);
    case 'escalate':
      return withId('escalate', rest, (id) => ({
        ok: true,
        command: { kind: 'escalate', id, reason: rest.slice(1).join(' ') },
      }));
    case 'resolve': {
      const reason = rest.slice(1).join(' ');
      if (reason === '') return withId('resolve', rest, () => wrong('resolve', 'It needs a reason.'));
      return withId('resolve', rest, (id) => ({ ok: true, command: { kind: 'resolve', id, reason } }));
    }
    default:
      return { ok: false, because: `There is no \`/oms ${verb.slice(0, 30)}\`. ${suggestion(verb)}` };
  }
}

/** Slack escapes what a person typed; views escape it again on the way out. */
function unescaped(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

/** Words that would be dropped are named instead: they may have mattered to whoever typed them. */
function alone(kind: Command['kind'], extra: readonly string[], command: ReadCommand): ReadCommand {
  return extra.length === 0 ? command : wrong(kind, `“${extra.join(' ').slice(0, 60)}” is not understood.`);
}

function suggestion(verb: string): string {
  const near = nearest(verb, Object.keys(USAGE) as Command['kind'][]);
  if (near === null) return 'Type `/oms help` to see what there is.';
  return `Did you mean \`${USAGE[near]}\`?`;
}

/** The known word that somebody may have meant; null: none is near. */
export function nearest<Known extends string>(word: string, known: readonly Known[]): Known | null {
  const near = known
    .map((one) => ({ one, far: distance(word.toLowerCase(), one.toLowerCase()) }))
    .sort((left, right) => left.far - right.far)[0];
  return near === undefined || near.far > Math.max(2, word.length / 2) ? null : near.one;
}

function wrong(kind: Command['kind'], because: string): ReadCommand {
  return { ok: false, because: `${because} It looks like this: \`${USAGE[kind]}\`.` };
}

function withId(
  kind: Command['kind'],
  rest: readonly string[],
  then: (id: IncidentId) => ReadCommand,
): ReadCommand {
  if (rest[0] === undefined) return wrong(kind, 'It needs an incident.');
  const id = parseIncidentId(rest[0]);
  return id.ok ? then(id.value) : wrong(kind, id.because);
}

function hold(id: IncidentId, rest: readonly string[]): ReadCommand {
  const minutes = /^(\d{1,3})(?:m|min)?$/i.exec(rest[1] ?? '');
  const reason = rest.slice(2).join(' ');
  if (minutes === null) return wrong('hold', 'It needs the minutes, 1 to 20.');
  if (reason === '') return wrong('hold', 'It needs a reason.');
  return { ok: true, command: { kind: 'hold', id, minutes: Number(minutes[1]), reason } };
}

function freeze(rest: readonly string[]): ReadCommand {
  const time = /^(\d{1,4})(m|min|h|d)$/i.exec(rest[0] ?? '');
  const reason = rest.slice(1).join(' ');
  if (time === null) return wrong('freeze', 'It needs how long, 30m or 2h.');
  if (reason === '') return wrong('freeze', 'It needs a reason.');
  const minutes = Number(time[1]) * UNIT[(time[2] ?? 'm').toLowerCase() as keyof typeof UNIT];
  return { ok: true, command: { kind: 'freeze', minutes, reason } };
}

function report([runbook, ...words]: readonly string[]): ReadCommand {
  if (runbook === undefined) return wrong('report', 'It needs a runbook and what you heard.');
  if (words.length === 0) return wrong('report', 'It needs what you heard, behind the runbook.');
  return { ok: true, command: { kind: 'report', runbook, text: words.join(' ') } };
}

function diagnose(runbook: string, typed: readonly string[]): ReadCommand {
  const ids = idsTyped(typed);
  return ids.ok
    ? { ok: true, command: { kind: 'diagnose', runbook, ids: ids.value } }
    : wrong('diagnose', ids.because);
}

function stuckOrders(rest: readonly string[]): ReadCommand {
  const line = rest.join(' ').toLowerCase();
  const read = /^(?:([a-z_]+)(?=\s|$)(?<!older))?\s*(?:older than (-?\d{1,12})\s?(m|min|h|d))?$/.exec(line);
  if (read === null) return wrong('stuck-orders', `“${line.slice(0, 60)}” is not understood.`);
  const unit = read[3] as keyof typeof UNIT | undefined;
  const olderThanMinutes = unit === undefined ? null : Number(read[2]) * UNIT[unit];
  if (olderThanMinutes !== null && (olderThanMinutes < 1 || olderThanMinutes > LONGEST_MINUTES)) {
    return wrong('stuck-orders', `“older than ${read[2]}${read[3]}” is not between 1 min and 30 d.`);
  }
  return { ok: true, command: { kind: 'stuck-orders', status: read[1] ?? null, olderThanMinutes } };
}
