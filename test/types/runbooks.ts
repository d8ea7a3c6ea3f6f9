// Compiled by the types check, never run: each marked line must be refused, and its twin above must be taken.
import { healthy } from '../../src/domain/finding.ts';
import { type Action, type Check, defineRunbook } from '../../src/runbooks/define-runbook.ts';
import type { paymentFailures } from '../../src/runbooks/payment-failures.ts';
import type { StuckData } from '../../src/runbooks/stuck-orders/checks.ts';
import { retryWorkflow } from '../../src/runbooks/stuck-orders/retry.ts';
import { stuckOrders } from '../../src/runbooks/stuck-orders.ts';
import { section } from '../../src/views/kit.ts';
import { words } from '../../src/views/words.ts';

const { proof, ...withoutProof } = retryWorkflow;
export const withProof: Action<StuckData> = { ...withoutProof, proof };
// @ts-expect-error An action without a proof is none.
export const unproven: Action<StuckData> = withoutProof;

const { engine } = stuckOrders.checks;
export const asks: Check<null> = {
  ...stuckOrders.checks.events,
  look: async ({ probes }) => healthy(String(probes), null),
};
export const pulls: Check<null> = {
  ...stuckOrders.checks.events,
  // @ts-expect-error A check asks; it has no levers.
  look: async ({ levers }) => healthy(String(levers), null),
};

const rule = () => ({ supported: '', ruledOut: '' });
export const reads = defineRunbook({
  ...stuckOrders,
  causes: [
    {
      id: '3.C9',
      title: 'One that reads a finding of its runbook',
      outside: false,
      rule,
      judge: ({ findings }) => ({ verdict: 'open', because: findings.engine.line }),
    },
  ],
});
export const silent = defineRunbook({
  ...stuckOrders,
  causes: [
    // @ts-expect-error A cause says its rule in words.
    {
      id: '3.C9',
      title: 'One that only decides',
      outside: false,
      judge: () => ({ verdict: 'open' as const, because: '' }),
    },
  ],
});
export const dreams = defineRunbook({
  ...stuckOrders,
  causes: [
    {
      id: '3.C9',
      title: 'One that reads a finding of another runbook',
      outside: false,
      rule,
      // @ts-expect-error Runbook 3 has no finding of that name.
      judge: ({ findings }) => ({ verdict: 'open', because: findings.gateway.line }),
    },
  ],
});

// @ts-expect-error A check of another shape cannot stand under this name.
export const swapped: Check<StuckData['webhooks']> = engine;
// @ts-expect-error An action of one runbook cannot stand in another, whose findings it does not know.
export const moved: (typeof paymentFailures.actions)[number] = retryWorkflow;

const foreign: string = 'a <!channel> of somebody else';
export const quoted = section([words`${foreign}`]);
// @ts-expect-error A plain string is no markup.
export const plain = section([foreign]);
// @ts-expect-error Nor is a template string without `words`.
export const template = section([`*${foreign}*`]);
