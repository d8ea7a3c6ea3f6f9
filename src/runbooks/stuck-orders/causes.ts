import type { Cause, Judging } from '../define-runbook.ts';
import { PUBLISH_CLASSES } from '../kafka-lag/producer.ts';
import { engineRule, engineSays } from '../shared/engine.ts';
import { absent, dominating } from '../shared/in-words.ts';
import { goesOn, logsSay, stillFailing, total } from '../shared/log-classes.ts';
import { open, ruledOut, supported } from '../shared/said.ts';
import { WORKFLOW_CLASSES } from '../shared/workflow-log.ts';
import type { StuckData } from './checks.ts';
import { firstMissing, lostOf } from './events.ts';
import { FAILED_WORKFLOWS } from './logs.ts';
import { uncommitted } from './uncommitted.ts';
import { refuses } from './webhooks.ts';

/** Whether at least half of the stuck orders that were looked at miss an event in Kafka; null: they do not. */
export function mostLost({ findings, names }: Judging<StuckData>): string | null {
  const seen = findings.events.data;
  if (seen === null) return null;
  const { orders, lost, some } = lostOf(seen);
  if (lost.size === 0 || lost.size * 2 < orders.length) return null;
  const missing = orders.filter(({ order }) => lost.has(order));
  return `${firstMissing(missing, names)} of ${some(lost.size)} never reached Kafka`;
}

/** Events that were not published lately; null: they were, or nobody could look. */
export function publishFails({ findings, now, thresholds }: Judging<StuckData>): string | null {
  const counts = findings.publishing.data;
  if (counts === null || !stillFailing(counts, PUBLISH_CLASSES, now, thresholds)) return null;
  const lines = total(counts, PUBLISH_CLASSES) + counts.unclassed;
  return `${lines} events were not published in ${thresholds.logWindowMinutes} min`;
}

/** Whether the events of stuck orders are missing in Kafka. */
export const lostEvents: Cause<StuckData> = {
  id: '3.C1',
  title: 'Events never got to Kafka',
  outside: true,
  rule: ({ sampledOrders, normalProcessingMinutes, dominatesLines, logWindowMinutes, stoppedMinutes }) => ({
    supported: `At least half of the ${sampledOrders} oldest stuck orders and those that were named and are in processing for at least ${normalProcessingMinutes} min miss an expected event in Kafka (R17), or at least ${dominatesLines} events of ${logWindowMinutes} min were not published (R47).`,
    ruledOut: `None of them misses one (R17), and every event was published, or none failed for ${stoppedMinutes} min (R47).`,
  }),
  judge(judging) {
    const { findings, now, thresholds } = judging;
    const [lost, failing] = [mostLost(judging), publishFails(judging)];
    if (lost !== null) return supported(`${lost}.`);
    if (failing !== null) return supported(`${failing} (R47).`);
    const seen = findings.events.data;
    if (seen === null) return open('The events of the orders (R17) could not be looked at.');
    const of = lostOf(seen);
    const { some } = of;
    if (of.lost.size > 0) return open(`An event of only ${some(of.lost.size)} is missing.`);
    if (of.told.size < of.orders.length)
      return open(`Of ${some(of.orders.length - of.told.size)} it cannot be told.`);
    const none = `No event of ${some(of.orders.length)} is missing`;
    if ((findings.oldest.data?.unread ?? 0) > 0) return open(`${none}; not every order could be read (X10).`);
    const counts = findings.publishing.data;
    if (counts === null || !counts.whole)
      return open(`${none}; whether publishing fails now (R47) is not sure.`);
    const lines = total(counts, PUBLISH_CLASSES) + counts.unclassed;
    return goesOn({ lines, lastAt: counts.newestAt }, now, thresholds)
      ? open(`${none}; ${lines} events were not published lately (R47).`)
      : ruledOut(`${none}, and every event is published.`);
  },
};

const engineAway: Cause<StuckData> = {
  id: '3.C2',
  title: 'Workflow engine away',
  outside: true,
  rule: engineRule,
  judge: (judging) =>
    engineSays(judging.findings.engine.data, judging.findings.stuck.data?.orders[0]?.updatedAt, judging),
};

const transition: Cause<StuckData> = {
  id: '3.C3',
  title: 'Illegal state transition',
  outside: false,
  rule: (thresholds) => ({
    supported: `Transitions that are not allowed dominate the workflow engine’s log (X9) or the order service’s (X11: ${dominating(thresholds)}), or such a line names a stuck order.`,
    ruledOut: `They are absent from the workflow engine’s log (X9: ${absent(thresholds)}).`,
  }),
  judge(judging) {
    const { findings, incident, thresholds } = judging;
    const engine = findings.workflow.data;
    const stuck = new Set<string>([
      ...(findings.stuck.data?.orders ?? []).map(({ id }) => id),
      ...incident.ids.orders,
    ]);
    const named = (engine?.transitionOrders ?? []).filter((id) => stuck.has(id));
    if (named[0] !== undefined)
      return supported(
        `The workflow engine refused a transition of ${named[0]}${named.length === 1 ? '' : ` and ${named.length - 1} more stuck ${named.length === 2 ? 'order' : 'orders'}`}.`,
      );
    const minutes = thresholds.logWindowMinutes;
    const says = logsSay(engine, 'transition', WORKFLOW_CLASSES, judging);
    if (says === 'dominates')
      return supported(
        `The workflow engine refused ${engine?.classes.transition.lines} transitions in ${minutes} min.`,
      );
    if (logsSay(findings.failures.data, 'transition', FAILED_WORKFLOWS, judging) === 'dominates')
      return supported(
        `${findings.failures.data?.classes.transition.lines} workflows ended at a transition that is not allowed, in ${minutes} min.`,
      );
    if (engine === null)
      return open(
        findings.workflow.verdict === 'skipped'
          ? findings.workflow.line
          : 'The workflow engine’s log (X9) could not be looked at.',
      );
    return says === 'quiet'
      ? ruledOut('The workflow engine refuses no transition.')
      : open('The workflow engine’s log (X9) does not say it clearly.');
  },
};

/** Whether the warehouse refuses us now. */
export const warehouse: Cause<StuckData> = {
  id: '3.C4',
  title: 'Warehouse does not take our calls',
  outside: true,
  rule: ({ dominatesLines, fewestDeliveries, absentShare, logWindowMinutes }) => ({
    supported: `At least ${dominatesLines} calls of ${logWindowMinutes} min, and at least half of them, got no 2xx (R19), and they go on.`,
    ruledOut: `Of at least ${fewestDeliveries} calls under ${absentShare * 100} % failed, with the logs read whole (R19).`,
  }),
  judge({ findings, now, thresholds }) {
    const counts = findings.webhooks.data;
    if (counts === null) return open('The deliveries to the warehouse (R19) could not be looked at.');
    const { taken, failed } = counts.classes;
    const all = taken.lines + failed.lines;
    const minutes = thresholds.logWindowMinutes;
    if (refuses(counts, thresholds.dominatesLines) && goesOn(failed, now, thresholds))
      return supported(`${failed.lines} of ${all} calls in ${minutes} min were not taken.`);
    if (counts.whole && all >= thresholds.fewestDeliveries && failed.lines < all * thresholds.absentShare)
      return ruledOut(`${taken.lines} of ${all} calls in ${minutes} min were taken.`);
    return open(
      all === 0 ? 'Nothing was sent to it.' : `${failed.lines} of ${all} calls failed, which says little.`,
    );
  },
};

const transaction: Cause<StuckData> = {
  id: '3.C5',
  title: 'Database transaction ran out of time',
  outside: false,
  rule: ({ dominatesLines, logWindowMinutes, rowBehindMinutes, longQuerySeconds }) => ({
    supported: `At least ${dominatesLines} statements or transactions ran out of time in ${logWindowMinutes} min (X9, X11), an order’s row is over ${rowBehindMinutes} min older than an event that Kafka has of it (X10, R17), or a session of the order service has waited for another one for over ${longQuerySeconds} s (R39).`,
    ruledOut: 'None of the three is so, and all of them could be looked at.',
  }),
  judge(judging) {
    const { findings, now, thresholds } = judging;
    const counts = [findings.workflow.data, findings.failures.data].map((one) => one?.classes.database);
    const lines = counts.reduce(
      (sum, one) => sum + (one !== undefined && goesOn(one, now, thresholds) ? one.lines : 0),
      0,
    );
    if (lines >= thresholds.dominatesLines)
      return supported(
        `${lines} statements or transactions ran out of time in ${thresholds.logWindowMinutes} min.`,
      );
    const waits = findings.blocked.data?.sessions.length ?? 0;
    if (waits > 0)
      return supported(
        `${waits} ${waits === 1 ? 'session' : 'sessions'} of the order service ${waits === 1 ? 'waits' : 'wait'} for another one (R39).`,
      );
    const behind = uncommitted(judging);
    if (behind.orders[0] !== undefined)
      return supported(
        `The row of ${behind.orders[0]} is older than its events in Kafka: its change was not committed.`,
      );
    const dark = [
      ...(findings.workflow.data?.whole === true ? [] : ['the workflow engine’s log (X9)']),
      ...(findings.failures.data?.whole === true ? [] : ['the order service’s log (X11)']),
      ...(findings.blocked.data === null ? ['the sessions of the database (R39)'] : []),
      ...(behind.told ? [] : ['the rows against their events (X10, R17)']),
    ];
    if (dark.length > 0) return open(`Not everything could be looked at: ${dark.join(', ')}.`);
    return lines > 0
      ? open(`${lines} statements or transactions ran out of time, which says little.`)
      : ruledOut('Nothing runs out of time or waits in the database, and no row is older than its events.');
  },
};

/** 3.C1 to 3.C5. */
export const causes: readonly Cause<StuckData>[] = [
  lostEvents,
  engineAway,
  transition,
  warehouse,
  transaction,
];
