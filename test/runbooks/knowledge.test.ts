import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import type { AnyRunbook, Carrier } from '../../src/runbooks/define-runbook.ts';
import { windowOf } from '../../src/views/modal.ts';
import { anOffer } from '../support/incidents.ts';

/** How many bullets of each kind every runbook of the source has. */
const KINDS = { S: 5, C: 5, H: 5, F: 5, B: 4, N: 4 };

const told = CATALOGUE.map((runbook) => ({ runbook, knowledge: runbook.knowledge as Told }));
type Told = Readonly<Record<string, readonly Carrier[]>>;

/** What a carrier names, and whether this runbook has it. */
function exists(runbook: AnyRunbook, carrier: Carrier): boolean {
  const { checks, questions = [], actions, causes, advice = [], byHand = [] } = runbook;
  switch (carrier.by) {
    case 'check':
      return [...Object.values(checks), ...questions].some(({ step }) => step === carrier.step);
    case 'action':
      return actions.some(({ step }) => step === carrier.step);
    case 'cause':
      return causes.some(({ id }) => id === carrier.id);
    case 'advice':
      return advice.some(({ id }) => id === carrier.id);
    case 'by hand':
      return byHand.some(({ id }) => id === carrier.id);
    case 'impact':
      return runbook.impact.means !== '';
    default:
      // The ladder and `/oms report` are there for every runbook.
      return true;
  }
}

describe.each(told)('runbook $runbook.number', ({ runbook, knowledge }) => {
  const carriers = Object.values(knowledge).flat();

  test('every bullet is carried', () => {
    const ids = Object.entries(KINDS).flatMap(([kind, many]) =>
      Array.from({ length: many }, (_, place) => `${runbook.number}.${kind}${place + 1}`),
    );
    expect(Object.keys(knowledge)).toEqual(ids);
    for (const id of ids) expect(knowledge[id], id).not.toEqual([]);
  });

  test('whatever carries one is there', () =>
    expect(carriers.filter((carrier) => !exists(runbook, carrier))).toEqual([]));

  test('each cause carries the bullet that it is named after', () => {
    for (const { id } of runbook.causes) expect(knowledge[id]).toContainEqual({ by: 'cause', id });
  });

  test('each sentence carries the bullet that it is named after', () => {
    // What an outage of the database means for others stands in runbook 6 alone, and is no bullet.
    const named = (runbook.advice ?? []).filter(({ id }) => id !== '6.impact');
    for (const { id } of named) expect(knowledge[id]).toContainEqual({ by: 'advice', id });
  });

  test('a step by hand ends duties that something leaves', () => {
    const { actions, byHand = [] } = runbook;
    const left = [
      ...actions.flatMap(({ step, owes }) => owes.map(({ what }) => ({ from: step as string, what }))),
      ...byHand.flatMap(({ id, owes = [] }) => owes.map(({ what }) => ({ from: id as string, what }))),
    ];
    for (const { ends } of byHand)
      for (const after of ends?.after ?? [])
        expect(
          left.filter(({ from, what }) => from === after && what.startsWith(ends?.begins ?? '')),
        ).toHaveLength(1);
  });

  test('a step by hand that leaves something to do can be done', () => {
    for (const { answers, done, owes } of runbook.byHand ?? []) {
      if (owes !== undefined) expect(answers === undefined || done !== undefined).toBe(true);
      if (done !== undefined) expect(answers).toContain(done);
    }
  });
});

test('each sentence stands on a card in a test of its moment', () => {
  const moments = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(moments|advice|points-to)\.test\.ts$/.test(file))
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('\n');
  const ids = CATALOGUE.flatMap(({ advice = [] }) => advice.map(({ id }) => id));
  expect(ids.filter((id) => !moments.includes(`'${id}'`))).toEqual([]);
});

describe('whoever says yes reads what the runbook says of the action', () => {
  const asks = CATALOGUE.flatMap(({ actions }) => actions).filter(
    ({ tier, notes }) => tier !== 'safe' && notes.length > 0,
  );
  test.each(asks)('$step', ({ title, tier, notes }) => {
    const window = JSON.stringify(windowOf(anOffer({ title, tier, notes })));
    for (const note of notes) expect(window).toContain(note);
    // A button's dialog holds them all, beside a line of what would change.
    expect(notes.join('\n').length).toBeLessThan(200);
  });

  test.each([
    ['R14', 'Live locks stay: they are what keeps two orders from taking the same piece.'],
    ['R22', 'Nothing undoes it; the old status stays in the journal.'],
    ['R58', 'More memory buys time and cures nothing.'],
    ['R58', 'A heap size that is fixed in the image makes it useless.'],
    ['R66', 'Nothing takes the approval back.'],
    ['R74', 'Nothing brings it back; a new one is made instead.'],
  ])('%s: %s', (step, note) => {
    expect(asks.find((action) => action.step === step)?.notes).toContain(note);
  });
});
