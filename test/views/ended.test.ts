import { describe, expect, test } from 'vitest';
import { evolve } from '../../src/domain/evolve.ts';
import type { Impact } from '../../src/domain/impact.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { incidentCard } from '../../src/views/incident-card.ts';
import { aFinding, anIncident, FIRING, OPENED } from '../support/incidents.ts';
import { textsOf } from './hostile.ts';

const MINUTE = 60_000;
const cause = (verdict: 'supported' | 'ruled out') =>
  ({ id: '3.C2', title: 'Workflow engine away', verdict, because: 'x', outside: false }) as const;

function counted(affected: number, minutes: number): Impact {
  const at = OPENED + minutes * MINUTE;
  return { known: true, affected, total: 44, windowMinutes: 30, source: 'orders table', means: 'x', at };
}

/** Looks one after the other, each a minute after the one before. */
function looked(...looks: readonly (readonly ['supported' | 'ruled out', Impact])[]): Incident {
  return looks.reduce<Incident>((incident, [verdict, impact], place) => {
    const at = OPENED + (place + 1) * MINUTE;
    const { diagnosis } = anIncident(
      [aFinding(verdict === 'supported' ? 'broken' : 'healthy', 'It is so.')],
      {},
      [cause(verdict)],
    );
    if (diagnosis === null) throw new Error('There is no diagnosis.');
    return evolve(incident, {
      type: 'diagnosed',
      diagnosis: { ...diagnosis, at },
      lookAt: at,
      impact,
      offers: [],
      at,
    });
  }, anIncident([]));
}

const WELL = looked(
  ['supported', counted(17, 1)],
  ['supported', counted(43, 2)],
  ['ruled out', counted(0, 3)],
);
const ENDED = evolve(WELL, { type: 'resolved', by: null, because: 'It is over.', at: OPENED + 49 * MINUTE });

function read(incident: Incident): string {
  const card = incidentCard({ incident, title: 'x', next: null, links: [] });
  return textsOf(card.blocks)
    .join('\n')
    .replace(/<!date\^(\d+)[^>]*>/g, (_, at) => new Date(at * 1000).toISOString().slice(11, 16));
}

describe('the card of what has ended', () => {
  test('names its cause, which is ruled out by now', () => {
    expect(read(ENDED)).toContain('*Cause before* Workflow engine away, last seen 03:02.');
    expect(read(ENDED)).not.toContain('Ruled out: Workflow engine away');
  });

  test('says how long it lasted, and what it came to at worst', () => {
    expect(read(ENDED)).toContain('Resolved 03:49 after 49 min: It is over.');
    expect(read(ENDED)).toContain(
      '0 of 44 orders (0 %) affected. Last 30 min, orders table, 03:03. At worst 43 of 44 (98 %), 03:02.',
    );
  });

  test('of what never was less says so once', () => {
    expect(read(looked(['supported', counted(17, 1)]))).not.toContain('At worst');
  });
});

test('the card of what came back says since when', () => {
  const back = evolve(ENDED, { type: 'reopened', because: 'x', at: OPENED + 52 * MINUTE });
  expect(read(back)).toContain('*Since* 03:00, back since 03:52, severity medium');
});

test('a card that is healthy while its alert fires says what ends it', () => {
  const waits = 'All checks have been healthy since 03:03; it ends by itself when no alert fires any more.';
  expect(read({ ...WELL, sources: [FIRING] })).toContain(waits);
  expect(read(WELL)).not.toContain(waits);
});

test('a watch that has come to its end says what it waits for', () => {
  const undo = {
    id: 'd1',
    what: 'Set it back.',
    owner: 'orders',
    targets: ['deployment/x'],
    undo: 'R43-undo',
    run: null,
    at: OPENED,
    done: null,
  } as const;
  const watched = (until: number): Incident => ({
    ...WELL,
    state: 'mitigated',
    mitigated: { since: OPENED, until: OPENED + until * MINUTE, because: 'x' },
    owed: [undo],
  });
  expect(read(watched(9))).toContain('Watched until 03:09; no rung is called while the checks stay healthy.');
  expect(read(watched(2))).toContain(
    'Watched until 03:02, healthy to its end; it ends once what was changed for now is taken back.',
  );
});

test('what two checks say alike is said once', () => {
  const alike = ['R64', 'R65'].map((step) => aFinding('healthy', 'No return to look at.', step as 'R64'));
  expect(read(anIncident(alike)).match(/No return to look at/g)).toHaveLength(1);
});

test('a lock screen reads what is needed, not why the impact is unknown', () => {
  const impact = {
    known: false,
    because: 'How many refunds were finished in 24 h stands in no table that the bot reads.',
    at: OPENED,
  } as const;
  const card = incidentCard({ incident: anIncident([], { impact }), title: 'x', next: null, links: [] });
  expect(card.text).toMatch(/Impact unknown\. Nothing to approve\.$/);
  expect(textsOf(card.blocks).join()).toContain('in 24 h stands in no table that the bot reads.');
});
