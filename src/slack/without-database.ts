import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { KnownIds } from '../domain/alert.ts';
import { readCommand, USAGE } from '../intake/command.ts';
import type { DatabaseWatch } from '../pipeline/database-outage.ts';
import { lookLive } from '../pipeline/look-live.ts';
import type { Parts } from '../pipeline/parts.ts';
import { findRunbook, titlesOf } from '../runbooks/catalogue.ts';
import type { AnyRunbook } from '../runbooks/define-runbook.ts';
import { databaseGone, notConfirmed } from '../views/database.ts';
import { details } from '../views/details.ts';
import type { Message } from '../views/kit.ts';
import { commands, help, reply } from '../views/plain.ts';
import { noSuchRunbook, stepsOf, stuckPage } from './commands.ts';
import { findOwn, newestOf, post } from './post.ts';

const GONE = 'database gone';

/** What a person sent and nobody could store. `late`: it may have been stored all the same. */
export type Unstored = 'gone' | 'late';

/** Answers people whose delivery could not be stored. It stands before all other listeners. */
export function listenWithoutDatabase(app: App, parts: Parts, watch: DatabaseWatch): void {
  app.use(async (heard) => {
    const unstored = heard.context['unstored'] as Unstored | undefined;
    if (unstored === undefined) {
      await heard.next();
      return;
    }
    const since = watch.since() ?? parts.clock.now();
    watch.answered();
    if ('command' in heard && heard.command !== undefined) {
      const answers =
        unstored === 'late' ? [notConfirmed()] : await answerLive(parts, heard.command.text, since);
      for (const message of answers) await heard.respond({ response_type: 'ephemeral', ...message });
      return;
    }
    if ('respond' in heard && heard.respond !== undefined) {
      const answer = unstored === 'late' ? notConfirmed() : databaseGone(since, 'What you pressed');
      await heard.respond({ response_type: 'ephemeral', replace_original: false, ...answer });
    }
  });
}

/** `/oms` while nothing can be recorded: the two questions that need no record are asked live. */
async function answerLive(parts: Parts, text: string, since: number): Promise<readonly Message[]> {
  const read = readCommand(text);
  if (!read.ok) return [reply(read.because)];
  const { command } = read;
  const now = parts.clock.now();
  switch (command.kind) {
    case 'help':
      return [help(USAGE), databaseGone(since, null)];
    case 'stuck-orders': {
      const page = await stuckPage(parts, command.status, command.olderThanMinutes, null, now);
      const runbook = findRunbook('stuck-orders');
      return [
        databaseGone(since, null),
        page,
        ...(runbook === null ? [] : [commands(runbook.title, stepsOf(parts, runbook))]),
      ];
    }
    case 'diagnose': {
      const runbook = findRunbook(command.runbook);
      if (runbook === null) return [noSuchRunbook(command.runbook)];
      return [databaseGone(since, null), ...(await found(parts, runbook, now, command.ids))];
    }
    default:
      return [databaseGone(since, `\`/oms ${command.kind}\``)];
  }
}

async function found(
  parts: Parts,
  runbook: AnyRunbook,
  now: number,
  ids: KnownIds,
): Promise<readonly Message[]> {
  const look = await lookLive(parts, runbook, now, ids);
  return [
    details({ of: runbook.title, diagnosis: { ...look, at: now }, titleOf: titlesOf(runbook.id) }),
    commands(runbook.title, stepsOf(parts, runbook, look.findings)),
  ];
}

/**
 * Says in the channel that our database is gone, unless the newest word about it there says so already: replicas have
 * nothing else in common now. Resolves with the message's time stamp.
 */
export async function sayDatabaseGone(
  client: WebClient,
  channel: string,
  since: number,
): Promise<string | null> {
  const place = { channel, threadTs: null };
  const newest = await newestOf(client, channel, (key) => key.startsWith('database '));
  if (newest?.key === GONE) return newest.ts;
  const said = await post(client, place, GONE, databaseGone(since, null));
  if (said.kind !== 'shown') return null;
  // Two replicas that looked at the same moment both said it: the older one stays.
  return (await findOwn(client, place, GONE, newest?.ts ?? said.ts)) ?? said.ts;
}
