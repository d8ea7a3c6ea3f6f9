import { nextRung } from '../../src/domain/escalation.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { CardView } from '../../src/views/incident-card.ts';
import { aRules } from '../support/builders.ts';
import { aFinding, anIncident, anOffer, aRun, OPENED } from '../support/incidents.ts';

const MINUTE = 60_000;

const impact: Incident['impact'] = {
  known: true,
  affected: 37,
  total: 412,
  windowMinutes: 30,
  source: 'orders table',
  means: 'stuck in processing',
  at: OPENED + MINUTE,
};

const findings = [
  aFinding('broken', '37 orders have been in processing for over 2 h, the oldest for 4 h 10 min.', 'R16'),
  aFinding('unknown', 'Prometheus did not answer within 2 s.', 'X2'),
  aFinding('skipped', 'Kafka is not connected.', 'R17'),
  aFinding('healthy', '4 of 4 pods of the order service are ready.', 'R1'),
  aFinding('healthy', 'image 1.42.0 → 1.43.0 on order-service, 9 min before the first symptom.', 'X1'),
];
const causes = [
  {
    id: '3.C2',
    title: 'Workflow engine away',
    verdict: 'supported',
    because: '0 of 2 pods are ready.',
    outside: true,
  },
  {
    id: '3.C4',
    title: 'Warehouse does not take our calls',
    verdict: 'ruled out',
    because: 'It answers.',
    outside: true,
  },
  {
    id: '3.C1',
    title: 'Events never got to Kafka',
    verdict: 'open',
    because: 'Not looked at.',
    outside: true,
  },
] as const;

const retry = anOffer({
  targets: ['ord_aaa111', 'ord_bbb222'],
  preview: ['The workflow of 2 orders starts again.'],
  recommended: 'orders are stuck and a retry does no harm',
});
const restart = anOffer({
  id: 'offer-2',
  title: 'Restart workflow engine',
  tier: 'disruptive',
  targets: ['deployment/workflow-engine'],
  preview: ['2 pods of generation 7 → 2 new pods.'],
  notes: ['The others go on serving.'],
  binding: { kind: 'exact', expected: '7', words: 'Only while the generation is still 7.' },
});
const setStatus = anOffer({
  id: 'offer-3',
  title: 'Set status by hand',
  tier: 'guarded',
  preview: ['ord_aaa111 is processing now.'],
  notes: ['Nothing undoes it; the old status stays in the journal.'],
  binding: { kind: 'exact', expected: 'processing', words: 'Only while ord_aaa111 is still processing.' },
  fields: [
    { name: 'status', label: 'New status', kind: 'select', options: [{ value: 'shipped', text: 'shipped' }] },
    {
      name: 'reason',
      label: 'Reason',
      kind: 'long-text',
      minLength: 15,
      maxLength: 500,
      hint: 'For the audit log.',
    },
    { name: 'unchecked', label: 'Not checked', kind: 'tick', options: [{ value: 'yes', text: 'I know.' }] },
  ],
});
const more = [1, 2].map((n) =>
  anOffer({
    id: `offer-re${n}`,
    title: 'Republish events',
    targets: [`ord_more${n}`],
    preview: [`The events of ord_more${n} are sent again.`],
  }),
);
const waiting = anOffer({ id: 'offer-4', title: 'Scale up', waits: 'the gateway does not answer' });
const offers = [retry, restart, setStatus, ...more, waiting];

const asked = anOffer({
  ...setStatus,
  id: 'offer-5',
  fields: [],
  preview: ['ord_aaa111 is processing now.', 'status: shipped', 'reason: the parcel was seen'],
  requestedBy: 'URESPONDER',
  expiresAt: OPENED + 20 * MINUTE,
});

const broken = (change: Partial<Incident> = {}) =>
  anIncident(findings, { impact, offers, ...change }, causes);
const proven = (verdict: NonNullable<ReturnType<typeof aRun>['proof']>['verdict'], line: string) =>
  broken({ offers: [retry], runs: [aRun({}, { verdict, line })] });

const INCIDENTS = {
  opening: anIncident([], { diagnosis: null }),
  'broken with offers': broken({
    acknowledged: { by: 'URESPONDER', at: OPENED + MINUTE },
    sources: [
      {
        source: 'alertmanager',
        key: 'f1',
        state: 'firing',
        tellsResolved: true,
        code: 'WORKFLOW_STUCK',
        summary: 'OrdersStuck',
        startsAt: OPENED,
        since: OPENED,
        url: 'http://prometheus/graph?g0.expr=a&g0.tab=1',
        by: null,
      },
    ],
  }),
  'impact unknown': broken({
    offers: [],
    impact: { known: false, because: '9 of 11 orders: too few to say.', at: OPENED },
  }),
  'orders missing': broken({
    impact: { ...impact, affected: 31, total: 40, windowMinutes: 60, missing: 28 },
  }),
  'could not look': anIncident([aFinding('unknown', 'The order service did not answer within 2 s.')]),
  'running with progress': broken({
    offers: [],
    runs: [
      aRun({
        state: 'running',
        endedAt: null,
        outcome: null,
        counts: { planned: 1, done: 1, failed: 0, unknown: 0, unsent: 0 },
      }),
    ],
  }),
  'proof runs': broken({
    offers: [],
    runs: [aRun({}, { nextAt: OPENED + 4 * MINUTE, line: '0 of 2 finished.' })],
  }),
  'proof helped': proven('helped', '2 of 2 finished.'),
  'proof helped partly': proven('partly helped', '1 of 2 finished.'),
  'proof did not help': proven('did not help', '0 of 2 finished.'),
  'proof could not tell': proven('could not tell', 'The orders could not be read.'),
  'waiting for a second person': broken({ offers: [retry, asked] }),
  mitigated: anIncident([aFinding('healthy', 'No order is stuck.')], {
    impact,
    state: 'mitigated',
    mitigated: { since: OPENED, until: OPENED + 40 * MINUTE, because: 'A restart helped.' },
  }),
  'watched and unseen': anIncident([aFinding('unknown', 'The order service did not answer.')], {
    impact,
    state: 'mitigated',
    mitigated: {
      since: OPENED,
      until: OPENED + 40 * MINUTE,
      because: 'A restart helped.',
      unseenSince: OPENED + 18 * MINUTE,
    },
  }),
  held: broken({
    offers: [],
    hold: { by: 'URESPONDER', at: OPENED, until: OPENED + 30 * MINUTE, reason: 'the gateway answers again' },
  }),
  escalated: broken({
    offers: [],
    climbed: [
      {
        rung: 1,
        reason: 'impact',
        because: '37 of 90 orders (41 %) are affected, more than 25 %.',
        at: OPENED + MINUTE,
        paged: true,
        by: null,
      },
    ],
  }),
  resolved: broken({
    state: 'resolved',
    offers: [],
    resolution: { at: OPENED + 50 * MINUTE, by: 'pagerduty:Ann Lee', because: 'the provider is back' },
  }),
} as const;

const view = (incident: Incident, byHand: CardView['byHand'] = []): CardView => ({
  incident,
  title: 'Orders stuck in processing',
  next: nextRung(incident, aRules().escalation),
  byHand,
  links: [{ label: 'Runbook', url: 'https://wiki.example/runbooks/3' }],
});

const advised = broken({ offers: [] });
const step = {
  incident: 'OMS-1',
  link: null,
  answers: null,
  tick: null,
  done: false,
  old: false,
  more: false,
  text: false,
} as const;
const STEPS: NonNullable<CardView['byHand']> = [
  {
    ...step,
    step: 'm3.1',
    what: 'Ask the warehouse whether our orders arrive.',
    owner: 'warehouse',
    because: 'The engine could not be asked.',
    link: { key: 'warehouseStatus', url: null },
    answers: ['they arrive', 'they do not'],
  },
  {
    ...step,
    step: 'm3.4',
    what: 'Look at the provider’s status page.',
    owner: 'on-call',
    because: 'The bot does not read it.',
    link: { key: 'gatewayStatus', url: 'https://status.example/?a=1&b=2' },
    answers: ['up', 'incident'],
    tick: { step: 'm3.4', answer: 'incident', by: 'UANNA', at: OPENED + 12 * MINUTE },
  },
  {
    ...step,
    step: 'm3.5',
    what: 'Look at the carrier’s status page.',
    owner: 'on-call',
    because: 'The bot does not read it.',
    answers: ['up', 'incident'],
    tick: { step: 'm3.5', answer: 'up', by: 'UANNA', at: OPENED },
    old: true,
  },
  {
    ...step,
    step: 'm3.6',
    what: 'Open a case with the provider.',
    owner: 'payments',
    because: '41 % of orders are affected.',
    link: { key: 'gatewaySupport', url: 'https://support.example' },
    text: true,
  },
  {
    ...step,
    step: 'm3.7',
    what: 'Switch to the backup processor.',
    owner: 'payments',
    because: 'The gateway is down.',
    tick: { step: 'm3.7', answer: 'done', by: 'UBEN', at: OPENED + 14 * MINUTE },
    done: true,
  },
];

const DEED: NonNullable<CardView['byHand']> = [
  {
    ...step,
    step: 'm3.8',
    what: 'Refund in the gateway’s dashboard.',
    owner: 'whoever asked',
    because: 'A retry will not bring ref_ccc333.',
    answers: ['refunded', 'not refunded'],
    tick: { step: 'm3.8', answer: 'refunded', by: 'UANNA', at: OPENED },
    more: true,
  },
];

/** Every state in which a card can stand, by name. */
export const CARDS: readonly (readonly [name: string, view: CardView])[] = [
  ...Object.entries(INCIDENTS).map(([name, incident]) => [name, view(incident)] as const),
  [
    'steps by hand and advice',
    view(
      {
        ...advised,
        diagnosis: advised.diagnosis && {
          ...advised.diagnosis,
          advice: [{ id: '3.B1', line: 'Orders that wait are not lost.' }],
        },
      },
      STEPS,
    ),
  ],
  ['a deed by hand', view(advised, DEED)],
];

export const FORM = setStatus;
export const ASKS_FIRST = restart;
