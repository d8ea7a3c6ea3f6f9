import type { Answer, Transport } from '../delivery/transport.ts';
import type { InstalledApp } from '../installation.ts';
import type { ResponseUrls, Triggers } from '../interactivity.ts';
import type { Channel, Failure, Json, User } from '../state/types.ts';
import { OWN, type Workspace } from '../state/workspace.ts';
import type { Views } from '../views.ts';

/** What everybody at a keyboard works with. */
export interface Desk {
  readonly workspace: Workspace;
  readonly app: InstalledApp;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly responses: ResponseUrls;
  readonly transport: Transport;
  /** The app did something that Slack would not take where no API call tells it so. */
  readonly problem: (what: string) => void;
}

/** Slack's own words for what did not work. */
export const TROUBLE = 'We had some trouble connecting. Try again?';

/** One person in front of the workspace. */
export interface Actor extends Desk {
  readonly user: User;
}

/** The channel, when this person can see it. @throws Error otherwise: a test that looks there is wrong */
export function seenChannel({ workspace, user }: Actor, idOrName: string): Channel {
  const channel = workspace.findChannel(idOrName);
  if (channel === null || (channel.kind !== 'public' && !channel.members.has(user.id))) {
    throw new Error(`${user.name} sees no channel ${idOrName}.`);
  }
  return channel;
}

/** The fields that every interaction starts with. */
export function common({ user }: Actor): Json {
  return {
    team: { id: OWN.team, domain: OWN.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: OWN.team },
    api_app_id: OWN.app,
    token: 'deprecated',
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Sends an interaction; when nobody answers in time, the person is shown what Slack shows. */
export async function interact(
  actor: Actor,
  payload: Json,
  options: { readonly acceptsAnswer: boolean; readonly channel: string | null },
): Promise<Answer> {
  const answer = actor.app.interactive
    ? await actor.transport.send({
        type: 'interactive',
        payload,
        acceptsAnswer: options.acceptsAnswer,
        retry: { attempt: 0, reason: '' },
      })
    : ({ ok: false, reason: 'interactivity_disabled' } as const);
  if (!answer.ok) fail(actor, options.channel, errorName(answer), TROUBLE);
  return answer;
}

export function fail(
  { workspace, user }: Actor,
  channel: string | null,
  error: string,
  text: string,
): Failure {
  return workspace.showFailure({ user: user.id, channel, error, text });
}

/** `operation_timeout` when the app was reached and did not answer in time; else it could not be told at all. */
export function errorName(answer: Answer): string {
  if (answer.ok) return '';
  if (answer.reason === 'interactivity_disabled') return answer.reason;
  return answer.reason.includes('timeout') ? 'operation_timeout' : 'dispatch_failed';
}
