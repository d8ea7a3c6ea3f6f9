import type { Advice, ByHand, Judging } from '../../src/runbooks/define-runbook.ts';

/** What the card would say now, by the bullet that says it. */
export function said<Data>(
  advice: readonly Advice<Data>[],
  judging: Judging<Data>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    advice.flatMap(({ id, say }) => {
      const line = say(judging);
      return line === null ? [] : [[id, line]];
    }),
  );
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
