import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  declines,
  gatewayDown,
  keyRotated,
  networkOnePod,
  networkPath,
  rateLimited,
} from '../../sim/world/scenarios/payment-failures.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

let rig: Rig;
const card = () => JSON.stringify(rig.card().blocks);
const thread = () =>
  rig.slack
    .thread(ALERTS, rig.card().ts)
    .map(({ text }) => text)
    .join('\n');

/** Starts the story and fires its alert. Traffic is high enough for a proof by rate within ten minutes. */
function story(scenario: typeof gatewayDown): void {
  beforeAll(async () => {
    rig = await startRig({ ordersPerHour: 240 });
    await rig.world.start(scenario);
    const { alertname, code } = scenario.alert;
    await rig.alert({}, { alertname, code });
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

describe('the payment gateway is down', () => {
  story(gatewayDown);

  test('the card names it, says that a retry waits and why, and that a restart cures nothing', () => {
    expect(rig.card().text).toContain('prod · OMS-1 · Payment failures: broken');
    expect(card()).toContain('Payment gateway down or degraded');
    expect(card()).toContain(
      'Retry payments waits: the gateway is not well, and a try now would burn one of 3 automatic ones.',
    );
    expect(card()).toContain('Restart the service waits: a restart cannot cure an outage outside.');
  });

  test('every pod gets an answer from the provider, so it is no network', () => {
    expect(card()).toContain('All 3 pods get to api.stripe.com.');
    expect(card()).toContain('Ruled out: No network path to the provider');
  });

  test('said down twice, the owning team is called at once, with a page', async () => {
    await rig.skip(1);
    expect(rig.slack.messages('#payments').map(({ text }) => text)).toEqual([
      expect.stringContaining('The payment gateway has been down for 1 min; the runbook says not to wait.'),
    ]);
    expect(rig.pagerduty.incidents.map(({ status }) => status)).toEqual(['triggered']);
  });

  test('twenty minutes later platform engineering is called, and twenty after that people', async () => {
    await rig.skip(20);
    expect(rig.slack.messages('#platform-eng')).toHaveLength(1);
    expect(card()).toMatch(
      /status page names an incident on Payments API for 1\d min: “Elevated API errors”/,
    );
    await rig.skip(20);
    expect(rig.pagerduty.incidents).toHaveLength(3);
  });

  test('once the gateway answers and nothing fails any more, the retry is recommended', async () => {
    await rig.world.change((state, now) => gatewayDown.recover?.(state, now));
    await minutes(8);
    expect(card()).toContain('Recommended: the trouble is over, and orders still wait.');
  });

  test('a click retries once, and the proof counts the payments since', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry payments', { again: true });
    await rig.app.idle();
    expect(rig.service.count('POST', /retry-payments/)).toBe(1);
    await minutes(10);
    expect(thread()).toMatch(/\*Retry payments\*, approved by .*\*helped\*/);
  });

  test('resolved by the alert’s own source, the pages close', async () => {
    await rig.world.end(gatewayDown);
    const { alertname, code } = gatewayDown.alert;
    await rig.alert({ status: 'resolved' }, { alertname, code });
    await minutes(3);
    expect(rig.card().text).toContain('resolved');
    expect(new Set(rig.pagerduty.incidents.map(({ status }) => status))).toEqual(new Set(['resolved']));
  });
});

describe('the key was changed under the pods', () => {
  story(keyRotated);

  test('the card says whose side it is, and recommends the restart', () => {
    expect(card()).toContain('Our key or credentials are wrong');
    expect(card()).toMatch(/Recommended: \d pods started before the credentials changed/);
    expect(card()).toContain('Retry payments waits: the same key would be refused again.');
  });

  test('nothing of the secret but its key names is kept or shown', async () => {
    const { rows } = await rig.store.owner.query<{ text: string }>('select text from journal_asides');
    const said = JSON.stringify(rig.slack.requests) + JSON.stringify(rows);
    const secret = await rig.world.read((state) => state.cluster.secrets.get('payment-gateway-credentials'));
    for (const value of Object.values(secret?.data ?? {})) {
      expect(said).not.toContain(value);
      expect(said).not.toContain(Buffer.from(value, 'base64').toString());
    }
    expect(said).toContain('key api-key');
  });

  test('the dialog shows before and after; declined, nothing happens', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Restart the service', { confirm: false });
    await rig.app.idle();
    expect(rig.kubernetes.count('PATCH', /deployments/)).toBe(0);
  });

  test('a yes, delivered twice, is one patch; the rollout is followed to its end', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Restart the service', { confirm: true, again: true });
    await rig.app.idle();
    expect(rig.kubernetes.count('PATCH', /deployments\/order-service/)).toBe(1);
    await minutes(1);
    expect(card()).toMatch(/Restart the service\*, approved by .*: done\./);
  });

  test('what still waits is retried, and the restart is proven and watched as mitigated', async () => {
    await minutes(5);
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry payments');
    await rig.app.idle();
    await minutes(9);
    expect(thread()).toMatch(/\*Restart the service\*, approved by .*\*helped\*/);
    expect(thread()).toContain('Mitigated: “Restart the service” helped.');
    expect(rig.card().text).toContain('mitigated, watching');
  });

  test('a relapse goes on with the old clock', async () => {
    const calls = rig.slack.messages('#platform-eng').length;
    await rig.world.start(gatewayDown);
    await minutes(3);
    expect(rig.card().text).toContain('Payment failures: broken');
    await rig.skip(20);
    expect(rig.slack.messages('#platform-eng').length).toBeGreaterThan(calls);
  });
});

describe('one pod is cut off', () => {
  story(networkOnePod);

  test('said once, it is no outage, and nobody is called', () => {
    expect(card()).toContain('1 of 3 pods does not get to api.stripe.com: its name does not resolve.');
    expect(card()).toContain('Ruled out: Payment gateway down or degraded');
    expect(card()).toContain('Not ruled out: No network path to the provider');
    expect(rig.pagerduty.incidents).toEqual([]);
  });

  test('said twice, it is only on these nodes, and new pods are recommended', async () => {
    const [pod] = await rig.world.read(({ conditions }) => [...conditions.gatewayCutOffFrom]);
    await minutes(1);
    expect(card()).toContain('No network path to the provider');
    expect(card()).toContain(`Only on these nodes: 1 of 3 pods (${pod}).`);
    expect(card()).toContain('Recommended: 1 of 3 pods has no path to the provider.');
    expect(rig.slack.messages('#payments')).toEqual([]);
  });

  test('a yes replaces the pods, the path is open, and the rate proves it', async () => {
    await rig.slack.as('URESPONDER').click(rig.card(), 'Restart the service', { confirm: true });
    await rig.app.idle();
    expect(rig.kubernetes.count('PATCH', /deployments\/order-service/)).toBe(1);
    await minutes(6);
    await rig.slack.as('URESPONDER').click(rig.card(), 'Retry payments');
    await rig.app.idle();
    await minutes(6);
    expect(card()).toContain('All 3 pods get to api.stripe.com.');
    expect(thread()).toMatch(/\*Restart the service\*, approved by .*\*helped\*/);
    expect(rig.card().text).toContain('mitigated, watching');
  });
});

describe('no pod reaches the provider', () => {
  story(networkPath);

  test('the network is named, and a restart waits', async () => {
    await minutes(1);
    expect(card()).toContain('3 of 3 pods do not get to the provider, said twice.');
    expect(card()).toContain('Restart the service waits: a restart cannot cure an outage outside.');
  });

  test('where the bot may not look into pods, that is said and blocks nothing', async () => {
    rig.kubernetes.forbid({ resource: 'pods', subresource: 'exec' });
    await minutes(1);
    expect(card()).toContain('*Not looked at*\\nR3 ');
    expect(card()).toContain('deploy/rbac-exec.yaml');
  });
});

describe('somebody else changes the deployment before the click counts', () => {
  story(keyRotated);

  test('the approved generation has moved, so nothing is restarted and the card says so', async () => {
    await rig.app.idle();
    const shown = rig.card();
    await rig.world.change((state) => {
      const deployment = state.cluster.deployments.get('order-service');
      if (deployment !== undefined) deployment.generation += 1;
    });
    await rig.slack.as('URESPONDER').click(shown, 'Restart the service', { confirm: true });
    await rig.app.idle();
    expect(rig.kubernetes.count('PATCH', /deployments/)).toBe(0);
    expect(card()).toContain('Nothing was started: somebody changed the deployment meanwhile');
  });
});

describe('a rollout that never ends', () => {
  story(keyRotated);

  test('is not called a help', async () => {
    await rig.world.change((state) => {
      state.cluster.pullsFail = true;
    });
    await rig.slack.as('URESPONDER').click(rig.card(), 'Restart the service', { confirm: true });
    await rig.app.idle();
    await minutes(12);
    expect(thread()).toMatch(/\*Restart the service\*, approved by .*\*did not help\*/);
    expect(rig.card().text).not.toContain('mitigated');
  });
});

describe('the provider throttles us', () => {
  story(rateLimited);

  test('the card says so, and nothing that would feed the limit is offered', () => {
    expect(card()).toContain('The provider throttles us');
    expect(card()).toContain('it would feed the limit');
    expect(card()).toContain('Restart the service waits: a restart cannot cure an outage outside.');
  });
});

describe('a wave of declined cards', () => {
  story(declines);

  test('is low, calls nobody awake, and turns critical only with another code', async () => {
    expect(card()).toContain(', severity low, ');
    await rig.skip(41);
    expect(rig.pagerduty.incidents).toEqual([]);
    await rig.alert({ fingerprint: 'f2' }, { alertname: 'PaymentFailures', code: 'PAYMENT_FAILED' });
    await rig.app.idle();
    expect(card()).toContain(', severity critical, ');
    expect(thread()).toContain('Now critical: PAYMENT_FAILED weighs more than what came before it.');
  });
});
