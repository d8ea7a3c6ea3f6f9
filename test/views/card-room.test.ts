import { describe, expect, test } from 'vitest';
import { validateMessage } from '../../sim/slack/blocks/message.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { cardRest, incidentCard } from '../../src/views/incident-card.ts';
import { lengthOf } from '../../src/views/kit.ts';
import { aFinding, anIncident, anOffer, aRun } from '../support/incidents.ts';

describe('a card with more than it has room for', () => {
  const line = (n: number) =>
    `Fact ${n}: ${'many words that say what is the matter, '.repeat(5)}with a number, ${n}.`;
  const lines = (count: number, verdict: 'broken' | 'healthy' | 'unknown') =>
    Array.from({ length: count }, (_, n) => aFinding(verdict, line(n), `R${n}`));
  const cause = (n: number) => ({
    id: `3.C${n}`,
    title: `Cause ${n}`,
    verdict: 'supported' as const,
    because: line(n),
    outside: true,
  });
  const show = (incident: Incident) => ({
    incident,
    title: 'Orders stuck in processing',
    next: null,
    links: [],
  });
  const huge = anIncident(
    [
      ...lines(60, 'broken'),
      ...lines(40, 'unknown'),
      ...lines(40, 'healthy'),
      aFinding('healthy', line(99), 'X1'),
    ],
    {
      offers: Array.from({ length: 20 }, (_, n) =>
        anOffer({
          id: `o${n}`,
          tier: 'disruptive',
          preview: [line(n)],
          recommended: line(n),
          waits: n > 15 ? line(n) : null,
        }),
      ),
      runs: Array.from({ length: 9 }, (_, n) => aRun({ id: `r${n}` }, { line: line(n) })),
      climbed: [1, 2, 3].map((rung) => ({
        rung: rung as 1,
        reason: 'asked' as const,
        because: line(rung),
        at: 0,
        paged: true,
        by: null,
      })),
      hold: { by: 'U1', at: 0, until: 0, reason: line(1) },
      impact: { known: false, because: line(1).repeat(10), at: 0 },
    },
    Array.from({ length: 5 }, (_, n) => cause(n)),
  );

  test('stays under 10,000 characters and within every other limit', () => {
    const card = incidentCard(show(huge));
    expect(lengthOf(card)).toBeLessThan(10_000);
    expect(validateMessage(card, 'update')).toEqual([]);
    for (const must of [
      '*Do now*',
      '*Broken*',
      '*Could not look* 40: R0, R1',
      '*Healthy* 40 checks.',
      '*Cause* Cause 4',
      '*Changed* Fact 99: many words',
    ])
      expect(JSON.stringify(card.blocks)).toContain(must);
  });

  test('says what is missing, and the thread has all of it', () => {
    const card = JSON.stringify(incidentCard(show(huge)).blocks);
    expect(card).toMatch(
      /Cut short or left out here: [^"]*60 broken[^"]*40 healthy\. All of it stands in the card’s thread\./,
    );
    const rest = cardRest(show(huge));
    for (const page of rest) {
      expect(validateMessage(page)).toEqual([]);
      expect(lengthOf(page)).toBeLessThan(10_000);
    }
    const whole = JSON.stringify(rest);
    for (const kind of ['broken', 'healthy', 'could not look'])
      for (const n of [0, 39]) expect(whole).toMatch(new RegExp(`${kind}: (?:R${n} )?Fact ${n}: `));
  });

  test.each<[string, Incident, string[], string[]]>([
    [
      'healthy lines first',
      anIncident([...lines(8, 'healthy'), ...lines(9, 'broken')], { offers: [] }, [cause(1)]),
      ['8 healthy.', '*Cause* Cause 1: Fact 1'],
      ['*Healthy* Fact'],
    ],
    [
      'the causes’ reasons before what is broken',
      anIncident(
        [...lines(8, 'broken'), ...lines(8, 'unknown')],
        { offers: huge.offers.slice(0, 8), runs: huge.runs, climbed: huge.climbed },
        Array.from({ length: 8 }, (_, n) => cause(n)),
      ),
      ['*Cause* Cause 1.', '8 could not look', '8 causes’ reasons', '• Fact 7: '],
      ['*Cause* Cause 1: '],
    ],
  ])('leaves out %s', (_rule, incident, shown, missing) => {
    const card = JSON.stringify(incidentCard(show(incident)).blocks);
    for (const text of shown) expect(card).toContain(text);
    for (const text of missing) expect(card).not.toContain(text);
  });

  test('leaves nothing out where there is room', () => {
    const small = anIncident([aFinding('broken', 'One fact.'), aFinding('healthy', 'Another.')]);
    expect(cardRest(show(small))).toEqual([]);
    expect(JSON.stringify(incidentCard(show(small)).blocks)).not.toContain('left out');
  });
});
