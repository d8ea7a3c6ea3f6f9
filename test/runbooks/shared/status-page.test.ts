import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/domain/finding.ts';
import type { ProviderIncident, StatusPageSummary } from '../../../src/ports/status-page.ts';
import type { Asking } from '../../../src/runbooks/define-runbook.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import { statusPage } from '../../../src/runbooks/shared/status-page.ts';
import { diagnosed, fakeProbes, MINUTE, NOW, silent } from '../../support/runbooks.ts';

const INCIDENT: ProviderIncident = {
  name: 'Elevated errors',
  impact: 'major',
  status: 'investigating',
  since: NOW - 12 * MINUTE,
  components: ['Payments API'],
};
const OTHER: ProviderIncident = { ...INCIDENT, name: 'Reports late', components: ['Reports'] };
const MAINTENANCE = {
  name: 'New disks',
  since: NOW - MINUTE,
  until: NOW + MINUTE,
  components: ['Payments API'],
};
const api = (status: string) => ({ name: 'Payments API', status });
const reports = (status: string) => ({ name: 'Reports', status });

async function look(summary: Partial<StatusPageSummary>, component: string | null) {
  const whole = {
    incidents: [],
    maintenance: [],
    components: [api('operational'), reports('operational')],
    unread: 0,
    ...summary,
  };
  return await statusPage('gateway').look({
    probes: fakeProbes({ statusPages: { summary: async () => whole } }),
    names: {
      ...RUNBOOK_NAMES,
      statusPages: { gateway: { url: 'https://status.example', component }, carrier: null },
    },
    now: NOW,
    signal: new AbortController().signal,
  } as unknown as Asking);
}

type Row = readonly [what: string, summary: Partial<StatusPageSummary>, verdict: Verdict, line: string];
const PAGE = 'The payment gateway’s status page';

describe('any component', () => {
  test.each<Row>([
    ['quiet', {}, 'healthy', `${PAGE} names no incident.`],
    [
      'an incident',
      { incidents: [INCIDENT] },
      'broken',
      `${PAGE} names an incident on Payments API for 12 min: “Elevated errors”, impact major, investigating.`,
    ],
    [
      'a fix that is watched is not resolved yet',
      { incidents: [{ ...INCIDENT, status: 'monitoring' }] },
      'broken',
      `${PAGE} names an incident on Payments API for 12 min: “Elevated errors”, impact major, monitoring.`,
    ],
    [
      'two, the second begun in the future of our clock',
      { incidents: [{ ...INCIDENT, since: NOW + MINUTE, components: [] }, OTHER] },
      'broken',
      `${PAGE} names an incident for 0 s: “Elevated errors”, impact major, investigating, and 1 more.`,
    ],
    [
      'a component in trouble without an incident',
      { components: [api('operational'), reports('partial outage')] },
      'broken',
      `${PAGE} shows partial outage on Reports, without an incident.`,
    ],
    [
      'a maintenance in progress',
      { maintenance: [MAINTENANCE], components: [api('under maintenance')] },
      'healthy',
      `${PAGE} names no incident; the maintenance “New disks” is in progress, until 2026-01-01 03:31 UTC.`,
    ],
    [
      'a component under maintenance that nobody announced',
      { components: [api('under maintenance')] },
      'healthy',
      `${PAGE} names no incident; Payments API is under maintenance.`,
    ],
    [
      'something that nobody understood is not healthy',
      { unread: 2 },
      'unknown',
      `2 entries of the payment gateway’s status page could not be understood; the others name no incident.`,
    ],
    [
      'and hides no incident',
      { unread: 2, incidents: [INCIDENT] },
      'broken',
      `${PAGE} names an incident on Payments API for 12 min: “Elevated errors”, impact major, investigating.`,
    ],
  ])('%s', async (_what, summary, verdict, line) => {
    expect(await look(summary, null)).toMatchObject({ verdict, line });
  });
});

describe('one component', () => {
  test.each<Row>([
    ['somebody else’s incident', { incidents: [OTHER] }, 'healthy', `${PAGE} names no incident.`],
    [
      'somebody else’s trouble',
      { components: [api('operational'), reports('major outage')] },
      'healthy',
      `${PAGE} names no incident.`,
    ],
    [
      'its own, whatever the case of its name',
      { incidents: [OTHER, { ...INCIDENT, components: ['Reports', 'payments api'] }] },
      'broken',
      `${PAGE} names an incident on payments api for 12 min: “Elevated errors”, impact major, investigating.`,
    ],
    [
      'an incident that does not say whom it concerns may concern it',
      { incidents: [{ ...INCIDENT, components: [] }] },
      'broken',
      `${PAGE} names an incident for 12 min: “Elevated errors”, impact major, investigating.`,
    ],
    [
      'the page has no such component',
      { components: [reports('operational')] },
      'unknown',
      `${PAGE} has no component “Payments API” (\`statusPages.gateway.component\`), so nothing is known of it.`,
    ],
  ])('%s', async (_what, summary, verdict, line) => {
    expect(await look(summary, 'Payments API')).toMatchObject({ verdict, line });
  });

  test('what is kept is what concerns it', async () => {
    const { data } = await look(
      { incidents: [OTHER, INCIDENT], components: [api('major outage'), reports('major outage')] },
      'Payments API',
    );
    expect(data).toEqual({ incidents: [INCIDENT], maintenance: [], troubled: [api('major outage')] });
  });
});

describe.each([
  ['payment-failures', 'gateway'],
  ['refund-delays', 'gateway'],
  ['shipping-labels', 'carrier'],
] as const)('%s', (runbook, provider) => {
  test(`asks the ${provider}’s page`, async () => {
    const asked: string[] = [];
    const statusPages = {
      async summary(of: string) {
        asked.push(of);
        return { incidents: [INCIDENT], maintenance: [], components: [], unread: 0 };
      },
    };
    const { of } = await diagnosed(runbook, fakeProbes({ statusPages }));
    expect(asked).toEqual([provider]);
    expect(of('X3').verdict).toBe('broken');
  });

  test('a page that does not answer is unknown, one that is not configured is skipped', async () => {
    const away = fakeProbes({ statusPages: { summary: async () => Promise.reject(silent('The page')) } });
    expect((await diagnosed(runbook, away)).of('X3')).toMatchObject({
      verdict: 'unknown',
      line: 'The page did not answer.',
    });
    expect((await diagnosed(runbook, fakeProbes({}))).of('X3').verdict).toBe('skipped');
  });
});
