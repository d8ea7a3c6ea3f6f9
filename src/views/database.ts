import { type Message, message, section } from './kit.ts';
import { clock, type Words, words } from './words.ts';

const STILL = words`\`/oms diagnose <runbook>\` and \`/oms stuck-orders\` still look live and give the commands to type.`;

/** Our own database is gone; for the channel and as the answer to what needs it. `asked`: what somebody wanted. */
export function databaseGone(since: number, asked: string | null): Message {
  const head = words`Our own database has not answered since ${clock(since)}. Nothing is recorded, so nothing is run.`;
  return plain(asked === null ? head : words`${head} ${asked} was not done.`, STILL);
}

export function databaseBack(from: number, to: number): Message {
  const minutes = Math.max(1, Math.round((to - from) / 60_000));
  return plain(
    words`Our own database answers again. It was away from ${clock(from)} to ${clock(to)}, ${minutes} min; what was pressed meanwhile was not started.`,
  );
}

/** A delivery that may or may not have been stored. */
export function notConfirmed(): Message {
  return plain(
    words`Not confirmed: our database did not answer in time. It may still run; pressing again cannot run it twice.`,
  );
}

function plain(...lines: readonly Words[]): Message {
  const whole = words`${lines[0] ?? ''}${lines[1] === undefined ? '' : words` ${lines[1]}`}`;
  return message(whole, [section(lines)]);
}
