import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.world.change((state, now) => workflowEngineCrash.start(state, now));
  await rig.alert();
  await rig.app.idle();
});
afterAll(async () => await rig.stop());

/** Types a command and gives the answer that only this person sees. */
async function ask(who: string, line: string): Promise<string> {
  const person = rig.slack.as(who);
  await person.command(ALERTS, line);
  await rig.app.idle();
  return person.ephemerals().at(-1)?.text ?? '';
}
const card = () => JSON.stringify(rig.card().blocks);
const retries = () => rig.service.count('POST', /retry-workflow/);
const said = () => rig.slack.messages(ALERTS).map(({ text }) => text);

describe('a freeze', () => {
  test('is a responder’s word', async () => {
    expect(await ask('UBYSTANDER', '/oms freeze 2h release')).toContain(
      'Only responders may freeze changes. These may: <@URESPONDER>',
    );
    expect(card()).not.toContain('Frozen');
  });

  test('stands on every open card and in the channel', async () => {
    expect(await ask('URESPONDER', '/oms freeze 2h release of the service')).toContain('frozen for 2 h');
    expect(card()).toMatch(/\*Frozen\* until .* by <@URESPONDER>: release of the service/);
    expect(said().join()).toContain('by <@URESPONDER>: release of the service');
  });

  test('starts nothing that is approved meanwhile', async () => {
    const person = rig.slack.as('UAPPROVER');
    await person.click(rig.card(), 'Retry workflow');
    await rig.app.idle();
    expect(person.ephemerals().at(-1)?.text).toContain('Changes are frozen by <@URESPONDER>');
    expect(retries()).toBe(0);
  });

  test('becomes longer and never shorter, and keeps who froze', async () => {
    expect(await ask('UAPPROVER', '/oms freeze 1h lunch')).toContain('already, for longer');
    expect(await ask('UAPPROVER', '/oms freeze 3h lunch')).toContain('frozen for 3 h');
    expect(card()).toMatch(/by <@URESPONDER>: release of the service/);
  });

  test('is lifted by two people once ten minutes are over', async () => {
    await rig.skip(11);
    expect(await ask('URESPONDER', '/oms unfreeze')).toContain('A second responder has to type');
    expect(await ask('URESPONDER', '/oms unfreeze')).toContain('You asked already');
    expect(card()).toContain('<@URESPONDER> asks to lift it');
    expect(await ask('UAPPROVER', '/oms unfreeze')).toContain('The freeze is lifted');
    expect(card()).not.toContain('Frozen');
  });

  test('stops a batch in the middle', async () => {
    const heal = rig.service.faults.add({
      match: { method: 'POST', path: /retry-workflow/ },
      fault: { mode: 'slow', ms: 150 },
    });
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry workflow');
    await expect.poll(retries, { timeout: 10_000 }).toBeGreaterThan(0);
    await rig.slack.as('UAPPROVER').command(ALERTS, '/oms freeze 30m stop at once');
    await rig.app.idle();
    heal();
    expect(retries()).toBeLessThan(37);
    expect(card()).toContain('Not asked: changes were frozen.');
    const items = await rig.store.owner.query<{ state: string; count: number }>(
      'select state, count(*)::int as count from run_items group by state',
    );
    const count = (state: string) => items.rows.find((row) => row.state === state)?.count ?? 0;
    expect(count('done')).toBe(retries());
    expect(count('done') + count('unsent')).toBe(37);
  });

  test('may be lifted within ten minutes by whoever froze', async () => {
    expect(await ask('UAPPROVER', '/oms unfreeze')).toContain('The freeze is lifted');
  });

  test('ends by itself', async () => {
    await ask('URESPONDER', '/oms freeze 5m short');
    expect(card()).toContain('Frozen');
    await rig.skip(6);
    expect(card()).not.toContain('Frozen');
    expect(said().at(-1)).toContain('The freeze of <@URESPONDER> is over');
  });

  test('is journaled from the first word to the end', async () => {
    const found = await rig.store.owner.query<{ type: string; by: string }>(
      `select text::jsonb ->> 'type' as type, text::jsonb ->> 'by' as by from journal where text ~ 'fr[eo]e?ze|extended|lift'  order by seq`,
    );
    expect(found.rows).toEqual([
      { type: 'frozen', by: 'URESPONDER' },
      { type: 'extended', by: 'UAPPROVER' },
      { type: 'lift asked', by: 'URESPONDER' },
      { type: 'freeze lifted', by: 'UAPPROVER' },
      { type: 'frozen', by: 'UAPPROVER' },
      { type: 'freeze lifted', by: 'UAPPROVER' },
      { type: 'frozen', by: 'URESPONDER' },
      { type: 'freeze ended', by: 'URESPONDER' },
    ]);
    expect(rig.slack.problems).toEqual([]);
  });
});
