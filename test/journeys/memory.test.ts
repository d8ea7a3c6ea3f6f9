import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containersOf, objectIn } from '../../sim/world/cluster.ts';
import { exportEatsMemory, memoryLeak, memoryLimitLow } from '../../sim/world/scenarios/memory.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

const HALF_AN_HOUR = 180_000;
let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');

/** As it is written in the deployment's template. */
const limit = async () =>
  await rig.world.read(({ cluster }) => {
    const template = objectIn(cluster.deployments.get('order-service')?.spec, 'template');
    return objectIn(objectIn(containersOf(template)[0], 'resources'), 'limits')?.['memory'];
  });

/** Where heap dumps lie. */
const dumps = async () => await rig.world.read(({ cluster }) => [...cluster.files.keys()]);

function story(scenario: Scenario): void {
  beforeAll(async () => {
    rig = await startRig();
    await rig.world.start(scenario);
    const { alertname, code, summary } = scenario.alert;
    await rig.alert({ annotations: { summary } }, { alertname, code });
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

async function minutes(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed += 1) await rig.skip(1);
}

async function say(line: string): Promise<string | undefined> {
  const person = rig.slack.as('URESPONDER');
  await person.command(ALERTS, line);
  await rig.app.idle();
  return person.ephemerals().at(-1)?.text;
}

describe('a memory limit that is too low', () => {
  story(memoryLimitLow);

  test('the card tells of full pods and their cause, and recommends more memory, no restart', async () => {
    expect(rig.card().text).toContain('prod · OMS-1 · High memory, OOM kills: broken');
    expect(card()).toContain('Not ruled out: ');
    await minutes(5);
    expect(card()).toMatch(/order-service-\S+ uses 98 % of its memory limit, the most of 3 pods/);
    expect(card()).toContain(
      '*Cause* The memory limit is too low: All 3 pods reached 95 % within 30 min of their start and have stayed there.',
    );
    expect(card()).toMatch(
      /\*Changed\* image 2\.14\.1 → 2\.15\.0 on order-service, \d+ min before the first symptom\./,
    );
    expect(card()).toMatch(/Raise the memory limit\*: .*Recommended: the limit is too low/);
    expect(card()).toContain('Restart the service waits: the pods would be full again within minutes.');
  });

  test('the form names the present limit, and takes nothing at or below it', async () => {
    const person = rig.slack.as('URESPONDER');
    await person.click(rig.card(), 'Raise the memory limit…');
    await rig.app.idle();
    expect(JSON.stringify(person.modal()?.view)).toContain('Now 1 GiB.');
    expect(await person.submit({ to: '1' })).toMatchObject({ errors: { to: expect.anything() } });
    await person.close();
    expect(rig.kubernetes.count('PATCH', /deployments/)).toBe(0);
  });

  test('a bystander raises nothing', async () => {
    const person = rig.slack.as('UBYSTANDER');
    await person.click(rig.card(), 'Raise the memory limit…');
    await rig.app.idle();
    if (person.modal() !== null) await person.submit({});
    await rig.app.idle();
    expect(JSON.stringify([person.ephemerals(), person.modals()])).toContain('You may not approve');
    expect(await limit()).toBe('1Gi');
  });

  test('4 GiB, sent twice, are one change; the rollout is followed, and the undo is owed', async () => {
    const person = rig.slack.as('URESPONDER');
    await person.click(rig.card(), 'Raise the memory limit…');
    await rig.app.idle();
    await person.submit({}, { again: true });
    await rig.app.idle();
    expect(rig.kubernetes.count('PATCH', /deployments\/order-service/)).toBe(1);
    expect(await limit()).toBe('4Gi');
    await minutes(2);
    expect(card()).toMatch(/Raise the memory limit\*, approved by <@URESPONDER>.*: done\. No container was/);
    expect(card()).toMatch(/Set the memory limit back to what it was\..* For <@URESPONDER>/);
    expect(card()).toContain('Raise the memory limit waits: it was done, and its proof is under way');
  });

  test(
    'half an hour without a kill proves it: mitigated, watched, and not over yet',
    async () => {
      await minutes(32);
      expect(thread()).toMatch(/\*Raise the memory limit\*, approved by .*\*helped\*/);
      expect(thread()).toContain('Mitigated: “Raise the memory limit” helped.');
      expect(
        thread().match(/<@URESPONDER>, this still waits: Set the memory limit back to what it was\./g),
      ).toHaveLength(1);
      expect(rig.card().text).toContain('mitigated, watching');
      expect(card()).not.toContain('Recommended');
      expect(card()).toMatch(/\*Possible, not recommended now\*.*Set the memory limit back/);
    },
    HALF_AN_HOUR,
  );

  test('nobody resolves it while the limit is owed', async () => {
    expect(await say('/oms resolve OMS-1 the pods are fine')).toContain(
      'OMS-1 stays open: Set the memory limit back to what it was.',
    );
    const { alertname, code } = memoryLimitLow.alert;
    await rig.alert({ status: 'resolved' }, { alertname, code });
    await rig.skip(60);
    await minutes(2);
    expect(rig.card().text).not.toContain('resolved');
  });

  test('once the next version wants less, setting it back is recommended, done and proven', async () => {
    await rig.world.change((state, now) => memoryLimitLow.recover?.(state, now));
    await minutes(2);
    expect(card()).toMatch(/Recommended: the cause is over, and the pods would use at most 3\d %/);
    await rig.slack
      .as('URESPONDER')
      .click(rig.card(), 'Set the memory limit back', { confirm: true, again: true });
    await rig.app.idle();
    expect(rig.kubernetes.count('PATCH', /deployments\/order-service/)).toBe(2);
    await minutes(3);
    expect(await limit()).toBe('1Gi');
    expect(thread()).toMatch(/The memory limit is 1 GiB again, and all pods are ready/);
    expect(card()).not.toContain('Set the memory limit back to what it was.');
  });

  test('then it ends by itself; shipping the fix stays owed', async () => {
    await minutes(3);
    expect(rig.card().text).toContain('resolved');
    expect(await say('/oms owed')).toBe('1 duty is owed.');
  });
});

describe('a leak after a release', () => {
  story(memoryLeak);

  test('nobody calls it a leak before an hour of rise', async () => {
    expect(card()).toContain('Not ruled out: The code leaks memory');
    for (let tens = 0; tens < 6; tens += 1) await rig.skip(10);
    expect(card()).toMatch(/\*Cause\* The code leaks memory: Memory has risen for 1 h .*on 3 of 3 pods/);
    expect(card()).toMatch(/Restart the service\*: .*Recommended: it empties the pods until the leak fills/);
  });

  test('a heap dump is asked for with a reason, and waits for a second person', async () => {
    expect(card()).toMatch(
      /Dump the heap\*: .*Recommended: it shows what leaks, and a restart would lose it/,
    );
    const asker = rig.slack.as('URESPONDER');
    await asker.click(rig.card(), 'Dump the heap…');
    await rig.app.idle();
    expect(await asker.submit({ reason: 'leak' })).toMatchObject({ errors: { reason: expect.anything() } });
    await asker.submit({ reason: 'The leak is to be found before the restart.' });
    await rig.app.idle();
    await asker.click(rig.card(), 'Approve: Dump the heap', { confirm: true });
    await rig.app.idle();
    expect(await dumps()).toEqual([]);
    expect(JSON.stringify(asker.ephemerals())).toContain('yourself; a second person has to approve it');
  });

  test('approved, the pod stands still, the file is told by its size, fetching it is owed', async () => {
    await rig.slack
      .as('UAPPROVER')
      .click(rig.card(), 'Approve: Dump the heap', { confirm: true, again: true });
    await rig.app.idle();
    expect(await dumps()).toHaveLength(1);
    await minutes(3);
    expect(thread()).toMatch(/\*Dump the heap\*, approved by .*\*helped\*/);
    expect(thread()).toMatch(/\/tmp\/heap-\d+\.hprof in order-service-\S+ has \d+ MiB\./);
    expect(card()).toContain('Fetch, read and delete the heap dump; it holds customers’ data.');
  });

  test('a restart empties the pods and mitigates', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Restart the service', { confirm: true, again: true });
    await rig.app.idle();
    expect(rig.kubernetes.count('PATCH', /deployments\/order-service/)).toBe(1);
    await minutes(5);
    expect(thread()).toMatch(/\*Restart the service\*, approved by .*\*helped\*/);
    expect(rig.card().text).toContain('mitigated, watching');
    expect((await rig.world.snapshot()).memory?.percent).toBeLessThan(45);
  });

  test('it comes back, and the incident goes on as broken', async () => {
    for (let tens = 0; tens < 24 && !/: broken/.test(rig.card().text); tens += 1) await rig.skip(10);
    expect(rig.card().text).toContain('OMS-1 · High memory, OOM kills: broken');
    expect(thread()).toContain('A check is broken again.');
    expect(card()).toContain('*Cause* The code leaks memory');
  });
});

describe('an export that is built in memory', () => {
  story(exportEatsMemory);

  test('the card names the export, and all that would kill it or feed it waits', () => {
    expect(card()).toMatch(
      /\*Cause\* Somebody exports very many orders: exp_allrows20d of 84000 orders has run for \d+ min/,
    );
    expect(card()).toContain(
      'Raise the memory limit waits: cancel or split the export first, /oms diagnose exports exp_allrows20d offers it.',
    );
    expect(card()).toContain('Restart the service waits: it would kill the export exp_allrows20d.');
  });

  test('cancelled where the card points to, it kills nobody any more', async () => {
    const restarts = async () => (await rig.world.snapshot()).pods.map((pod) => pod.restarts);
    await say('/oms diagnose exports exp_allrows20d');
    expect(rig.card().text).toContain('OMS-2 · Export job failures');
    await rig.slack.as('URESPONDER').click(rig.card(), 'Cancel the export', { confirm: true, again: true });
    await rig.app.idle();
    await minutes(2);
    expect(rig.service.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(thread()).toMatch(/\*Cancel the export\*( \(\w+\))?, approved by .*\*helped\*/);
    const before = await restarts();
    await rig.skip(40);
    expect(await restarts()).toEqual(before);
  });

  test('memory is sound, and with its source resolved its incident ends', async () => {
    const { alertname, code } = exportEatsMemory.alert;
    await rig.alert({ status: 'resolved' }, { alertname, code });
    await minutes(3);
    const [first] = rig.slack.messages(ALERTS).filter(({ text }) => text.includes('OMS-1'));
    expect(first?.text).toContain('resolved');
  });
});
