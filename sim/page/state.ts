import { personOf } from './acts.ts';
import type { PageParts } from './parts.ts';
import type { PageFailure, PageState } from './shapes.ts';

/** Everything that this person sees, in one piece. @throws Error when the page does not offer to be this one */
export async function stateFor(
  parts: PageParts,
  as: string,
  failures: readonly (PageFailure & { readonly user: string })[],
): Promise<PageState> {
  const { slack, pagerduty, clock, stories } = parts;
  const person = personOf(parts, as);
  const world = await parts.world.snapshot();
  const seen = slack
    .channels()
    .filter(({ kind, members, archived }) => !archived && (kind === 'public' || members.has(as)));
  return {
    me: as,
    personas: parts.personas,
    users: slack.users(),
    app: {
      name: slack.app.name,
      userId: slack.botUserId,
      commands: slack.app.commands.map(({ command, description }) => ({ command, description })),
      shortcuts: slack.app.shortcuts
        .filter(({ type }) => type === 'message')
        .map(({ name, callbackId }) => ({ name, callbackId })),
      usage: parts.usage,
    },
    channels: seen.map(({ id, name, kind, members }) => ({
      id,
      name,
      kind,
      member: members.has(as),
      unread: slack.channel(id).unread(as),
    })),
    messages: Object.fromEntries(seen.map(({ id }) => [id, slack.channel(id).all()])),
    ephemerals: person.ephemerals(),
    modals: person.modals(),
    failures: failures
      .filter(({ user }) => user === as)
      .map(({ id, channel, text, at }) => ({ id, channel, text, at })),
    pagerduty: pagerduty.incidents,
    world,
    scenarios: stories.all.map(({ id, title, runbook, cause }) => ({
      id,
      title,
      runbook,
      cause,
      running: world.scenarios.includes(id),
    })),
    clock: {
      offsetMs: clock.jumps().at(-1)?.offsetMs ?? 0,
      jumps: clock.jumps(),
      skipping: clock.skipping(),
    },
    problems: slack.problems,
  };
}
