import { orderWorkload } from '../names.ts';
import { restartOf } from '../shared/restart.ts';
import { carrierNow } from './carrier-now.ts';
import { stands } from './causes.ts';
import type { ShippingData } from './checks.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** R36. Helps where pods hold an old key; cures no outage outside. */
export const restartService = restartOf<ShippingData>({
  step: 'R36',
  source: 'kubectl rollout restart deployment/order-service',
  workload: orderWorkload,
  state: ({ findings }) => findings.service.data,
  rule: () => ({
    when: 'Pods are older than the credentials (R33), as after R35.',
    notWhile: [
      'No pod is older than the credentials: there is nothing to pick up.',
      'The carrier is in trouble (5.C1): an outage outside.',
    ],
  }),
  when({ findings }) {
    const older = findings.secret.data?.olderPods ?? 0;
    return older > 0
      ? `${older} ${older === 1 ? 'pod' : 'pods'} started before the credentials changed`
      : null;
  },
  notWhile(judging) {
    if (stands(judging, '5.C1')) return 'a restart cannot cure an outage outside';
    return judging.findings.secret.data?.olderPods === 0
      ? 'no pod is older than the credentials, there is nothing to pick up'
      : null;
  },
  note: async () => ({}),
  proof: {
    plan: () => ({
      everyMs: 15 * SECOND,
      withinMs: 10 * MINUTE,
      alike: 3,
      words: 'The carrier takes our key within 10 min of the rollout’s end.',
    }),
    sample: async (proving) => await carrierNow(proving, proving.run.targets[0] ?? ''),
  },
});
