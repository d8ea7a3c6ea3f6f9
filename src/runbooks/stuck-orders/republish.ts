import { OrderId } from '../../domain/ids.ts';
import type { ProofSample } from '../../domain/run.ts';
import { AbsentSystem, SystemError } from '../../ports/system-error.ts';
import type { Action, Draft, Judging, Proving } from '../define-runbook.ts';
import { batchOf } from '../shared/batch.ts';
import { attempted, stillUntouched } from './attempts.ts';
import { mostLost, publishFails } from './causes.ts';
import type { StuckData } from './checks.ts';
import { type EventsSeen, eventsOf, firstMissing, lostOf } from './events.ts';
import { isLate, ordersOf } from './orders.ts';
import { orders } from './retry.ts';

const SECOND = 1_000;
/** Kafka has them within this, asked so often (our defaults); then the workflow gets its own time. */
const ARRIVE_MS = 120 * SECOND;
const ARRIVE_EVERY_MS = 15 * SECOND;

/** Those that miss an event; where that is the rule, also stuck ones that nobody looked at, and surely none that misses nothing. */
function unsent(judging: Judging<StuckData>): readonly string[] {
  const { findings } = judging;
  const { lost, told } = lostOf(findings.events.data);
  const stuck = (findings.stuck.data?.orders ?? []).map(({ id }) => id as string);
  return [...lost, ...(mostLost(judging) === null ? [] : stuck.filter((id) => !told.has(id)))];
}

const batch = batchOf<StuckData>({
  ...orders,
  step: 'R21',
  title: 'Republish events',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/orders/ord_xyz789abc/republish-events',
  path: (names) => names.paths.republishEvents,
  notes: ['Events may be sent again without harm.'],
  rule: () => ({
    when: '3.C1 is supported because events are missing in Kafka (R17).',
    notWhile: [
      'Kafka is in trouble (R45, R49, runbook 7) or events are not published now (R47): it would fail again.',
      'No event of the order is missing (R17): there is nothing to send.',
    ],
  }),
  // One that nobody could look at says so in its own offer.
  alone: (judging, ids) => {
    const { told } = lostOf(judging.findings.events.data);
    return orders.alone(judging, ids).filter((id) => told.has(id));
  },
  says: (what) => `The events of ${what} are sent again.`,
  found(judging) {
    const ids = unsent(judging);
    return ids.length === 0 ? null : { ids, total: ids.length };
  },
  remarks(judging, targets) {
    const { orders: seen, lost, some } = lostOf(judging.findings.events.data);
    const missing = seen.filter(({ order }) => lost.has(order) && targets.includes(order));
    // Else the recommendation says it.
    if (missing.length === 0 || mostLost(judging) !== null) return [];
    return [`${firstMissing(missing, judging.names)} of ${some(missing.length)} is missing in Kafka.`];
  },
  when: mostLost,
  notWhile(judging, targets) {
    const { findings, open } = judging;
    const { lost, told } = lostOf(findings.events.data);
    const troubled = [findings.brokers, findings.topic].some(({ verdict }) => verdict === 'broken');
    if (open.includes('kafka-lag') || troubled) return 'Kafka is in trouble, it would fail again';
    const failing = publishFails(judging);
    if (failing !== null) return `${failing}, it would fail again`;
    const nothing = targets.every((target) => told.has(target) && !lost.has(target));
    return nothing ? 'no event of it is missing in Kafka' : null;
  },
  qualify: async (proving) => await stillUntouched(proving, 'republish-events'),
  apply: async (target, _parameters, { levers, licence, signal }) =>
    await levers.orderService.republishEvents(OrderId.parse(target), licence, signal),
  readBack: async (target, _parameters, proving) => await attempted(target, 'republish-events', proving),
  plan: (thresholds) => ({
    ...orders.plan(thresholds),
    settleMs: ARRIVE_MS,
    settleEveryMs: ARRIVE_EVERY_MS,
    words: `Kafka has the events within 2 min, and the orders leave processing within ${thresholds.normalProcessingMinutes} min after.`,
  }),
});

/** R21: for all that miss their events, and for one of which nobody could look. */
export const republishEvents: Action<StuckData> = {
  ...batch,
  draft(judging) {
    const { findings, incident, thresholds } = judging;
    const sure = batch.draft(judging);
    // The offer for all covers it, and one that was named has its own beside that.
    const covered = (id: string) =>
      sure.some(
        ({ targets }) => targets.includes(id) && (targets.length === 1 || !incident.ids.orders.includes(id)),
      );
    const { told } = lostOf(findings.events.data);
    const unchecked = (findings.oldest.data?.orders ?? [])
      .filter((order) => isLate(order, judging) && !covered(order.id) && !told.has(order.id))
      .slice(0, thresholds.sampledOrders);
    return [...sure, ...unchecked.map(({ id }) => alone(id, findings.events))];
  },
  when: (judging, draft) => (draft.parameters['events'] === 'unchecked' ? null : batch.when(judging, draft)),
  proof: { ...batch.proof, sample: arrived },
};

function alone(id: string, { data, line }: Judging<StuckData>['findings']['events']): Draft {
  const why = data === null ? line : 'Not every message since it was made could be read.';
  return {
    targets: [id],
    parameters: { events: 'unchecked' },
    preview: [`The events of ${id} are sent again.`, `Events not checked. ${why}`],
    binding: { kind: 'subset', words: orders.bound },
  };
}

/** Kafka has the events first; then R20's proof. */
async function arrived(proving: Proving): Promise<Omit<ProofSample, 'at'>> {
  const { run, now, thresholds } = proving;
  const left = await batch.proof.sample(proving);
  // It had come to its end before: only R20's proof goes on.
  if (run.proof === null || run.proof.samples.length > 0 || left.moved.length > 0) return left;
  const asked = await ordersOf(proving, run.targets.slice(0, thresholds.sampledOrders));
  const seen = await look(
    proving,
    asked.flatMap(({ order }) => (order === null ? [] : [order])),
  );
  const { orders: looked, lost, told } = lostOf(seen);
  if (told.size === 0) return { ...left, line: `${left.line} Whether Kafka has the events cannot be told.` };
  const there = told.size - lost.size;
  const line = `Kafka has the events of ${there} of ${looked.length}.`;
  // Those that arrived go on, whatever became of the others.
  const waits = lost.size > 0 && (there === 0 || now - run.proof.since < ARRIVE_MS);
  return waits ? { ...left, line, settling: true } : { ...left, line: `${line} ${left.line}` };
}

/** Null: Kafka did not answer, or there is none. */
async function look(proving: Proving, orders: Parameters<typeof eventsOf>[1]): Promise<EventsSeen | null> {
  try {
    return { orders: await eventsOf(proving, orders), named: 0 };
  } catch (err) {
    if (err instanceof SystemError || err instanceof AbsentSystem) return null;
    throw err;
  }
}
