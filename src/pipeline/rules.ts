import type { Approvers } from '../domain/approval.ts';
import type { DutyTeam } from '../domain/duty.ts';
import type { EscalationRules } from '../domain/escalation.ts';
import type { Rung } from '../domain/incident.ts';
import type { Severity, TeamId } from '../domain/severity.ts';
import type { Names } from '../runbooks/names.ts';
import type { Thresholds } from '../runbooks/thresholds.ts';

/** Deadlines and leases of real time, ms. A call has ended before its lease does (design §4). */
export interface Timing {
  /** One call of a lever: one change of one target. */
  readonly callMs: number;
  /** All questions of one read-back, one binding or one sample together; a batch asks about each of its orders. */
  readonly readMs: number;
  /** Whoever is lost with a run is taken over after this. */
  readonly runLeaseMs: number;
  readonly deliveryMs: number;
  /** A look's lease outlives its own deadline by this. */
  readonly lookSlackMs: number;
  /** The whole diagnosis (design §5). */
  readonly diagnosisMs: number;
  /** Whoever speaks in the background is taken over after this (design §4: within 5 s). */
  readonly voiceMs: number;
  /** One call of the background voice to Slack. */
  readonly slackCallMs: number;
  /** After a post was sent a second time, Slack is asked once more this much later whether the first came after all. */
  readonly slackDoubtMs: number;
  /** Slack is silent for so long: summaries go to PagerDuty (design §6). */
  readonly slackOutageMs: number;
  /** Our own database is silent for so long: people are told. */
  readonly databaseGoneMs: number;
}

export const TIMING: Timing = {
  callMs: 3_000,
  readMs: 8_000,
  runLeaseMs: 4_500,
  deliveryMs: 5_000,
  lookSlackMs: 2_000,
  diagnosisMs: 5_000,
  voiceMs: 4_000,
  slackCallMs: 10_000,
  slackDoubtMs: 30_000,
  slackOutageMs: 60_000,
  databaseGoneMs: 5_000,
};

/** What the pipeline is told by the configuration, in its own words. */
export interface Rules {
  readonly environment: string;
  readonly service: string;
  /** Of the service, for whoever is paged. */
  readonly criticality: string;
  readonly escalation: EscalationRules & {
    readonly afterMinutes: number;
    readonly rungEveryMinutes: number;
  };
  readonly approvals: Approvers & { readonly expireAfterMinutes: number };
  readonly channels: Readonly<Record<TeamId, string>> & { readonly alerts: string };
  /** Where what is owed is posted, by team; a team without one finds it in `/oms owed`. */
  readonly dutyChannels: Readonly<Partial<Record<DutyTeam, string>>>;
  /** Whose data each consumer group brings, where that is configured. */
  readonly groupOwners: Readonly<Record<string, DutyTeam>>;
  /** Pages of the company and of others, by their keys in `oms.yaml`. */
  readonly links: Readonly<Record<string, string>>;
  readonly people: readonly string[];
  /** Whether anybody can be paged at all. */
  readonly pager: boolean;
  readonly names: Names;
  readonly thresholds: Thresholds;
  readonly timing: Timing;
  readonly lookEveryMs: number;
}

/** The ladder as it is copied into an incident when it opens (design §6). */
export function ladderFor(severity: Severity, team: TeamId, rules: Rules): readonly Rung[] {
  const urgent = severity === 'critical' || severity === 'high';
  const { afterMinutes, rungEveryMinutes } = rules.escalation;
  const first: Rung = {
    number: 1,
    team,
    channels: [rules.channels[team]],
    people: [],
    pages: urgent,
    afterMinutes,
  };
  const second: Rung = {
    number: 2,
    team: 'platform',
    channels: [rules.channels.platform],
    people: [],
    // Declined cards are nobody's emergency (runbook-knowledge 1.C5).
    pages: severity !== 'low',
    afterMinutes: rungEveryMinutes,
  };
  if (!urgent) return [first, second];
  const third: Rung = {
    number: 3,
    team,
    channels: [],
    people: rules.people,
    pages: true,
    afterMinutes: rungEveryMinutes,
  };
  return [first, second, third];
}
