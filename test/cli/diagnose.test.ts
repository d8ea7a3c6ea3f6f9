import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from '../../sim/world/scenarios/catalogue.ts';
import { temporaryFolder } from '../support/folder.ts';
import { oms } from '../support/oms.ts';
import { startPretendWorld } from '../support/rig.ts';

let world: Awaited<ReturnType<typeof startPretendWorld>>;
const folder = temporaryFolder();
let env: Record<string, string>;

beforeAll(async () => {
  world = await startPretendWorld();
  const token = join(folder.path, 'token');
  writeFileSync(token, 'admin-token');
  const kubeconfig = join(folder.path, 'kubeconfig');
  writeFileSync(kubeconfig, world.address.kubeconfig);
  env = {
    ORDER_SERVICE_URL: world.address.service,
    ORDER_SERVICE_TOKEN_FILE: token,
    ORDERS_DATABASE_URL: world.address.orders,
    KUBECONFIG: kubeconfig,
  };
});
afterAll(async () => {
  await world.stop();
  folder.remove();
});

const scenario = (id: string) => {
  const found = scenarios.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no scenario ${id}`);
  return found;
};

describe('oms diagnose', () => {
  test('ends with 0 where all is well', async () => {
    const { code, said } = await oms(['diagnose', 'stuck-orders'], '', env);
    expect(said).toContain('All in all: healthy');
    expect(code).toBe(0);
  });

  test('says each finding, the causes and the impact, and ends with 1 while something is broken', async () => {
    await world.world.start(scenario('webhook-refused'));
    const { code, said } = await oms(['diagnose', 'WORKFLOW_STUCK'], '', env);
    expect(said).toMatch(/BROKEN {3}R16 {2}\d+ orders have been in processing/);
    expect(said).toContain('This was one look, without the past');
    expect(said).toMatch(/supported {2}Warehouse does not take our calls/);
    expect(said).toMatch(/orders are affected\./);
    expect(said).toContain('All in all: broken');
    expect(code).toBe(1);
  });

  test('--json is one document for a machine', async () => {
    const { code, said } = await oms(['diagnose', '3', '--json', '--order', 'ord_abc123'], '', env);
    expect(JSON.parse(said)).toMatchObject({ runbook: 'stuck-orders', verdict: 'broken' });
    expect(code).toBe(1);
  });

  test('ends with 2 where nothing could be looked at, and says what to type', async () => {
    const dead = { ...env, ORDER_SERVICE_URL: 'http://127.0.0.1:9', KUBECONFIG: '' };
    const { code, said } = await oms(['diagnose', 'stuck-orders'], '', dead);
    expect(said).toMatch(/unknown {2}R16 /);
    expect(said).toMatch(/By hand, R16:\n {2}kubectl .*stuck/);
    expect(code).toBe(2);
  });

  test('asks the pods for their pages where only the admin pages are not configured', async () => {
    const { said } = await oms(['diagnose', 'payment-failures'], '', { ...env, ORDER_SERVICE_URL: '' });
    expect(said).toMatch(/healthy {2}R1 /);
    const { said: lists } = await oms(['diagnose', 'stuck-orders'], '', { ...env, ORDER_SERVICE_URL: '' });
    expect(lists).toMatch(/skipped {2}R16 .*ORDER_SERVICE_URL, or `workloads\.orderService\.service`/);
  });

  test.each([
    [['diagnose', 'teapot'], /No runbook is called “teapot”. There is:\n {2}payment-failures/],
    [['diagnose', 'stuck-orders', '--order', 'xyz'], /“xyz” is no order id; one looks like ord_xyz789abc\./],
    [['diagnose', 'stuck-orders', 'xyz'], /“xyz” is no id of an order.* ord_xyz789abc/],
    [
      ['diagnose', 'stuck-orders', '--order', 'ref_abc123'],
      /“ref_abc123” is no order id; one looks like ord_xyz789abc\. It is the id of a refund\./,
    ],
    [['diagnose'], /missing required argument 'runbook'/],
  ])('%j', async (args, words) => {
    const { code, said } = await oms(args, '', env);
    expect(said).toMatch(words);
    expect(code).not.toBe(0);
  });
});

describe('oms runbooks', () => {
  test('is a table for people', async () => {
    const { code, said } = await oms(['runbooks']);
    expect(said).toMatch(/^1\. Payment failures \(payment-failures\), critical: PAYMENT_FAILED/);
    expect(said).toMatch(/R22 +guarded +Set status by hand/);
    expect(said).toMatch(/R8 +monitor +/);
    expect(code).toBe(0);
  });

  test('--json has each step whole, with our users’ names in the commands', async () => {
    const { said } = await oms(['runbooks', '--json'], 'workloads:\n  namespace: shop\n');
    const { runbooks } = JSON.parse(said) as {
      runbooks: { steps: { step: string; equivalent: string; kind: string }[] }[];
    };
    const steps = runbooks.flatMap((runbook) => runbook.steps);
    expect(steps.find(({ step }) => step === 'R7')).toMatchObject({
      kind: 'action',
      tier: 'disruptive',
      source: 'kubectl rollout restart deployment/order-service',
      equivalent: 'kubectl -n shop rollout restart deployment/order-service',
      system: 'Kubernetes',
    });
  });

  test('--json has each bullet of the source with what carries it, and each number with whose it is', async () => {
    const { said } = await oms(['runbooks', '--json'], 'thresholds:\n  lagMessages: 500\n');
    const { runbooks, company, thresholds } = JSON.parse(said) as {
      runbooks: { knowledge: { id: string; carriedBy: object[] }[] }[];
      company: { id: string; carriedBy: string; value: string | null }[];
      thresholds: { name: string }[];
    };
    const bullets = runbooks.flatMap(({ knowledge }) => knowledge);
    expect(new Set(bullets.map(({ id }) => id)).size).toBe(280);
    expect(bullets.find(({ id }) => id === '10.C2')?.carriedBy).toEqual([
      { by: 'cause', name: '10.C2', says: 'The file is above the size limit', part: null },
    ]);
    expect(company).toHaveLength(16);
    expect(company).toContainEqual({ id: 'O6', carriedBy: 'channels.alerts', value: '#orders-alerts' });
    expect(company).toContainEqual({ id: 'K2', carriedBy: 'people.teamLead', value: null });
    const number = (name: string) => thresholds.find((threshold) => threshold.name === name);
    expect(number('lagMessages')).toMatchObject({ value: 500, origin: expect.stringMatching(/yaml:2$/) });
    expect(number('stuckAfterMinutes')).toMatchObject({ value: 120, unit: 'minutes', origin: 'runbook' });
    expect(number('logWindowMinutes')).toMatchObject({ value: 30, origin: 'our default' });
  });
});
