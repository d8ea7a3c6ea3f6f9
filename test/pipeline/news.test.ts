import { describe, expect, test } from 'vitest';
import { begin, evolve } from '../../src/domain/evolve.ts';
import type { JudgedCause, Verdict } from '../../src/domain/finding.ts';
import type { Incident, IncidentEvent } from '../../src/domain/incident.ts';
import { newsOf } from '../../src/pipeline/news.ts';
import { anOpened } from '../support/builders.ts';

const at = anOpened().at;

function diagnosed(verdict: Verdict, causes: readonly string[] = []): IncidentEvent {
  const finding = {
    step: 'R16',
    verdict,
    line: `It is ${verdict}.`,
    evidence: [],
    data: null,
    at,
    tookMs: 1,
  } as const;
  const judged = causes.map(
    (id): JudgedCause => ({ id, title: id, verdict: 'supported', because: 'So it is.', outside: false }),
  );
  return {
    type: 'diagnosed',
    diagnosis: {
      round: 1,
      at,
      tookMs: 1,
      findings: [finding],
      causes: judged,
      advice: [],
      byHand: [],
      atOnce: null,
    },
    lookAt: at,
    impact: { known: false, because: '', at },
    offers: [],
    at,
  };
}

/** The news of each event in turn, one row each: the lines that are told. */
function told(events: readonly IncidentEvent[]): readonly (readonly string[])[] {
  let incident: Incident = begin(anOpened());
  return events.map((event) => {
    const before = incident;
    incident = { ...evolve(before, event), version: before.version + 1 };
    return newsOf(before, incident, [event]).flatMap(({ payload }) => (payload as { lines: string[] }).lines);
  });
}

const announced: IncidentEvent = { type: 'announced', at };

describe('what people must notice', () => {
  test.each<[string, readonly IncidentEvent[], readonly string[]]>([
    ['a first verdict before the card stands', [diagnosed('broken')], []],
    ['a first verdict after the card stands', [announced, diagnosed('broken')], ['It is broken.']],
    ['the same once more', [announced, diagnosed('broken'), diagnosed('broken')], []],
    ['broken after healthy', [diagnosed('healthy'), announced, diagnosed('broken')], ['It is broken.']],
    ['broken after unknown', [diagnosed('unknown'), announced, diagnosed('broken')], ['It is broken.']],
    [
      'broken, not answered for a round, broken',
      [diagnosed('broken'), announced, diagnosed('unknown'), diagnosed('broken')],
      [],
    ],
    [
      'broken again after healthy',
      [diagnosed('broken'), announced, diagnosed('healthy'), diagnosed('broken')],
      ['It is broken.'],
    ],
    ['better', [diagnosed('broken'), announced, diagnosed('healthy')], []],
    [
      'a new supported cause',
      [diagnosed('broken', ['3.C1']), announced, diagnosed('broken', ['3.C1', '3.C2'])],
      ['Cause: 3.C2. So it is.'],
    ],
    [
      'a relapse',
      [diagnosed('healthy'), announced, { type: 'relapsed', because: 'A check is broken again.', at }],
      ['A check is broken again.'],
    ],
    [
      'a later alert after the end',
      [announced, { type: 'reopened', because: 'A newer alert came.', at }],
      ['A newer alert came.'],
    ],
  ])('%s', (_rule, events, lines) => {
    expect(told(events).at(-1)).toEqual(lines);
  });
});
