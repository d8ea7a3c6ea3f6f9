import type { Incident } from '../../domain/incident.ts';

/** X16 on this group was proven not to help. */
export function restartedInVain({ runs }: Incident, group: string): boolean {
  return runs.some(
    ({ action, parameters, proof }) =>
      action === 'X16' &&
      parameters['group'] === group &&
      (proof?.verdict === 'did not help' || proof?.verdict === 'made it worse'),
  );
}

/** One message of this group was skipped. */
export function skippedOne({ runs }: Incident, group: string): boolean {
  return runs.some(
    ({ action, parameters, outcome }) =>
      action === 'R51-skip' && parameters['group'] === group && outcome === 'done',
  );
}
