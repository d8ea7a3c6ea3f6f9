import { begin } from '../../src/domain/evolve.ts';
import type { Finding, Verdict } from '../../src/domain/finding.ts';
import type { Incident, Source } from '../../src/domain/incident.ts';
import type { Offer } from '../../src/domain/offer.ts';
import type { Proof, Run } from '../../src/domain/run.ts';
import { anOpened } from './builders.ts';

const MINUTE = 60_000;
/** When the incident of these builders opened. */
export const OPENED = anOpened().at;

export function anOffer(change: Partial<Offer> = {}): Offer {
  return {
    id: 'offer-1',
    action: 'R20',
    title: 'Retry workflow',
    tier: 'safe',
    targets: ['ord_aaa111'],
    parameters: {},
    preview: ['The workflow of 1 order starts again.'],
    binding: { kind: 'subset', words: 'Orders that left processing meanwhile are left alone.' },
    recommended: null,
    waits: null,
    fields: [],
    equivalent: 'curl …',
    question: false,
    form: null,
    requestedBy: null,
    at: OPENED,
    expiresAt: null,
    ...change,
  };
}

export function aFinding(verdict: Verdict, line: string, step: Finding['step'] = 'R16'): Finding {
  return { step, verdict, line, evidence: [], data: null, at: OPENED + MINUTE, tookMs: 40 };
}

/** A run that has ended; with a proof where one is given. */
export function aRun(change: Partial<Run> = {}, proof: Partial<Proof> | null = null): Run {
  return {
    id: 'run-1',
    offer: 'offer-1',
    form: null,
    action: 'R20',
    title: 'Retry workflow',
    targets: ['ord_aaa111', 'ord_bbb222'],
    parameters: {},
    by: 'URESPONDER',
    requestedBy: null,
    approvedAt: OPENED + 2 * MINUTE,
    state: 'ended',
    beganAt: OPENED + 2 * MINUTE,
    endedAt: OPENED + 3 * MINUTE,
    counts: { planned: 0, done: 2, failed: 0, unknown: 0, unsent: 0 },
    outcome: 'done',
    line: '2 asked, 2 taken.',
    proof:
      proof === null
        ? null
        : {
            plan: { everyMs: MINUTE, withinMs: 15 * MINUTE, alike: 2, words: 'The orders leave processing.' },
            since: OPENED + 3 * MINUTE,
            nextAt: null,
            samples: [],
            verdict: null,
            line: '2 of 2 finished.',
            ...proof,
          },
    question: false,
    mitigates: false,
    ...change,
  };
}

/** A diagnosed incident; findings and what else matters are given. */
export function anIncident(
  findings: readonly Finding[],
  change: Partial<Incident> = {},
  causes: NonNullable<Incident['diagnosis']>['causes'] = [],
): Incident {
  const at = OPENED + MINUTE;
  return {
    ...begin(anOpened()),
    diagnosis: { round: 1, at, tookMs: 80, findings, causes, advice: [], byHand: [], atOnce: null },
    ...change,
  };
}

/** An alert that fires, and whose source says when it does not any more. */
export const FIRING: Source = {
  source: 'alertmanager',
  key: 'a',
  state: 'firing',
  tellsResolved: true,
  code: null,
  summary: 'x',
  startsAt: null,
  since: OPENED,
  url: null,
  by: null,
};
