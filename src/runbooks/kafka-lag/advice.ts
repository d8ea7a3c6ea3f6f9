import { isOver } from '../../domain/cause-history.ts';
import type { Advice, Judging } from '../define-runbook.ts';
import { quieter } from '../shared/quiet-hours.ts';
import { stands } from './causes.ts';
import type { KafkaData } from './checks.ts';

const CAUSES = ['7.C1', '7.C2', '7.C3', '7.C4', '7.C5'] as const;

function trouble(judging: Judging<KafkaData>): boolean {
  return CAUSES.some((id) => stands(judging, id));
}

/** What the runbook says of late events at its moment. */
export const advice: readonly Advice<KafkaData>[] = [
  {
    id: '7.B2',
    shown: 'once a cause is over and a group that somebody reads still lags, without rising',
    say({ findings, incident, now, thresholds }) {
      const late = (findings.lag.data?.groups ?? []).filter(({ lag }) => lag >= thresholds.lagMessages);
      // Consumers that were stopped for a skip read nothing until somebody starts them again.
      const shrinks = late.every(({ members, trend }) => members !== 0 && trend !== 'rising');
      return late.length > 0 && shrinks && CAUSES.some((id) => isOver(incident.causeHistory, id, now))
        ? 'The lag shrinks by itself now that its cause is over.'
        : null;
    },
  },
  {
    id: '7.N2',
    shown: 'while any cause is supported',
    say: (judging) =>
      trouble(judging) ? 'Customers go on ordering meanwhile; only news of orders comes late.' : null,
  },
  {
    id: '7.N3',
    shown: 'while events wait among the dead letters (X13)',
    say({ findings }) {
      const waits = (findings.deadLetters.data?.total ?? 0) > 0;
      return waits ? 'No event is lost: what could not be sent waits among the dead letters.' : null;
    },
  },
  {
    id: '7.N4',
    shown: 'outside quiet hours, while Kafka’s pods are near their limit (R53)',
    say({ findings, names, now }) {
      const then = quieter(now, names);
      return findings.usage.verdict === 'broken' && then !== null
        ? `Work on Kafka itself had better wait for ${then}.`
        : null;
    },
  },
];
