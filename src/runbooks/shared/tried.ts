import type { StepName } from '../../domain/finding.ts';
import type { Incident } from '../../domain/incident.ts';
import type { ProofVerdict } from '../../domain/run.ts';

const IN_VAIN: readonly (ProofVerdict | null)[] = ['did not help', 'partly helped', 'made it worse'];

/** Targets on which one of these actions was proven not to help, each with the newest such run's beginning, epoch ms. */
export function triedInVain({ runs }: Incident, ...steps: readonly StepName[]): ReadonlyMap<string, number> {
  const tried = new Map<string, number>();
  for (const { action, targets, proof, beganAt } of runs) {
    if (!steps.includes(action) || proof === null || beganAt === null) continue;
    if (!IN_VAIN.includes(proof.verdict)) continue;
    const seen = proof.samples.at(-1);
    for (const target of targets) {
      const helped = seen?.moved.includes(target) ?? false;
      const dark = seen?.unknown.includes(target) ?? true;
      if (!helped && !dark) tried.set(target, Math.max(beganAt, tried.get(target) ?? 0));
    }
  }
  return tried;
}
