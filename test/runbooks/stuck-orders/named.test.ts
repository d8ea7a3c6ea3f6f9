import { expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { OrderSummary } from '../../../src/ports/probes.ts';
import { republishEvents } from '../../../src/runbooks/stuck-orders/republish.ts';
import { retryWorkflow } from '../../../src/runbooks/stuck-orders/retry.ts';
import { anIncident } from '../../support/incidents.ts';
import { A_DRAFT, aJudging, anOrder, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { eventsSeen, findings, stuck } from './support.ts';

const NAMED = 'ord_zzz999';

/** R16's list, the order that somebody named as X10 sees it, and R17 by order. */
function judging(
  listed: readonly string[],
  change: Partial<OrderSummary> = {},
  missing: Parameters<typeof eventsSeen>[0] = {},
) {
  const oldest = seen('healthy', { orders: [anOrder(NAMED, change)] });
  const incident = anIncident([], { ids: { ...NO_IDS, orders: [NAMED] } });
  const events = seen('broken', eventsSeen(missing));
  return aJudging(findings({ ...stuck(...listed), oldest, events }), { incident });
}

test.each([
  ['one that is not in the list', ['ord_aaa111', 'ord_bbb222'], {}, ['2 orders', `${NAMED} alone`]],
  ['one alone, where no order is stuck', [], {}, [`${NAMED} alone`]],
  ['none that went on', [], { status: 'shipped' }, []],
])('R20 offers a named order: %s', (_what, listed, change, offers) => {
  const previews = retryWorkflow.draft(judging(listed, change)).flatMap(({ preview }) => preview);
  expect(previews).toEqual(offers.map((what) => `The workflow of ${what} starts again.`));
});

test.each([
  [14, 'it has been in processing for less than 15 min, which is normal'],
  [15, null],
])('R20 of a named order that has been in processing for %i min', (minutes, waits) => {
  const judged = judging([], { updatedAt: NOW - minutes * MINUTE });
  expect(retryWorkflow.notWhile(judged, { ...A_DRAFT, targets: [NAMED] })).toBe(waits);
});

const LOST = ['fulfillment.requested'];
const why = (what: string) => `fulfillment.requested of ${what} never reached Kafka`;
const of = (...[listed, change, missing]: Parameters<typeof judging>) => {
  const judged = judging(listed, { updatedAt: NOW - 40 * MINUTE, ...change }, missing);
  return republishEvents.draft(judged).map((draft) => [draft.targets, republishEvents.when(judged, draft)]);
};
test.each<[string, ReturnType<typeof of>, ReturnType<typeof of>]>([
  [
    'alone, where no order is stuck and its event is lost',
    of([], {}, { [NAMED]: LOST }),
    [[[NAMED], why('the oldest stuck order')]],
  ],
  [
    'with the stuck ones whose events are lost too, and by itself',
    of(['ord_aaa111'], {}, { [NAMED]: LOST, ord_aaa111: LOST }),
    [
      [[NAMED, 'ord_aaa111'], why('2 of the 2 oldest stuck orders')],
      [[NAMED], null],
    ],
  ],
  [
    'unchecked and never recommended, where nobody could look',
    of(['ord_aaa111'], {}, { [NAMED]: null, ord_aaa111: LOST }),
    [
      [['ord_aaa111'], why('1 of the 2 oldest stuck orders')],
      [[NAMED], null],
    ],
  ],
  [
    'so too beside all, where it is one of them',
    of(['ord_aaa111', NAMED], {}, { [NAMED]: null, ord_aaa111: LOST }),
    [
      [['ord_aaa111', NAMED], why('1 of the 2 oldest stuck orders')],
      [[NAMED], null],
    ],
  ],
  ['not while it is young', of([], { updatedAt: NOW - 14 * MINUTE }), []],
])('R21 offers a named order: %s', (_what, offers, expected) => expect(offers).toEqual(expected));

test('R21 of a named order that nobody could look at says so', () => {
  const drafts = republishEvents.draft(judging(['ord_aaa111'], {}, { [NAMED]: null, ord_aaa111: LOST }));
  expect(drafts[1]?.preview.at(-1)).toMatch(/^Events not checked\./);
});

test('R20 of one order is not recommended where the list is another one', () => {
  const judged = judging(['ord_aaa111'], { updatedAt: NOW - 30 * MINUTE });
  const drafts = retryWorkflow.draft(judged);
  expect(drafts.map(({ targets }) => targets)).toEqual([['ord_aaa111'], [NAMED]]);
  expect(drafts.map((draft) => retryWorkflow.when(judged, draft) !== null)).toEqual([true, false]);
});
