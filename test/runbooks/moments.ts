import type { Advice, ByHand, Judging } from '../../src/runbooks/define-runbook.ts';
import { incidentCard } from '../../src/views/incident-card.ts';
import { answered } from '../../src/views/words.ts';
import { anIncident } from '../support/incidents.ts';

/** What the card says now, by the bullet that says it; a sentence that does not stand on it is left out. */
export function said<Data>(
  advice: readonly Advice<Data>[],
  judging: Judging<Data>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    advice.flatMap(({ id, say }) => {
      const line = say(judging);
      return line === null || !onCard(line) ? [] : [[id, line]];
    }),
  );
}

function onCard(line: string): boolean {
  const { diagnosis, ...incident } = anIncident([]);
  const advice = [{ id: '', line }];
  const told = { ...incident, diagnosis: diagnosis === null ? null : { ...diagnosis, advice } };
  const card = JSON.stringify(incidentCard({ incident: told, title: '', next: null, links: [] }).blocks);
  return card.includes(JSON.stringify(answered(line).text).slice(1, -1));
}

/** The steps by hand that the card would show now, each with why. */
export function shown<Data>(
  byHand: readonly ByHand<Data>[],
  judging: Judging<Data>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    byHand.flatMap(({ id, when }) => {
      const because = when(judging);
      return because === null ? [] : [[id, because]];
    }),
  );
}

/** What the runbook says and leaves to people now, by its ids. */
export function moments<Data>(
  {
    advice = [],
    byHand = [],
  }: { readonly advice?: readonly Advice<Data>[]; readonly byHand?: readonly ByHand<Data>[] },
  judging: Judging<Data>,
): readonly string[] {
  return [...Object.keys(said(advice, judging)), ...Object.keys(shown(byHand, judging))];
}
