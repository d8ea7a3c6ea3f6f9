import type { DeploymentState, SecretPair } from '../../ports/kubernetes.ts';
import { orderWorkload } from '../names.ts';
import { restartable } from '../shared/restart.ts';
import { type SecretSeen, secretCheck } from '../shared/secret.ts';
import { type ProviderSeen, statusPage } from '../shared/status-page.ts';
import { type CarriersSeen, carriers } from './carriers.ts';
import { type LabelLogs, labelLogs } from './logs.ts';
import { type ParcelsSeen, parcels, type WaitingSeen, waiting } from './parcels.ts';
import { staged } from './staged.ts';

export interface ShippingData {
  readonly logs: LabelLogs;
  readonly carriers: CarriersSeen;
  readonly secret: SecretSeen;
  readonly waiting: WaitingSeen;
  readonly parcels: ParcelsSeen;
  readonly staged: SecretPair;
  readonly provider: ProviderSeen;
  readonly service: DeploymentState;
}

export const checks = {
  logs: labelLogs,
  carriers,
  secret: secretCheck({
    step: 'R33',
    title: 'Are the carrier’s credentials current?',
    source: 'kubectl get secret shipping-carrier-credentials -o yaml',
    whose: 'The carrier’s credentials',
    wanted: ({ carrier }) => carrier,
  }),
  waiting,
  parcels,
  staged,
  provider: statusPage('carrier'),
  service: restartable('R36', orderWorkload),
};
