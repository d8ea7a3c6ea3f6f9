import type { Alert, KnownIds } from './alert.ts';
import type { CauseHistory } from './cause-history.ts';
import type { Duty } from './duty.ts';
import type { Finding, JudgedCause, StepName, Verdict } from './finding.ts';
import type { IncidentId, OfferId, PersonId, RunId } from './ids.ts';
import type { Impact } from './impact.ts';
import type { Offer } from './offer.ts';
import type { Run } from './run.ts';
import type { RunbookId, Severity, TeamId } from './severity.ts';

/** Who said so, and whether they still do. */
export interface Source {
  readonly source: Alert['source'];
  readonly key: string;
  readonly state: 'firing' | 'resolved';
  readonly tellsResolved: boolean;
  readonly code: string | null;
  readonly summary: string;
  readonly startsAt: number | null;
  readonly since: number;
  readonly url: string | null;
  readonly by: PersonId | null;
  /** Somebody's complaint; its text stands in the journal only. */
  readonly complaint?: boolean;
}

/** How often people complained, and when first, epoch ms; null: nobody did. */
export function complaintsOf({ sources }: Pick<Incident, 'sources'>): {
  readonly count: number;
  readonly firstAt: number | null;
} {
  const times = sources.flatMap(({ complaint, since }) => (complaint === true ? [since] : []));
  return { count: times.length, firstAt: times.length === 0 ? null : Math.min(...times) };
}

/** One step of the escalation ladder, copied into the incident when it opens. */
export interface Rung {
  readonly number: 1 | 2 | 3;
  readonly team: TeamId;
  /** Channel names with `#`, and e-mail addresses of people (rung 3). */
  readonly channels: readonly string[];
  readonly people: readonly string[];
  /** Whether time alone pages PagerDuty here; the 25 % rule and *at once* always do. */
  readonly pages: boolean;
  /** Minutes after the clock's start (rung 1) or after the rung before. */
  readonly afterMinutes: number;
}

export type TripReason = 'time' | 'impact' | 'at once' | 'asked';

export interface Climbed {
  readonly rung: Rung['number'];
  readonly reason: TripReason;
  readonly because: string;
  readonly at: number;
  readonly paged: boolean;
  /** Who asked, where a person did. */
  readonly by: PersonId | null;
}

/** A step that only a person can do: runbook, number. */
export type ByHandId = `m${number}.${number}`;

/** Somebody did a step by hand, or says what they saw. */
export interface Tick {
  readonly step: ByHandId;
  /** *done*, or one of the step's own answers. */
  readonly answer: string;
  readonly by: PersonId;
  readonly at: number;
}

export interface Diagnosis {
  /** Counts from 1; the same incident asks again and again. */
  readonly round: number;
  readonly at: number;
  readonly tookMs: number;
  readonly findings: readonly Finding[];
  readonly causes: readonly JudgedCause[];
  /** What the runbook says at this moment, one sentence each, by the bullet that says it. */
  readonly advice: readonly { readonly id: string; readonly line: string }[];
  /** Steps by hand that matter now, each with why. */
  readonly byHand: readonly { readonly id: ByHandId; readonly because: string }[];
  /** Why the runbook says not to wait for the clock; null when it doesn't. */
  readonly atOnce: string | null;
}

/** What a question that only a person may ask came to (R26, R32); the newest of each step. */
export interface PersonsAnswer {
  readonly step: StepName;
  readonly verdict: Exclude<Verdict, 'skipped'>;
  readonly line: string;
  readonly by: PersonId;
  readonly at: number;
}

export interface Resolution {
  readonly at: number;
  readonly by: PersonId | null;
  readonly because: string;
}

/** What we hold open about trouble: at most one open per runbook and scope. The fold of its journal. */
export interface Incident {
  readonly id: IncidentId;
  readonly runbook: RunbookId;
  readonly scope: string;
  readonly severity: Severity;
  readonly environment: string;
  readonly state: 'open' | 'mitigated' | 'resolved';
  /** Rises at each reopening. */
  readonly generation: number;
  /** Rises with each commit; compared on save. */
  readonly version: number;
  readonly openedAt: number;
  /** When it was last reopened; null: never. Absent from what an older version kept, as `failedAt` is. */
  readonly reopenedAt?: number | null;
  /** When the same last failed, at most twice, oldest first: at a start, each time it came back after a watch or an end. */
  readonly failedAt?: readonly number[];
  /** The 20-minute rule counts from here: the alert's own start where it names one. */
  readonly clockStartedAt: number;
  /** When the card first stood in the channel; null until then. */
  readonly announcedAt: number | null;
  readonly sources: readonly Source[];
  readonly ids: KnownIds;
  readonly answers: readonly PersonsAnswer[];
  /** Steps by hand that somebody ticked off; the newest of each step. */
  readonly ticks: readonly Tick[];
  readonly diagnosis: Diagnosis | null;
  /** Story time of the next whole look; null while resolved. */
  readonly lookAt: number | null;
  /** When the newest unbroken row of healthy rounds began; null when the last one was not. */
  readonly healthySince: number | null;
  /** Causes that were supported in this incident, by id. */
  readonly causeHistory: CauseHistory;
  /** When it was first seen broken since it was last healthy; rounds that could not tell change nothing. */
  readonly brokenSince: number | null;
  readonly impact: Impact | null;
  /** The largest share that was counted; absent from what an older version kept. */
  readonly worstImpact?: Impact | null;
  readonly offers: readonly Offer[];
  readonly runs: readonly Run[];
  /** What runs left for people to do, also what is done. */
  readonly owed: readonly Duty[];
  readonly ladder: readonly Rung[];
  readonly climbed: readonly Climbed[];
  readonly acknowledged: { readonly by: PersonId; readonly at: number } | null;
  readonly hold: {
    readonly by: PersonId;
    readonly at: number;
    readonly until: number;
    readonly reason: string;
  } | null;
  /** Runs after which the incident was watched as mitigated; a relapse does not watch the same one again. */
  readonly watched: readonly RunId[];
  /** Healthy because of a restart or a temporary change: watched until then. */
  readonly mitigated: {
    readonly since: number;
    readonly until: number;
    readonly because: string;
    /** Since when the checks cannot tell whether it still is; absent: they can. */
    readonly unseenSince?: number;
  } | null;
  readonly resolution: Resolution | null;
}

/** The journal's words. The chain names type, time, who and what; all else stands beside it (docs/decisions/0004). */
export type IncidentEvent =
  | {
      readonly type: 'opened';
      readonly id: IncidentId;
      readonly runbook: RunbookId;
      readonly scope: string;
      readonly severity: Severity;
      readonly environment: string;
      readonly clockStartedAt: number;
      readonly ladder: readonly Rung[];
      /** When the same last failed, where it was only healed for now; absent: it was not. */
      readonly failedBefore?: number;
      readonly at: number;
    }
  | { readonly type: 'reopened'; readonly because: string; readonly at: number }
  | {
      readonly type: 'raised';
      readonly severity: Severity;
      readonly ladder: readonly Rung[];
      readonly because: string;
      readonly at: number;
    }
  | { readonly type: 'alert joined'; readonly alert: Alert; readonly at: number }
  | {
      readonly type: 'alert resolved';
      readonly source: Alert['source'];
      readonly key: string;
      readonly at: number;
    }
  | {
      readonly type: 'ids brought';
      readonly ids: KnownIds;
      readonly by: PersonId;
      readonly at: number;
    }
  /** Something worth telling of what was sent, as *the sender cut its list*. */
  | { readonly type: 'remarked'; readonly remark: string; readonly at: number }
  | { readonly type: 'announced'; readonly at: number }
  | { readonly type: 'look asked'; readonly lookAt: number; readonly because: string; readonly at: number }
  | {
      readonly type: 'diagnosed';
      readonly diagnosis: Diagnosis;
      readonly lookAt: number;
      readonly impact: Impact;
      readonly offers: readonly Offer[];
      readonly at: number;
    }
  | { readonly type: 'requested'; readonly offer: Offer; readonly by: PersonId; readonly at: number }
  | { readonly type: 'withdrawn'; readonly offer: OfferId; readonly because: string; readonly at: number }
  | {
      readonly type: 'refused';
      readonly offer: OfferId;
      readonly by: PersonId;
      readonly because: string;
      readonly at: number;
    }
  | {
      readonly type: 'approved';
      readonly offer: OfferId;
      readonly by: PersonId;
      readonly run: Run;
      readonly at: number;
    }
  | {
      readonly type: 'run updated';
      readonly run: RunId;
      readonly change: Partial<Run>;
      readonly because: string;
      readonly at: number;
    }
  | {
      readonly type: 'mitigated';
      readonly run: RunId;
      readonly until: number;
      readonly because: string;
      readonly at: number;
    }
  | { readonly type: 'owed'; readonly duties: readonly Duty[]; readonly at: number }
  | { readonly type: 'reminded'; readonly duty: string; readonly times: number; readonly at: number }
  | { readonly type: 'duty done'; readonly duty: string; readonly by: PersonId; readonly at: number }
  | { readonly type: 'answered'; readonly answer: PersonsAnswer; readonly at: number }
  | { readonly type: 'ticked'; readonly tick: Tick; readonly at: number }
  | { readonly type: 'relapsed'; readonly because: string; readonly at: number }
  | { readonly type: 'acknowledged'; readonly by: PersonId; readonly at: number }
  | {
      readonly type: 'held';
      readonly by: PersonId;
      readonly until: number;
      readonly reason: string;
      readonly at: number;
    }
  | { readonly type: 'climbed'; readonly climbed: Climbed; readonly at: number }
  | {
      readonly type: 'resolved';
      readonly by: PersonId | null;
      readonly because: string;
      readonly at: number;
    };
