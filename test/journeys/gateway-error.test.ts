import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => await rig.stop());

const ERROR = { alertname: 'GatewayErrors', code: 'PAYMENT_GATEWAY_ERROR' };
const FAILED = { alertname: 'PaymentFailures', code: 'PAYMENT_FAILED' };

async function open(): Promise<readonly string[]> {
  await rig.app.idle();
  const { rows } = await rig.store.owner.query<{ runbook: string }>(
    `select runbook from incidents where state <> 'resolved' order by runbook`,
  );
  return rows.map(({ runbook }) => runbook);
}

async function resolve(id: string): Promise<void> {
  await rig.slack.as('URESPONDER').command('#orders-alerts', `/oms resolve ${id} it was a drill`);
  await rig.app.idle();
}

test('a gateway error is about refunds while no payment fails', async () => {
  await rig.alert({ fingerprint: 'g1' }, ERROR);
  expect(await open()).toEqual(['refund-delays']);
});

test('what an incident knows as firing stays with it, also when payments begin to fail', async () => {
  await rig.alert({ fingerprint: 'p1' }, FAILED);
  await rig.alert({ fingerprint: 'g1' }, ERROR);
  expect(await open()).toEqual(['payment-failures', 'refund-delays']);
  const { rows } = await rig.store.owner.query<{ keys: string[] }>(
    `select jsonb_path_query_array(body, '$.sources[*].key') as keys from incidents where runbook = 'payment-failures'`,
  );
  expect(rows.map(({ keys }) => keys)).toEqual([['p1']]);
  await resolve('OMS-1');
});

test('while payments fail it is one outage and one incident, and its end is found there', async () => {
  await rig.alert({ fingerprint: 'g2' }, ERROR);
  expect(await open()).toEqual(['payment-failures']);
  await rig.alert({ fingerprint: 'g2', status: 'resolved' }, ERROR);
  await rig.app.idle();
  const { rows } = await rig.store.owner.query<{ state: string }>(
    `select source ->> 'state' as state from incidents i, jsonb_array_elements(i.body -> 'sources') source
     where runbook = 'payment-failures' and source ->> 'key' = 'g2'`,
  );
  expect(rows).toEqual([{ state: 'resolved' }]);
});
