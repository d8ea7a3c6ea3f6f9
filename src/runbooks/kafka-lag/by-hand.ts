import type { ByHand } from '../define-runbook.ts';
import { stands, verdictOf } from './causes.ts';
import type { KafkaData } from './checks.ts';

/** Runs after which data of others may be old or missing. */
const SENT_OR_SKIPPED = new Set(['R51', 'R51-skip', 'R52']);

/** 7.m: what only a person can do for Kafka. */
export const byHand: readonly ByHand<KafkaData>[] = [
  {
    id: 'm7.1',
    owner: 'platform',
    what: 'Give Kafka more room, in quiet hours if it can wait.',
    link: 'kafka',
    shown: 'while Kafka’s pods are near their limit (R53) and no broker is away (7.C1)',
    when: (judging) =>
      judging.findings.usage.verdict === 'broken' && verdictOf(judging, '7.C1') === 'ruled out'
        ? judging.findings.usage.line
        : null,
  },
  {
    id: 'm7.2',
    owner: 'owners of the groups behind',
    what: 'Look whether your data are fresh again.',
    link: null,
    shown: 'after messages were skipped (R51) or sent again (R52)',
    ends: { after: ['R51', 'R51-skip', 'R52'], begins: 'Ask the owner' },
    when({ incident }) {
      const run = incident.runs.findLast(
        ({ action, outcome }) => SENT_OR_SKIPPED.has(action) && outcome === 'done',
      );
      if (run === undefined) return null;
      return run.action === 'R52'
        ? 'Events were sent again.'
        : 'Messages were skipped, and nobody has handled them.';
    },
  },
  {
    id: 'm7.3',
    owner: 'orders',
    what: 'Fix the producer or the consumer, or park these messages.',
    link: 'repository',
    shown: 'while events cannot be serialized or read (7.C3)',
    when: (judging) =>
      stands(judging, '7.C3')
        ? `They fail again however often they are sent; dead letters leave after ${judging.thresholds.deadLettersDays} days.`
        : null,
  },
];
