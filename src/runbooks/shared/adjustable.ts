import { unknown } from '../../domain/finding.ts';
import type { DeploymentState, Workload, WorkloadSettings } from '../../ports/kubernetes.ts';
import type { Check } from '../define-runbook.ts';
import type { Names } from '../names.ts';
import { restartable } from './restart.ts';
import { MEMORY_LIMIT, REPLICAS, type Setting } from './setting.ts';
import { spellBytes } from './spell.ts';

/** What restarts and temporary changes have to know first. */
export interface Adjustable {
  readonly state: DeploymentState;
  readonly settings: WorkloadSettings;
}

/**
 * `restartable` with the deployment's settings, quotas and who else sets them. `restartOf` takes its `state`.
 * @param settings those that the runbook's temporary changes set
 */
export function adjustable(
  step: Check<Adjustable>['step'],
  workload: (names: Names) => Workload,
  settings: readonly Setting[],
): Check<Adjustable> {
  const pods = restartable(step, workload);
  return {
    ...pods,
    async look(ask) {
      const { probes, names, signal } = ask;
      const variables = settings.flatMap((setting) => setting.variables(names));
      const [seen, found] = await Promise.all([
        pods.look(ask),
        probes.kubernetes.settings(workload(names), variables, signal),
      ]);
      if (seen.data === null || found === null) return unknown(seen.line);
      return {
        ...seen,
        data: { state: seen.data, settings: found },
        evidence: evidenceOf(found, workload(names), names, settings),
      };
    },
  };
}

function evidenceOf(
  settings: WorkloadSettings,
  workload: Workload,
  names: Names,
  asked: readonly Setting[],
): readonly string[] {
  const { hpa, quotas, gitOps } = settings;
  const own = new Set([REPLICAS, MEMORY_LIMIT, ...asked]);
  return [
    ...[...own].map(
      (setting) => `${setting.noun}  ${setting.words(setting.read(settings, workload, names).raw)}`,
    ),
    hpa === 'unknown'
      ? 'autoscaler  could not be looked at'
      : hpa === 'none'
        ? 'autoscaler  none'
        : `autoscaler  ${hpa.name}, ${hpa.min} to ${hpa.max} pods`,
    ...(quotas === 'unknown'
      ? ['quotas  could not be looked at']
      : quotas.map(({ name, resource, used, hard }) => {
          const amount = (value: number) => (resource === 'pods' ? String(value) : spellBytes(value));
          return `quota ${name}  ${resource}  ${amount(used)} of ${amount(hard)}`;
        })),
    ...(gitOps === null ? [] : [`managed by  ${gitOps}`]),
  ];
}
