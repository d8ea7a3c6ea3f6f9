/**
 * The looks of so long, this one last, of which at most `most` are kept: a finding is journaled at each look. Where looks
 * come faster than that, those between are left out, never the oldest.
 */
export function keep<Look extends { readonly at: number }>(
  before: readonly Look[],
  look: Look,
  forMs: number,
  most: number,
): readonly Look[] {
  const [last, one] = [before.at(-1), before.at(-2)];
  const between = last !== undefined && one !== undefined && last.at - one.at < forMs / most;
  return [...(between ? before.slice(0, -1) : before), look].filter(({ at }) => look.at - at <= forMs);
}
