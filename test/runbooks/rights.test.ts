import { expect, test } from 'vitest';
import { type Names, RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { lacking, rightFor } from '../../src/runbooks/rights.ts';

const NAMES: Names = {
  ...RUNBOOK_NAMES,
  kafka: {
    ...RUNBOOK_NAMES.kafka,
    consumers: {
      mails: {
        namespace: 'back',
        deployment: 'mailer',
        kind: 'StatefulSet',
        selector: 'app=mailer',
        container: null,
      },
    },
  },
};

test.each([
  ['deployment/order-service', 'patch deployments.apps order-service in default (deploy/rbac-change.yaml)'],
  ['statefulset/mailer', 'patch statefulsets.apps mailer in back (deploy/rbac-change.yaml)'],
  [
    'secret/shipping-carrier-credentials',
    'patch secrets shipping-carrier-credentials in default (deploy/rbac-change.yaml)',
  ],
  ['pod/order-service-1', 'create pods/exec in default (deploy/rbac-exec.yaml)'],
])('%s needs the right to %s', (target, words) => {
  const needed = rightFor(NAMES, target);
  expect(needed === null ? null : lacking(needed)).toBe(`the bot’s role may not ${words}`);
});

test.each(['ord_abc123', 'payments', 'session/12', 'deployment/mailer', 'exp_1'])(
  '%s needs none of the cluster’s',
  (target) => {
    expect(rightFor(NAMES, target)).toBeNull();
  },
);
