import { expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { OrderSummary } from '../../../src/ports/probes.ts';
import { retryWorkflow } from '../../../src/runbooks/stuck-orders/retry.ts';
import { anIncident } from '../../support/incidents.ts';
import { A_DRAFT, aJudging, anOrder, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { findings, stuck } from './support.ts';

const NAMED = 'ord_zzz999';

/** R16's list, and the order that somebody named as X10 sees it. */
function judging(listed: readonly string[], change: Partial<OrderSummary> = {}) {
  const oldest = seen('healthy', { orders: [anOrder(NAMED, change)] });
  const incident = anIncident([], { ids: { ...NO_IDS, orders: [NAMED] } });
  return aJudging(findings({ ...stuck(...listed), oldest }), { incident });
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
