import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportHangs, exportTooLarge, uploadRefused } from '../../sim/world/scenarios/exports.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const jobs = async () =>
  await rig.world.read((state) => [...state.exports.values()].map((row) => structuredClone(row)));

function story(scenario: Scenario): void {
  beforeAll(async () => {
    rig = await startRig();
    await rig.world.start(scenario);
    const { alertname, code, summary } = scenario.alert;
    await rig.alert({ annotations: { summary } }, { alertname, code });
    await rig.app.idle();
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

describe('an export that is too large', () => {
  story(exportTooLarge);

  test('the card names the job, its cause, and offers the first week', () => {
    expect(rig.card().text).toContain('Export job failures: broken');
    expect(card()).toMatch(/exp_month31d failed after 12 min \(FILE_GENERATION_ERROR\)/);
    expect(card()).toMatch(
      /The file is above the size limit: It holds about 130200 orders, 100000 are the most/,
    );
    expect(card()).toContain(
      'Retry the export waits: it is too large and would fail again; make it in pieces.',
    );
  });

  test('a range that is too much is refused with one that fits', async () => {
    const person = rig.slack.as('URESPONDER');
    await person.click(rig.card(), 'New export…');
    await rig.app.idle();
    expect(JSON.stringify(person.modal()?.view)).toContain(
      'Large exports are made in pieces, one after the other.',
    );
    const [job] = await jobs();
    const refused = await person.submit({ format: 'csv', from: job?.from ?? '', to: job?.to ?? '' });
    expect(refused).toMatchObject({
      errors: { to: expect.stringMatching(/about 130200 orders, 100000 are the most\. .* fits\./) },
    });
    expect(await person.submit({ from: job?.to ?? '', to: job?.from ?? '' })).toMatchObject({
      errors: { to: expect.stringContaining('comes before the first') },
    });
    expect(await jobs()).toHaveLength(1);
  });

  test('piece by piece by the week, each proven before the next is offered, until it is resolved', async () => {
    const person = rig.slack.as('URESPONDER');
    for (let piece = 1; piece <= 5; piece += 1) {
      await person.click(rig.card(), 'New export…');
      await rig.app.idle();
      expect(await person.submit({})).toBe('closed');
      await rig.app.idle();
      await minutes(7);
    }
    const made = (await jobs()).filter(({ id }) => id !== 'exp_month31d');
    expect(made.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'completed'));
    const days = made.map(({ from, to }) => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1);
    expect(days).toEqual([7, 7, 7, 7, 3]);
    expect(card()).not.toContain('*Broken*');
  });
});

describe('an export that does not move', () => {
  story(exportHangs);

  test('is cancelled by one click and a yes, once, and somebody is owed a word', async () => {
    expect(card()).toMatch(/exp_audit14d has been processing for 50 min/);
    expect(JSON.stringify(rig.card().blocks)).toMatch(
      /"confirm":\{[^}]*\},"text":\{[^}]*Nothing brings it back/,
    );
    await rig.slack.as('URESPONDER').click(rig.card(), 'Cancel the export', { confirm: true, again: true });
    await rig.app.idle();
    await minutes(2);
    expect((await jobs()).map(({ status }) => status)).toEqual(['cancelled']);
    const deleted = rig.service.requests.filter(({ method }) => method === 'DELETE');
    expect(deleted).toHaveLength(1);
    expect(rig.slack.thread(ALERTS, rig.card().ts).map(({ text }) => text)).toContainEqual(
      expect.stringContaining('helped'),
    );
    expect(card()).toContain('Tell whoever asked for the export');
  });
});

describe('a bucket that takes nothing any more', () => {
  story(uploadRefused);

  test('is told by S3 itself, and a retry waits for it', async () => {
    expect(card()).toContain('The bucket ecommerce-exports cannot be used: forbidden.');
    expect(card()).toContain('The upload to S3 fails');
    expect(card()).toContain('Retry the export waits: the bucket cannot be used');
    expect(rig.s3.requests.map(({ method }) => method)).toEqual(expect.arrayContaining(['HEAD', 'GET']));
  });

  test('once it takes files again, the retry goes through', async () => {
    await rig.world.change((state, now) => uploadRefused.recover?.(state, now));
    await minutes(1);
    expect(card()).not.toContain('cannot be used');
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry the export', { again: true });
    await rig.app.idle();
    await minutes(7);
    expect((await jobs()).map(({ status }) => status)).toEqual(['completed']);
  });
});
