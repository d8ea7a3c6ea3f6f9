import { ASKER } from '../../domain/duty.ts';
import { OrderId } from '../../domain/ids.ts';
import type { Field } from '../../domain/offer.ts';
import type { OrderSummary } from '../../ports/probes.ts';
import type { Action, Draft, Judging } from '../define-runbook.ts';
import { curl, shellWord } from '../names.ts';
import { reasonNoted } from '../shared/noted.ts';
import { reasonField, wrongReason } from '../shared/reason.ts';
import { spell } from '../shared/spell.ts';
import { triedInVain } from '../shared/tried.ts';
import type { StuckData } from './checks.ts';
import type { OrderEvents } from './events.ts';
import { namedInProcessing, statusesOf } from './orders.ts';

const MINUTE = 60_000;
const SECOND = 1_000;

/** What R22 owes where the service does not note the reason itself (m3.2). */
const NOTE = 'Add the order note: who, why, old → new status.';

/** Events before any manual change (runbook): who goes on without them says so. */
const UNCHECKED: Field = {
  name: 'unchecked',
  label: 'Events not checked: what Kafka has of it could not be told',
  kind: 'tick',
  options: [{ value: 'yes', text: 'I know that nobody looked at the events.' }],
};

function inKafka({ missing }: OrderEvents): string {
  return missing === null || missing.length === 0
    ? 'All its expected events are in Kafka.'
    : `Kafka misses ${missing.join(', ')} of it; “Republish events” sends them.`;
}

function draftOf(order: OrderSummary, { findings, names, thresholds }: Judging<StuckData>): Draft {
  const events = findings.events.data?.orders.find((one) => one.order === order.id);
  const answered = events !== undefined && events.missing !== null;
  return {
    targets: [order.id],
    parameters: { from: order.status, events: answered ? 'checked' : 'unchecked' },
    preview: [`${order.id} is ${order.status} now.`, ...(answered ? [inKafka(events)] : [])],
    binding: {
      kind: 'exact',
      expected: order.status,
      words: `Only while ${order.id} is still ${order.status}.`,
    },
    fields: [
      {
        name: 'status',
        label: `New status of ${order.id}`,
        kind: 'select',
        options: names.statuses.manual
          .filter((status) => status !== order.status)
          .map((status) => ({ value: status, text: status })),
      },
      reasonField(thresholds, 'Reason, for the order’s notes and the audit log'),
      ...(answered ? [] : [UNCHECKED]),
    ],
  };
}

/** R22, the last resort: guarded, one order, a second person approves. */
export const setStatus: Action<StuckData> = {
  step: 'R22',
  title: 'Set status by hand',
  parameters: ['order', 'status', 'reason'],
  tier: 'guarded',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X PATCH localhost:8080/admin/orders/ord_xyz789abc/status \\\n  -d \'{"status": "shipped", "reason": "manual_intervention"}\'',
  equivalent: (names, targets, { status, reason }) =>
    curl(
      names,
      names.paths.status.replace('{id}', targets[0] ?? '<order>'),
      `-X PATCH -d ${shellWord(JSON.stringify({ status: status ?? '<status>', reason: reason ?? '<reason>' }))} `,
    ),
  notes: ['Nothing undoes it; the old status stays in the journal.'],
  rule: ({ stuckAfterMinutes, reasonCharacters }) => ({
    when: 'R20 or R21 was proven not to help the order.',
    notWhile: [
      'What Kafka has of the order is not known (R17): whoever asks ticks that the events were not checked.',
      `The order has been in processing for less than ${stuckAfterMinutes} min.`,
      'A run on this order is not proven yet, or its status has changed since.',
      `A reason of at least ${reasonCharacters} characters is missing.`,
    ],
  }),
  draft(judging) {
    const { findings, incident, names } = judging;
    const tried = triedInVain(incident, 'R20', 'R21');
    const orders = (findings.oldest.data?.orders ?? []).filter(
      ({ status }) => status === names.statuses.processing,
    );
    // What was tried in vain, and what was named; else the oldest.
    const wanted = [orders.find(({ id }) => tried.has(id)), namedInProcessing(judging)[0]];
    const some = wanted.some((one) => one !== undefined) ? wanted : [orders[0]];
    return [...new Set(some)].flatMap((order) => (order === undefined ? [] : [draftOf(order, judging)]));
  },
  when: ({ incident }, { targets }) =>
    targets.every((target) => triedInVain(incident, 'R20', 'R21').has(target))
      ? 'what was tried did not help it'
      : null,
  notWhile: ({ findings, incident, names, now, thresholds }, { targets }) => {
    const order = findings.oldest.data?.orders.find(({ id }) => id === targets[0]);
    if (order !== undefined && now - order.updatedAt < thresholds.stuckAfterMinutes * MINUTE)
      return `the order has been in ${names.statuses.processing} for less than ${spell(thresholds.stuckAfterMinutes * MINUTE)}`;
    const unproven = incident.runs.some(
      (run) => run.targets.includes(targets[0] ?? '') && run.proof !== null && run.proof.verdict === null,
    );
    return unproven ? 'a run on this order is not proven yet' : null;
  },
  validate({ status, reason, unchecked }, { names, thresholds, shown }) {
    return {
      ...(status === undefined || !names.statuses.manual.includes(status)
        ? { status: 'Choose the status that is true.' }
        : {}),
      ...wrongReason(reason, thresholds),
      ...(shown['events'] === 'checked' || unchecked === 'yes'
        ? {}
        : { unchecked: 'Tick that the events were not checked.' }),
    };
  },
  async stillHolds(proving, run) {
    const [found] = await statusesOf(proving, run.targets);
    const expected = run.parameters['from'];
    if (found?.status === null || found === undefined)
      return { changed: 'the present status could not be read first' };
    if (found.status !== expected) return { changed: `the order was ${expected} and is ${found.status} now` };
    return { targets: run.targets, dropped: [] };
  },
  apply: async (target, { status, reason }, { levers, licence, signal }) =>
    await levers.orderService.setStatus(OrderId.parse(target), status ?? '', reason ?? '', licence, signal),
  async readBack(target, { from, status }, { probes, signal }) {
    const order = await probes.orderService.order(OrderId.parse(target), signal);
    if (order?.status === status) return 'done';
    // One that has gone on may have done so from the new status as well as from the old one.
    return order?.status === from ? 'not done' : 'unknown';
  },
  proof: {
    plan: () => ({
      everyMs: 15 * SECOND,
      withinMs: MINUTE,
      alike: 2,
      words: 'The order reads the new status within 1 min.',
    }),
    async sample(proving) {
      const { run } = proving;
      const found = await statusesOf(proving, run.targets);
      const wanted = run.parameters['status'];
      const now = found[0]?.status ?? null;
      return {
        moved: found.filter(({ status }) => status === wanted).map(({ target }) => target),
        unknown: found.filter(({ status }) => status === null).map(({ target }) => target),
        line: now === null ? 'The order could not be read.' : `The order reads ${now}.`,
        value: null,
        worse: false,
      };
    },
  },
  mitigates: false,
  owes: [
    { what: NOTE, owner: 'orders' },
    {
      what: 'Tell the warehouse: order, old → new status, by whom.',
      owner: ASKER,
      tell: { to: 'warehouse', says: 'The status of {targets} was set by hand: {from} → {status}.' },
    },
  ],
  foundDone: async (proving) =>
    await reasonNoted(
      proving,
      { what: NOTE, from: 'X10' },
      async (order, note) =>
        await proving.probes.orderService.orderNoted(OrderId.parse(order), note, proving.signal),
    ),
};
