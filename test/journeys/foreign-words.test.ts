import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayDown } from '../../sim/world/scenarios/payment-failures.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

const TOKEN = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc';
const CARD = '4242 4242 4242 4242';
const MAIL = 'ann.smith@example.com';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ ordersPerHour: 240 });
  await rig.world.start(gatewayDown);
});
afterAll(async () => {
  const refused = rig.slack.problems;
  await rig.stop();
  expect(refused).toEqual([]);
});

/** Everything that ever stood in a channel or was shown to somebody. */
const said = () => JSON.stringify(rig.slack.requests.map((call) => ({ ...call, answer: null })));

const cardOf = (id: string) =>
  rig.slack
    .messages(ALERTS)
    .find(({ text, metadata }) => metadata !== undefined && text.includes(`${id} · `));

describe('words of others, through the front door', () => {
  test('labels with markup and a call for everybody reach the channel as plain words', async () => {
    const labels = {
      code: 'PAYMENT_FAILED',
      alertname: 'Payments *now* <!channel> <https://evil.example|click>',
    };
    const annotations = { summary: '<!here> _urgent_ <@UBYSTANDER> `rm -rf /`' };
    expect((await rig.alert({ annotations }, labels)).status).toBe(202);
    await rig.app.idle();
    const seen = JSON.stringify([rig.slack.messages(ALERTS), rig.slack.thread(ALERTS, rig.card().ts)]);
    for (const call of ['<!channel>', '<!here>', '<@UBYSTANDER>', '<https://evil.example|'])
      expect(seen).not.toContain(call);
    expect(seen).toContain('here&gt;');
  });

  test('tokens, cards and addresses in log lines are masked before they are kept or shown', async () => {
    await rig.world.change((state, now) => {
      const pod = state.pods.find(({ app }) => app === 'order-service');
      const text = `payment order=ord_abc code=PAYMENT_FAILED status=503 key=${TOKEN} card=${CARD} mail=${MAIL}`;
      state.logs.write(now, pod?.name ?? '', 'ERROR', text);
    });
    const person = rig.slack.as('UBYSTANDER');
    await rig.skip(2);
    await person.command(ALERTS, '/oms show OMS-1');
    await rig.app.idle();
    const { rows } = await rig.store.owner.query('select text from journal_asides');
    const kept = JSON.stringify(rows);
    expect(said()).toContain('code=PAYMENT_FAILED');
    expect(kept).toContain('code=PAYMENT_FAILED');
    for (const secret of [TOKEN, CARD, MAIL]) {
      expect(said()).not.toContain(secret);
      expect(kept).not.toContain(secret);
    }
  });

  test('an alert with two codes of one runbook is one incident, of two runbooks two', async () => {
    await rig.alert(
      { fingerprint: 'two', annotations: { description: 'WORKFLOW_STUCK after PAYMENT_GATEWAY_TIMEOUT' } },
      { alertname: 'Mixed', code: 'PAYMENT_FAILED' },
    );
    await rig.app.idle();
    const open = await rig.app.parts.journal.openIncidents();
    expect(open.map(({ runbook }) => runbook).sort()).toEqual(['payment-failures', 'stuck-orders']);
  });

  test('a metrics page that was cut off is “could not look”, never a number', async () => {
    const heal = rig.kubernetes.faults.add({ match: { path: /proxy\/metrics/ }, fault: { mode: 'cut' } });
    await rig.skip(1);
    const incident = await rig.app.parts.journal.incidentById('OMS-1');
    const rate = incident?.diagnosis?.findings.find(({ step }) => step === 'R4');
    expect(rate?.verdict).toBe('unknown');
    expect(JSON.stringify(cardOf('OMS-1'))).toMatch(/\*Could not look\*\\nR4 /);
    heal();
  });
});
