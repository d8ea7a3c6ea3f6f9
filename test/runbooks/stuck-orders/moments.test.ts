import { describe, expect, test } from 'vitest';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { advice } from '../../../src/runbooks/stuck-orders/advice.ts';
import { byHand } from '../../../src/runbooks/stuck-orders/by-hand.ts';
import type { StuckData } from '../../../src/runbooks/stuck-orders/checks.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, NOW, seen } from '../../support/runbooks.ts';
import { said, shown } from '../moments.ts';
import { deliveries, engine, eventsSeen, findings, stuck } from './support.ts';

type Given = Partial<Findings<StuckData>>;
const judging = (given: Given, incident: Partial<Incident> = {}) =>
  aJudging(findings(given), { incident: anIncident([], incident) });
const two = stuck('ord_aaa111', 'ord_bbb222');

describe('what the card says', () => {
  test.each<[string, Given, readonly string[]]>([
    ['nothing is stuck', {}, []],
    ['a retry is recommended', two, ['3.B1']],
    ['the engine is away', { ...two, engine: seen('broken', engine({ ready: 0 })) }, []],
    [
      'events are missing',
      { ...two, events: seen('broken', eventsSeen({ ord_aaa111: ['fulfillment.requested'] })) },
      ['3.B2'],
    ],
  ])('%s', (_what, given, ids) => expect(Object.keys(said(advice, judging(given)))).toEqual(ids));
});

describe('steps by hand', () => {
  const run = aRun({
    action: 'R22',
    targets: ['ord_aaa111'],
    by: 'UBEN',
    requestedBy: 'UANNA',
    outcome: 'done',
    beganAt: NOW,
    parameters: { from: 'processing', status: 'shipped', reason: 'the parcel left by hand' },
  });
  const duty = (owner: string, done: boolean) => ({
    id: owner,
    what: owner === 'orders' ? 'Add the order note: who, why.' : 'Tell the warehouse: order, status.',
    owner,
    targets: ['ord_aaa111'],
    run: run.id,
    undo: null,
    at: NOW,
    done: done ? { by: 'UANNA', at: NOW } : null,
  });
  const set = (done: boolean): Partial<Incident> => ({
    runs: [run],
    owed: [duty('orders', done), duty('UANNA', done)] as Incident['owed'],
  });
  const refusing = { webhooks: seen('broken', deliveries(0, 9)) };

  test.each<[string, Given, Partial<Incident>, readonly string[]]>([
    ['nothing is stuck', refusing, {}, []],
    ['the warehouse refuses', { ...two, ...refusing }, {}, ['m3.1']],
    ['nobody could see', { ...two, webhooks: seen('unknown', null) }, {}, ['m3.1']],
    ['the warehouse takes our calls', two, {}, []],
    ['a status was set by hand', two, set(false), ['m3.2', 'm3.3']],
    ['its duties are done', two, set(true), []],
  ])('%s', (_what, given, incident, ids) =>
    expect(Object.keys(shown(byHand, judging(given, incident)))).toEqual(ids),
  );

  test('the words for the warehouse name the order, what changed and by whom', () =>
    expect(byHand.find(({ id }) => id === 'm3.3')?.text?.(judging(two, set(false)))).toMatch(
      /^ord_aaa111: processing → shipped, set by hand by <@UANNA> at /,
    ));
});
