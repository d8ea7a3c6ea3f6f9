import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowEngineCrash } from '../../sim/world/scenarios/workflow-engine-crash.ts';
import { verifyChain } from '../../src/store/audit.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.world.change((state, now) => workflowEngineCrash.start(state, now));
});
afterAll(async () => await rig.stop());

describe('orders stuck in processing, from the alert to the escalation', () => {
  test('an alert becomes one card that says how many orders are stuck', async () => {
    expect((await rig.alert()).status).toBe(202);
    await rig.app.idle();
    expect(rig.card().text).toContain('prod · OMS-1 · Orders stuck in processing: broken');
    expect(JSON.stringify(rig.card().blocks)).toContain('37 orders have been in processing for over 2 h');
  });

  test('the same alert again changes nothing', async () => {
    await rig.alert();
    await rig.app.idle();
    // A slow first look is told in a second message; the card itself is one.
    const cards = rig.slack
      .messages(ALERTS)
      .filter(({ metadata }) => JSON.stringify(metadata ?? {}).includes('card/'));
    expect(cards).toHaveLength(1);
  });

  test('a bystander who presses is told who may, and nothing runs', async () => {
    const bystander = rig.slack.as('UBYSTANDER');
    await bystander.click(rig.card(), 'Retry workflow');
    await rig.app.idle();
    expect(bystander.ephemerals().at(-1)?.text).toContain(
      'You may not approve “Retry workflow”. These may: <@URESPONDER>, <@UAPPROVER>.',
    );
    expect(rig.service.count('POST', /retry-workflow/)).toBe(0);
  });

  test('a responder’s click, delivered twice, runs once for each order', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry workflow', { again: true });
    await rig.app.idle();
    expect(rig.service.count('POST', /retry-workflow/)).toBe(37);
    expect(JSON.stringify(rig.card().blocks)).toMatch(/37 asked, 0 finished/);
  });

  test('the proof says how many moved', async () => {
    await rig.skip(8);
    await rig.skip(9);
    await rig.skip(1);
    expect(JSON.stringify(rig.card().blocks)).toContain('partly helped');
    expect(JSON.stringify(rig.card().blocks)).toContain('31 of 37 finished');
  });

  test('more than a quarter of all orders calls the owning team at once, with a page', () => {
    const called = rig.slack.messages('#orders-team');
    expect(called).toHaveLength(1);
    expect(called[0]?.text).toContain('OMS-1 Orders stuck in processing (prod) needs you: rung 1.');
    expect(called[0]?.text).toContain('more than 25 %');
    expect(rig.pagerduty.incidents).toHaveLength(1);
  });

  test('twenty minutes after that platform engineering is called, with a page of its own', async () => {
    await rig.skip(20);
    expect(rig.slack.messages('#platform-eng')).toHaveLength(1);
    expect(rig.pagerduty.incidents).toHaveLength(2);
  });

  test('a responder resolves it, the pages close and the chain is whole', async () => {
    const person = rig.slack.as('URESPONDER');
    await person.command(ALERTS, '/oms resolve OMS-1 the last six were cancelled with the customers');
    await rig.app.idle();
    expect(person.ephemerals().at(-1)?.text).toBe('OMS-1 is resolved.');
    expect(rig.card().text).toContain('resolved');
    expect(rig.pagerduty.incidents.map(({ status }) => status)).toEqual(['resolved', 'resolved']);
    expect(await verifyChain(rig.store.owner)).toMatchObject({ ok: true });
  });

  test('Slack refused nothing that was said', () => {
    expect(rig.slack.requests.filter(({ error }) => error !== null)).toEqual([]);
  });
});
