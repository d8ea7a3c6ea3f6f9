import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containersOf, objectIn } from '../../sim/world/cluster.ts';
import { leakyRelease } from '../../sim/world/scenarios/memory.ts';
import { type Rig, startRig } from '../support/rig.ts';

/** Real time, for many minutes of story. */
const LONG = 180_000;
let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const image = async () =>
  await rig.world.read(({ cluster }) => {
    const template = objectIn(cluster.deployments.get('order-service')?.spec, 'template');
    return String(containersOf(template)[0]?.['image']);
  });

async function minutes(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed += 1) await rig.skip(1);
}

function story(): void {
  beforeAll(async () => {
    rig = await startRig();
    await rig.world.start(leakyRelease);
    const { alertname, code, summary, startsAgoMs } = leakyRelease.alert;
    const startsAt = new Date(rig.world.now() - startsAgoMs).toISOString();
    await rig.alert({ annotations: { summary }, startsAt }, { alertname, code });
    await rig.app.idle();
    // The first look of a process also pays for its connections.
    await rig.skip(1);
  });
  afterAll(async () => {
    const refused = rig.slack.problems;
    await rig.stop();
    expect(refused).toEqual([]);
  });
}

describe('a release that leaks', () => {
  story();

  test('stands on the card as the suspect, and the roll back is recommended once kills at even gaps tell a leak', {
    timeout: LONG,
  }, async () => {
    expect(card()).toMatch(
      /\*Changed\* image 2\.14\.1 → 2\.15\.0 on order-service, 1[78] min before the first symptom\./,
    );
    expect(card()).not.toContain('Recommended');
    for (let passed = 0; passed < 20 && !card().includes('Recommended: the trouble began'); passed += 1)
      await minutes(1);
    expect(card()).toMatch(/\*Cause\* The code leaks memory: \S+ was killed \d times, each \d min/);
    expect(card()).toMatch(
      /Roll back the service\*: .*Recommended: the trouble began 1[78] min after image 2\.14\.1 → 2\.15\.0 on order-service/,
    );
  });

  test('a bystander rolls nothing back', async () => {
    await rig.slack.as('UBYSTANDER').click(rig.card(), 'Roll back the service', { confirm: true });
    await rig.app.idle();
    expect(rig.kubernetes.count('PATCH', /deployments/)).toBe(0);
  });

  test('a yes is one patch, and the version before comes back pod by pod', async () => {
    await rig.slack
      .as('URESPONDER')
      .click(rig.card(), 'Roll back the service', { confirm: true, again: true });
    await rig.app.idle();
    expect(await image()).toMatch(/order-service:2\.14\.1$/);
    expect(rig.kubernetes.count('PATCH', /deployments/)).toBe(1);
  });

  test('its proof holds for three minutes: mitigated and watched, and shipping the fix is owed', {
    timeout: LONG,
  }, async () => {
    await minutes(8);
    expect(card()).toMatch(/Roll back the service\*, approved by .* done, \*helped\*/);
    expect(rig.card().text).toContain('mitigated, watching');
    expect(card()).toContain('Ship the fix, then roll forward.');
  });

  test('no pod is killed again in the time that each lived before', { timeout: LONG }, async () => {
    await minutes(18);
    expect(rig.card().text).not.toContain('broken');
    const killed = await rig.world.read(
      ({ pods }) => pods.filter(({ lastTermination }) => lastTermination !== null).length,
    );
    expect(killed).toBe(0);
  });
});

describe('a restart, and a roll back before anybody knows what the restart came to', () => {
  story();

  test('the restart is not said to have helped by what the roll back did', { timeout: LONG }, async () => {
    for (let passed = 0; passed < 20 && !card().includes('Recommended: the trouble began'); passed += 1)
      await minutes(1);
    const press = async (button: string) => {
      await rig.slack.as('URESPONDER').click(rig.card(), button, { confirm: true });
      await rig.app.idle();
    };
    await press('Restart the service');
    for (let passed = 0; passed < 12 && !card().includes('Roll back the service?'); passed += 1)
      await rig.skip(0.5);
    await press('Roll back the service');
    await minutes(8);
    expect(card()).toMatch(/Restart the service\*, approved by .* done, \*could not tell\*/);
    expect(card()).toMatch(/Roll back the service\*, approved by .* done, \*helped\*/);
  });
});
