import type { PagerDutyIncident } from '../pagerduty/incident.ts';
import type { Ephemeral, Message, OpenView, User } from '../slack/state/types.ts';
import type { WorldSnapshot } from '../world/snapshot.ts';

/** One channel as one person sees it in the list. */
export interface PageChannel {
  readonly id: string;
  /** Empty for the app's direct messages. */
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly unread: number;
  readonly member: boolean;
}

/** Somebody the visitor of the page can be. */
export interface Persona {
  readonly id: string;
  /** What this person may do, in a few words. */
  readonly role: string;
}

/** What Slack showed as not working, with its real time. */
export interface PageFailure {
  readonly id: number;
  readonly channel: string | null;
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface PageScenario {
  readonly id: string;
  readonly title: string;
  readonly runbook: string;
  readonly cause: string;
  readonly running: boolean;
}

/** From this real moment on the story ran ahead by so much. */
export interface Jump {
  readonly at: number;
  readonly offsetMs: number;
}

/** Everything that one person sees. */
export interface PageState {
  readonly me: string;
  readonly personas: readonly Persona[];
  readonly users: readonly User[];
  readonly app: {
    readonly name: string;
    readonly userId: string;
    readonly commands: readonly { readonly command: string; readonly description: string }[];
    /** What the menu of a message offers. */
    readonly shortcuts: readonly { readonly name: string; readonly callbackId: string }[];
    /** Whole lines that the bot understands. */
    readonly usage: readonly string[];
  };
  readonly channels: readonly PageChannel[];
  /** By channel id, replies too, oldest first. */
  readonly messages: Readonly<Record<string, readonly Message[]>>;
  readonly ephemerals: readonly Ephemeral[];
  /** The one on top last. */
  readonly modals: readonly OpenView[];
  readonly failures: readonly PageFailure[];
  readonly pagerduty: readonly PagerDutyIncident[];
  readonly world: WorldSnapshot;
  readonly scenarios: readonly PageScenario[];
  readonly clock: { readonly offsetMs: number; readonly jumps: readonly Jump[]; readonly skipping: boolean };
  /** What Slack refused of the app, one line each. */
  readonly problems: readonly string[];
}

/** What the page got for something that a person did. */
export type Acted =
  | { readonly ok: true; readonly result?: unknown }
  | { readonly ok: false; readonly because: string };
