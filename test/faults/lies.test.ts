import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { initialPods } from '../../sim/world/pods.ts';
import { gatewayDown } from '../../sim/world/scenarios/payment-failures.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

const MINUTE = 60_000;
const STUCK = { path: /^\/admin\/orders\/stuck$/ };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ ordersPerHour: 240 });
  await rig.alert();
  await rig.app.idle();
});
afterEach(() => rig.service.faults.clear());
afterAll(async () => await rig.stop());

const id = (place: number) => `ord_lie${String(place).padStart(6, '0')}`;
const anOrder = (place: number, ageMs = 180 * MINUTE) => {
  const at = new Date(rig.now() - ageMs).toISOString();
  return {
    id: id(place),
    status: 'processing',
    errorCode: null,
    createdAt: at,
    updatedAt: at,
    lastEvent: null,
  };
};

/** The service says this of its stuck orders, whatever is true. */
function says(orders: readonly unknown[], total = orders.length): void {
  rig.service.faults.clear();
  rig.service.faults.add({
    match: STUCK,
    fault: { mode: 'status', status: 200, body: { orders, total, nextCursor: null } },
  });
}
async function look(runbook = 'stuck-orders'): Promise<Incident> {
  await rig.skip(1);
  return await incidentOf(runbook);
}
async function incidentOf(runbook: string): Promise<Incident> {
  const open = await rig.app.parts.journal.openIncidents();
  const found = open.find((one) => one.runbook === runbook);
  if (found === undefined) throw new Error('No incident is open.');
  return found;
}
const finding = (incident: Incident, step: string) =>
  incident.diagnosis?.findings.find((one) => one.step === step);
const targetsOf = (incident: Incident) =>
  incident.offers.find(({ action }) => action === 'R20')?.targets ?? [];

describe('an order service whose list of stuck orders', () => {
  test('has one id that is none: the others are shown, and it is counted', async () => {
    says([anOrder(1), { ...anOrder(2), id: '../../etc/passwd' }, anOrder(3)]);
    const incident = await look();
    expect(finding(incident, 'R16')).toMatchObject({
      verdict: 'broken',
      line: expect.stringContaining('1 in the service’s list could not be understood'),
    });
    expect(targetsOf(incident)).toEqual([id(1), id(3)]);
    const person = rig.slack.as('UBYSTANDER');
    await person.command(ALERTS, '/oms stuck-orders');
    await rig.app.idle();
    const answer = JSON.stringify(person.ephemerals().at(-1)?.blocks);
    expect(answer).toContain(id(3));
    expect(answer).toContain('could not be understood');
    expect(answer).not.toContain('passwd');
  });

  test('has nothing but such ids is never healthy', async () => {
    says([{ ...anOrder(1), id: 'nonsense' }]);
    expect(finding(await look(), 'R16')?.verdict).toBe('broken');
    says([], 5);
    expect(finding(await look(), 'R16')?.verdict).toBe('broken');
  });

  test('has an order twice: it is one target', async () => {
    says([anOrder(1), anOrder(1), anOrder(2)]);
    expect(targetsOf(await look())).toEqual([id(1), id(2)]);
  });

  test('has an order of tomorrow, by a clock that is ahead, shows no negative age', async () => {
    says([anOrder(1, -90 * MINUTE)]);
    const incident = await look();
    expect(finding(incident, 'R16')?.line).toContain('the oldest for 0 s');
    expect(JSON.stringify(rig.card().blocks)).not.toMatch(/(for|ago|since) -\d/);
  });

  test('has 10,000 orders although fewer were asked for: the offer stays small, the number is true', async () => {
    says(
      Array.from({ length: 10_000 }, (_, place) => anOrder(place)),
      10_000,
    );
    const incident = await look();
    expect(finding(incident, 'R16')?.line).toContain('10000 orders have been in processing');
    expect(targetsOf(incident).length).toBeLessThanOrEqual(200);
    expect(JSON.stringify(incident).length).toBeLessThan(200_000);
  });
});

describe('a cluster', () => {
  test('with 200 pods: those that answer in time are told', async () => {
    await rig.world.start(gatewayDown);
    await rig.world.change((state) => {
      const [model] = initialPods(rig.now() - 60 * MINUTE, rig.world.names);
      if (model === undefined) throw new Error('There is no pod.');
      for (
        let place = state.pods.filter(({ app }) => app === 'order-service').length;
        place < 200;
        place += 1
      )
        state.pods.push({ ...model, name: `order-service-7c9f6d5b8-n${place}` });
    });
    const { alertname, code } = gatewayDown.alert;
    await rig.alert({ fingerprint: 'pay' }, { alertname, code });
    await rig.app.idle();
    const incident = await incidentOf('payment-failures');
    expect(finding(incident, 'R1')?.line).toContain('200');
    expect(finding(incident, 'R1')?.verdict).toBe('broken');
  });

  test('whose deployment is scaled to 0 is not called well', async () => {
    await rig.world.change((state) => {
      const deployment = state.cluster.deployments.get('order-service');
      const spec = deployment?.spec as { replicas?: number } | undefined;
      if (spec === undefined) throw new Error('There is no deployment.');
      spec.replicas = 0;
      for (let place = state.pods.length - 1; place >= 0; place -= 1)
        if (state.pods[place]?.app === 'order-service') state.pods.splice(place, 1);
    });
    const incident = await look('payment-failures');
    expect(finding(incident, 'R7')).toMatchObject({
      verdict: 'broken',
      line: 'order-service is scaled to 0: it has no pod.',
    });
    // No log was read, and no container was there to have been killed: neither is a quiet one.
    expect(finding(incident, 'R2')?.verdict).toBe('unknown');
    for (const [runbook, step] of [
      ['shipping-labels', 'R30'],
      ['memory', 'R54'],
    ] as const) {
      await rig.slack.as('URESPONDER').command(ALERTS, `/oms diagnose ${runbook}`);
      await rig.app.idle();
      expect(finding(await incidentOf(runbook), step)).toMatchObject({
        verdict: 'unknown',
        line: expect.stringContaining('has no pod with app=order-service'),
      });
    }
    expect(await verifyChain(rig.store.owner)).toMatchObject({ ok: true });
    expect(rig.slack.problems).toEqual([]);
  });
});
