import { defineRunbook } from './define-runbook.ts';
import { orderWorkload } from './names.ts';
import { rollBackOf } from './roll-back.ts';
import { validateAddress } from './shipping-labels/address.ts';
import { advice } from './shipping-labels/advice.ts';
import { byHand } from './shipping-labels/by-hand.ts';
import { causes } from './shipping-labels/causes.ts';
import { checks, type ShippingData } from './shipping-labels/checks.ts';
import { knowledge } from './shipping-labels/knowledge.ts';
import { LABEL_CODES } from './shipping-labels/logs.ts';
import { promoteCredentials, revertCredentials } from './shipping-labels/promote.ts';
import { regenerateLabel } from './shipping-labels/regenerate.ts';
import { restartService } from './shipping-labels/restart.ts';

/** Minutes of labelled orders that the impact counts. */
const WINDOW = 120;

/** Runbook 5: packed orders get no label. */
export const shippingLabels = defineRunbook<ShippingData>({
  id: 'shipping-labels',
  number: 5,
  title: 'Shipping label failures',
  codes: LABEL_CODES,
  words: ['label', 'carrier', 'shipping'].flatMap((what) => ['fail', 'timeout'].map((how) => [what, how])),
  severity: 'medium',
  team: 'orders',
  checks,
  about: (names) => ({ workloads: [orderWorkload(names)], secrets: [names.carrier.secret] }),
  causes,
  actions: [
    regenerateLabel,
    promoteCredentials,
    restartService,
    revertCredentials,
    rollBackOf<ShippingData>({
      runbook: 'shipping-labels',
      causes,
      state: ({ findings }) => findings.service.data,
    }),
  ],
  questions: [validateAddress],
  advice,
  byHand,
  knowledge,
  impact: {
    means:
      'orders that wait for a label ÷ (those + orders that left for the customer in 2 hours); wrong addresses never count',
    async measure({ probes, names, thresholds, now, signal }) {
      const { processing, pendingPayment, readyToShip } = names.statuses;
      return await probes.ordersDatabase.stuckShare(
        {
          status: readyToShip,
          olderThanMinutes: thresholds.labelWaitMinutes,
          windowMinutes: WINDOW,
          now,
          runbook: 'shipping-labels',
          notYet: [processing, pendingPayment],
          except: ['INVALID_ADDRESS'],
        },
        signal,
      );
    },
  },
  atOnce: () => null,
});
