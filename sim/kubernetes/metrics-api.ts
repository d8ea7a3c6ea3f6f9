import { containersOf, type JsonObject } from '../world/cluster.ts';
import { cpuOf, workingSet } from '../world/memory.ts';
import { templateOf } from '../world/pod-settings.ts';
import type { WorldState } from '../world/state.ts';
import { time } from './status.ts';

/** metrics-server scrapes so often; a container that is younger is not in it. */
const SCRAPE_MS = 15_000;

/** `metrics.k8s.io/v1beta1` pods: what their containers used at the last scrape. */
export function showUse(state: WorldState, namespace: string, now: number): readonly JsonObject[] {
  const at = Math.floor(now / SCRAPE_MS) * SCRAPE_MS;
  return state.pods
    .filter((pod) => state.names.apps[pod.app].namespace === namespace)
    .filter((pod) => pod.waiting === null && pod.deletedAt === null && pod.startedAt < at)
    .map((pod) => {
      const template = templateOf(state, pod);
      return {
        kind: 'PodMetrics',
        apiVersion: 'metrics.k8s.io/v1beta1',
        metadata: {
          name: pod.name,
          namespace,
          creationTimestamp: time(now),
          labels: { ...state.names.apps[pod.app].labels, 'pod-template-hash': pod.hash },
        },
        timestamp: time(at),
        window: '15s',
        containers: containersOf(template).map(({ name }, index) => ({
          name: String(name),
          usage:
            index === 0
              ? {
                  cpu: `${cpuOf(state, pod, at) * 1_000_000}n`,
                  memory: `${Math.ceil(workingSet(state, pod, at) / 1024)}Ki`,
                }
              : { cpu: '1200000n', memory: '18432Ki' },
        })),
      };
    });
}
