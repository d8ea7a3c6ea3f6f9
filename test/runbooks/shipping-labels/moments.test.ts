import { describe, expect, test } from 'vitest';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { advice } from '../../../src/runbooks/shipping-labels/advice.ts';
import { byHand } from '../../../src/runbooks/shipping-labels/by-hand.ts';
import type { ShippingData } from '../../../src/runbooks/shipping-labels/checks.ts';
import { anIncident, aRun } from '../../support/incidents.ts';
import { aJudging, MINUTE, NOW, seen } from '../../support/runbooks.ts';
import { said, shown } from '../moments.ts';
import { aParcel, carrier, findings, labelLogs, parcels, waiting } from './support.ts';

type Given = Partial<Findings<ShippingData>>;
const judging = (given: Given, incident: Partial<Incident> = {}) =>
  aJudging(findings(given), { incident: anIncident([], incident) });
const down = (minutes: number) => ({ carriers: seen('broken', carrier('down', minutes * MINUTE)) });
const waits = waiting({ ord_aaa111: null, ord_bbb222: null, ord_ccc333: null });
const wrong = waiting({ ord_aaa111: 'INVALID_ADDRESS' });
const two = {
  carriers: seen('broken', {
    ...carrier('down'),
    carriers: [...carrier('down').carriers, { carrier: 'dhl', status: 'up' as const, words: null }],
  }),
};

describe('what the card says', () => {
  test.each<[string, Given, readonly string[]]>([
    ['all is well', {}, []],
    ['addresses are refused', { logs: seen('broken', labelLogs({ address: 9 })) }, ['5.N2']],
    ['the only carrier is down', down(5), ['5.N3']],
    ['one of two carriers is down', two, []],
  ])('%s', (_what, given, ids) => expect(Object.keys(said(advice, judging(given)))).toEqual(ids));
});

describe('steps by hand', () => {
  const refused = { code: 'INVALID_ADDRESS', at: NOW - 60 * MINUTE };
  const vain = aRun(
    { action: 'R34', targets: ['ord_aaa111'], beganAt: NOW },
    {
      verdict: 'did not help',
      samples: [{ at: NOW, moved: [], unknown: [], line: '', value: null, worse: false }],
    },
  );
  test.each<[string, Given, Partial<Incident>, readonly string[]]>([
    ['all is well', {}, {}, []],
    ['orders wait, and nobody has configured where the carriers deliver', waits, {}, ['m5.4']],
    ['addresses were refused', wrong, {}, ['m5.1']],
    [
      'the address was corrected since',
      { ...wrong, ...parcels(aParcel('ord_aaa111', { labelError: refused, addressChangedAt: NOW })) },
      {},
      [],
    ],
    ['the carrier is down for 19 min', { ...waits, ...down(19) }, {}, ['m5.2', 'm5.5']],
    ['the carrier is down for 20 min', { ...waits, ...down(20) }, {}, ['m5.2', 'm5.3', 'm5.5']],
    ['it is down, and nothing waits', down(5), {}, []],
    ['another attempt did not help', waits, { runs: [vain] }, ['m5.2', 'm5.4']],
    [
      'a destination is not served',
      { ...waits, logs: seen('broken', labelLogs({ destination: 5 })) },
      {},
      ['m5.4', 'm5.5'],
    ],
  ])('%s', (_what, given, incident, ids) =>
    expect(Object.keys(shown(byHand, judging(given, incident)))).toEqual(ids),
  );

  test('where the carriers deliver is configured, nobody has to find it out', () => {
    const names = { ...RUNBOOK_NAMES, carrier: { ...RUNBOOK_NAMES.carrier, countries: { ups: ['US'] } } };
    expect(shown(byHand, aJudging(findings(waits), { names }))).toEqual({});
  });

  test('the case for the carrier has since when, what was seen, and how many wait', () =>
    expect(byHand.find(({ id }) => id === 'm5.3')?.text?.(judging({ ...waits, ...down(20) }))).toBe(
      [
        'Since 2026-01-01 03:10 UTC we get no labels from your API.',
        'The carrier has not answered for 20 min.',
        '3 parcels wait for their label.',
        'Please confirm, and say when you expect the end.',
      ].join('\n'),
    ));
});
