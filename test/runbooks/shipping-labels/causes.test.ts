import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../src/domain/alert.ts';
import type { CauseVerdict } from '../../../src/domain/finding.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Findings } from '../../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import type { ShippingData } from '../../../src/runbooks/shipping-labels/checks.ts';
import { shippingLabels } from '../../../src/runbooks/shipping-labels.ts';
import { anIncident } from '../../support/incidents.ts';
import { aJudging, MINUTE, NOW, reporting, seen } from '../../support/runbooks.ts';
import { aParcel, carrier, findings, labelLogs, parcels, waiting } from './support.ts';

type Row = readonly [
  string,
  Partial<Findings<ShippingData>>,
  CauseVerdict,
  string | RegExp,
  Partial<Incident>?,
];

const countries = { ups: ['US', 'CA'] };

function table(id: string, rows: readonly Row[], configured: typeof countries | null = countries) {
  const names = { ...RUNBOOK_NAMES, carrier: { ...RUNBOOK_NAMES.carrier, countries: configured } };
  describe(id, () => {
    test.each(rows.map((row) => ({ what: row[0], row })))('$what', ({ row }) => {
      const [, given, verdict, because, incident] = row;
      const cause = shippingLabels.causes.find((one) => one.id === id);
      const said = cause?.judge(
        aJudging(findings(given), { names, incident: anIncident([], incident ?? {}) }),
      );
      expect(said?.verdict).toBe(verdict);
      if (typeof because === 'string') expect(said?.because).toBe(because);
      else expect(said?.because).toMatch(because);
    });
  });
}

const logs = (...given: Parameters<typeof labelLogs>) => ({ logs: seen('broken', labelLogs(...given)) });
const noLogs = { logs: seen('unknown', null) };
const says = (...given: Parameters<typeof carrier>) => ({
  carriers: seen(given[0] === 'up' ? 'healthy' : 'broken', carrier(...given)),
});

table('5.C1', [
  ['down twice', says('down', 15_000), 'supported', 'The carrier has not answered for 15 s.'],
  ['down once', says('down', 14_000), 'open', /said to be down once/],
  ['a refused key is not down', says('unauthorised'), 'open', /not as it should/],
  [
    '5xx and timeouts dominate',
    logs({ outage: 5, address: 5 }),
    'supported',
    '5 labels met a 5xx or a timeout in 30 min.',
  ],
  ['429 dominates', logs({ 'rate limit': 6 }), 'supported', '6 labels were answered with 429 in 30 min.'],
  [
    'it names an incident',
    { provider: reporting('Label API slow') },
    'supported',
    'The provider itself reports “Label API slow”.',
  ],
  ['its page does not answer', { provider: seen('unknown', null) }, 'open', /not sure \(X3\)/],
  ['all quiet', {}, 'ruled out', /^The carrier answers/],
  ['it names nothing', { provider: reporting() }, 'ruled out', /^The carrier answers/],
  ['cut logs rule nothing out', logs({}, { whole: false }), 'open', 'The logs do not say it clearly.'],
  ['the carrier was not asked', { carriers: seen('skipped', null) }, 'open', /\(R31\)/],
]);

table('5.C2', [
  [
    'which orders wait was not seen',
    { waiting: seen('unknown', null) },
    'open',
    'Which orders wait for a label (X4) was not seen.',
  ],
  [
    'refused addresses dominate',
    logs({ address: 5, outage: 5 }),
    'supported',
    '5 addresses were refused in 30 min.',
  ],
  [
    'an order that was named',
    waiting({ ord_aaa111: 'INVALID_ADDRESS', ord_bbb222: null, ord_ccc333: null }),
    'supported',
    'The address of ord_aaa111 was refused.',
    { ids: { ...NO_IDS, orders: ['ord_aaa111'] } },
  ],
  [
    'half of those that wait',
    waiting({ ord_aaa111: 'INVALID_ADDRESS', ord_bbb222: null }),
    'supported',
    'The addresses of 1 order that waits were refused.',
  ],
  [
    'the address that was asked about',
    {},
    'supported',
    'The address that was asked about is not valid (R32).',
    { answers: [{ step: 'R32', verdict: 'broken', line: '', by: 'UANNA', at: NOW }] },
  ],
  [
    'one of three that wait',
    waiting({ ord_aaa111: 'INVALID_ADDRESS', ord_bbb222: null, ord_ccc333: null }),
    'open',
    /of most they were not/,
  ],
  ['none', {}, 'ruled out', 'No address is refused.'],
  ['no logs', noLogs, 'open', 'The logs could not be read.'],
]);

const expired = { changedAt: NOW - 60 * MINUTE, expiresAt: NOW, expired: true, olderPods: 0 };
table('5.C3', [
  ['the carrier refuses our key', says('unauthorised'), 'supported', 'The carrier refuses our key.'],
  [
    'and pods may hold the old one',
    { ...says('unauthorised'), secret: seen('healthy', { ...expired, expired: false, olderPods: 1 }) },
    'supported',
    'The carrier refuses our key. 1 pod may still hold the old key.',
  ],
  ['401 and 403 dominate', logs({ credentials: 5 }), 'supported', '5 labels were refused with 401 or 403.'],
  ['expired', { secret: seen('broken', expired) }, 'supported', 'The credentials have expired.'],
  ['the key works', {}, 'ruled out', 'The carrier takes our key, and nothing has expired.'],
  ['the carrier was not asked', { carriers: seen('unknown', null) }, 'open', /\(R31\)/],
  [
    'the secret was not seen',
    { secret: seen('unknown', null) },
    'open',
    'The secret could not be looked at.',
  ],
]);

table('5.C4', [
  [
    'a parcel without weight',
    parcels(aParcel('ord_aaa111', { weight: false })),
    'supported',
    'ord_aaa111 has no weight.',
  ],
  [
    'a parcel without size',
    parcels(aParcel('ord_aaa111', { size: false })),
    'supported',
    'ord_aaa111 has no size.',
  ],
  [
    'lines about it dominate',
    logs({ package: 5 }),
    'supported',
    '5 labels failed for want of size or weight.',
  ],
  ['all complete', parcels(aParcel('ord_aaa111')), 'ruled out', 'Size and weight of the parcel are there.'],
  ['none looked at', {}, 'open', 'No parcel could be looked at (X10).'],
  [
    'not all could be read',
    { parcels: seen('unknown', { parcels: [aParcel('ord_aaa111')], unread: 1 }) },
    'open',
    'Not every parcel could be read.',
  ],
]);

table('5.C5', [
  [
    'no carrier goes there',
    parcels(aParcel('ord_aaa111', { country: 'NZ' })),
    'supported',
    'No carrier delivers to NZ (ord_aaa111).',
  ],
  [
    'one label was refused for it',
    logs({ destination: 1, outage: 9 }),
    'supported',
    '1 label was refused for its destination.',
  ],
  ['all served', parcels(aParcel('ord_aaa111')), 'ruled out', /^The carriers deliver/],
  [
    'all served, cut logs',
    { ...parcels(aParcel('ord_aaa111')), ...logs({}, { whole: false }) },
    'open',
    'The logs do not say it clearly.',
  ],
  ['a country that nobody knows', parcels(aParcel('ord_aaa111', { country: null })), 'open', /./],
  [
    'all that were read are served, one was not read',
    { parcels: seen('unknown', { parcels: [aParcel('ord_aaa111')], unread: 1 }) },
    'open',
    /./,
  ],
  ['none looked at', {}, 'open', 'No parcel could be looked at (X10).'],
]);
const found = (answer: string, at = NOW): Partial<Incident> => ({
  ticks: [{ step: 'm5.4', answer, by: 'UANNA', at }],
});
const one = parcels(aParcel('ord_aaa111'));
table(
  '5.C5',
  [
    ['countries are not configured', one, 'open', /`carriers.countries`/],
    ['a person found that it does not go there', one, 'supported', /^A person found/, found('not served')],
    ['a person found that it does', one, 'ruled out', /^A person found/, found('served')],
    [
      'a person found that it does, and labels are refused for it',
      { ...one, ...logs({ destination: 1, outage: 9 }) },
      'supported',
      '1 label was refused for its destination.',
      found('served'),
    ],
    [
      'a person found that it does, and the logs were cut',
      { ...one, ...logs({}, { whole: false }) },
      'open',
      'The logs do not say it clearly.',
      found('served'),
    ],
    ['what a person found long ago', one, 'open', /`carriers.countries`/, found('served', NOW - 31 * MINUTE)],
  ],
  null,
);
