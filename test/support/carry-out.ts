import type { StepName } from '../../src/domain/finding.ts';
import type { Offer } from '../../src/domain/offer.ts';
import type { Look } from '../../src/pipeline/diagnose.ts';
import type { Parts } from '../../src/pipeline/parts.ts';
import { propose } from '../../src/pipeline/propose.ts';
import { actionOf } from '../../src/runbooks/catalogue.ts';
import { aRun } from './incidents.ts';
import type { Judged } from './judged.ts';

/** What the bot would put on the card after this look. */
export function offersAfter(judged: Judged, look: Look): readonly Offer[] {
  let last = 0;
  const ids = {
    next: () => {
      last += 1;
      return `offer-${last}`;
    },
  };
  // Only these are read.
  const parts = { rules: judged.parts.rules, ids } as Parts;
  return propose(parts, judged.incident(), look, judged.pretend.now());
}

/**
 * Does what a run of this offer does, with the real levers: looks whether it still holds, then asks for each target once.
 * @param given answers to its form; what is not given stays as the form opens
 * Resolves with what has changed since it was offered, where nothing was asked for; null: it was done.
 * @throws Error when the form would refuse the answers
 * @throws SystemError when a system refuses
 */
export async function carryOut(
  judged: Judged,
  offer: Offer,
  given: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const { parts, hands, pretend } = judged;
  const { names, thresholds } = parts.rules;
  const action = actionOf(offer.action);
  const initial = offer.fields.flatMap((field) =>
    field.initial === undefined ? [] : [[field.name, field.initial] as const],
  );
  const answers = { ...Object.fromEntries(initial), ...given };
  const wrong = action.validate(answers, { names, thresholds, shown: offer.parameters });
  if (Object.keys(wrong).length > 0) throw new Error(`${offer.title}: ${Object.values(wrong).join(' ')}`);
  const parameters = { ...offer.parameters, ...answers };
  const at = pretend.now();
  const run = aRun({
    id: `run ${offer.action} ${at}`,
    offer: offer.id,
    action: offer.action,
    title: offer.title,
    targets: offer.targets,
    parameters,
    approvedAt: at,
    beganAt: at,
    endedAt: at,
    counts: { planned: 0, done: offer.targets.length, failed: 0, unknown: 0, unsent: 0 },
  });
  const { signal } = new AbortController();
  const still = await action.stillHolds(
    { probes: hands.probes, run, items: [], names, thresholds, now: at, signal },
    run,
  );
  if ('changed' in still) return still.changed;
  const noted = { ...parameters, ...still.noted };
  for (const target of still.targets) {
    const licence = { key: `${run.id}/${target}`, by: run.by };
    await action.apply(target, noted, { levers: hands.levers, names, thresholds, licence, signal });
  }
  judged.ran({ ...run, targets: still.targets, parameters: noted });
  return null;
}

export function offersOf(offers: readonly Offer[], step: StepName): readonly Offer[] {
  return offers.filter(({ action }) => action === step);
}
