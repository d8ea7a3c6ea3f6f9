import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeOf } from '../../src/pipeline/change.ts';
import { climb } from '../../src/pipeline/escalate.ts';
import { type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  rig.slack.addUser({ id: 'ULEAD', name: 'lead', email: 'lead@example.com' });
  await rig.alert();
  await rig.app.idle();
});
afterAll(async () => await rig.stop());

/** Rung 3 of OMS-1, as the ladder of a critical incident has it. */
async function thirdRung(people: readonly string[]): Promise<void> {
  const { parts } = rig.app;
  await parts.journal.transact('third rung', async (tx) => {
    const incident = await tx.incident('OMS-1');
    if (incident === null) throw new Error('There is no OMS-1.');
    const rung = { number: 3, team: 'orders', channels: [], people, pages: true, afterMinutes: 20 } as const;
    const due = { rung, at: tx.now, reason: 'time', because: 'The trouble has lasted 60 minutes.' } as const;
    const { event, outgoing } = climb(incident, due, parts.rules, null);
    const raised = {
      type: 'raised',
      severity: 'critical',
      ladder: [rung],
      because: 'It got worse.',
      at: tx.now,
    } as const;
    tx.save(changeOf(incident, [raised, event], parts.rules, outgoing));
  });
  await rig.app.idle();
}

const dms = () => rig.slack.as('ULEAD').dms();

describe('rung 3 reaches people', () => {
  test('somebody whom Slack knows gets one direct message, also when its answer is lost', async () => {
    rig.slack.faults.add({ match: { path: /chat\.postMessage/ }, fault: { mode: 'lost' }, times: 1 });
    await thirdRung(['lead@example.com', 'gone@example.com']);
    expect(dms()).toHaveLength(1);
    expect(dms()[0]?.text).toContain('OMS-1 Orders stuck in processing (prod) needs you: rung 3.');
    expect(dms()[0]?.text).toContain('The trouble has lasted 60 minutes.');
  });

  test('an address that Slack does not know is said to platform engineering', () => {
    const said = rig.slack.messages('#platform-eng').map(({ text }) => text);
    expect(said).toEqual([expect.stringContaining('rung 3 could not reach gone@example.com')]);
  });

  test('deciding it again says nothing twice', async () => {
    await thirdRung(['lead@example.com', 'gone@example.com']);
    expect(dms()).toHaveLength(1);
    expect(rig.slack.messages('#platform-eng')).toHaveLength(1);
  });

  test('somebody who was called hears that it is over; who could not be called does not', async () => {
    await rig.slack.as('URESPONDER').command('#orders-alerts', '/oms resolve OMS-1 all is well again');
    await rig.app.idle();
    expect(dms().map(({ text }) => text)).toEqual([
      expect.stringContaining('needs you: rung 3.'),
      expect.stringMatching(/is over: resolved by <@URESPONDER> after \d+ .*min\. all is well again/),
    ]);
    expect(rig.slack.messages('#platform-eng')).toHaveLength(1);
  });
});
