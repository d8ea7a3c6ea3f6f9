import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { blockingQuery, connectionLeak } from '../../sim/world/scenarios/database-pool.ts';
import { eventsLost } from '../../sim/world/scenarios/events-lost.ts';
import { exportHangs } from '../../sim/world/scenarios/exports.ts';
import { staleLocks } from '../../sim/world/scenarios/inventory-reservation.ts';
import { bufferFull } from '../../sim/world/scenarios/kafka-lag.ts';
import { memoryLimitLow } from '../../sim/world/scenarios/memory.ts';
import { keyRotated } from '../../sim/world/scenarios/payment-failures.ts';
import { refundsGatewayDown } from '../../sim/world/scenarios/refunds.ts';
import { returnsEngineCrash } from '../../sim/world/scenarios/returns.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { carrierCredentialsExpired } from '../../sim/world/scenarios/shipping-labels.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { YAML } from '../support/bot.ts';
import { type Rig, startRig } from '../support/rig.ts';

const MANAGED = `${YAML}workloads: { kafka: { managed: true }, postgres: { managed: true } }\n`;
const EXEC = 'grant `get` and `create` on `pods/exec` (deploy/rbac-exec.yaml)';
const NO_PATCH = 'role may not patch deployments.apps order-service in default (deploy/rbac-change.yaml)';
const RESTART = 'kubectl -n default rollout restart deployment/order-service';

/** One story of each runbook, and what the company's bot cannot do about it. */
const STORIES: readonly {
  readonly scenario: Scenario;
  /** Checks that cannot be asked, with words of the reason. */
  readonly blind: Readonly<Record<string, string>>;
  /** What is recommended and only a person can do: the command, and the right that is missing. */
  readonly typed: readonly [command: string, right: string] | null;
  /** A button that is left, and works only with the right to write at the order service. */
  readonly button: string | null;
}[] = [
  { scenario: keyRotated, blind: { R3: EXEC }, typed: [RESTART, NO_PATCH], button: null },
  {
    scenario: staleLocks,
    blind: { R12: 'Redis is not configured (REDIS_URL)' },
    typed: null,
    button: 'Resync the inventory',
  },
  {
    scenario: eventsLost,
    blind: { R45: 'Not applicable: run by somebody else' },
    typed: null,
    button: 'Republish events (22)',
  },
  { scenario: refundsGatewayDown, blind: { R3: EXEC }, typed: null, button: null },
  {
    scenario: carrierCredentialsExpired,
    blind: {},
    typed: [
      'kubectl -n default patch secret shipping-carrier-credentials --type merge',
      'role may not patch secrets shipping-carrier-credentials in default (deploy/rbac-change.yaml)',
    ],
    button: null,
  },
  {
    scenario: connectionLeak,
    blind: { R40: 'Not applicable: somebody else runs the database' },
    typed: [RESTART, NO_PATCH],
    button: null,
  },
  {
    scenario: blockingQuery,
    blind: { R40: 'Not applicable: somebody else runs the database' },
    typed: [
      'SELECT pg_terminate_backend(pid)',
      'role may not end sessions of others (GRANT pg_signal_backend TO',
    ],
    button: null,
  },
  {
    scenario: bufferFull,
    blind: {
      R45: 'Not applicable: run by somebody else',
      R48: EXEC,
      R53: 'Not applicable: run by somebody else',
    },
    typed: [RESTART, NO_PATCH],
    // The dead letters wait while the buffer is full.
    button: null,
  },
  {
    scenario: memoryLimitLow,
    blind: {},
    typed: ['kubectl -n default set resources deployment/order-service', NO_PATCH],
    button: null,
  },
  { scenario: returnsEngineCrash, blind: {}, typed: null, button: 'Retry return workflow (14)' },
  { scenario: exportHangs, blind: {}, typed: null, button: 'Cancel the export' },
];

test('every runbook has its story', () => {
  expect([...new Set(STORIES.map(({ scenario }) => scenario.runbook))]).toEqual(
    CATALOGUE.map(({ id }) => id),
  );
});

describe.each(STORIES)(
  '$scenario.id, without Redis, with Kafka and PostgreSQL of a cloud, reading only',
  (story) => {
    const { scenario, blind, typed, button } = story;
    let rig: Rig;
    const card = () => `${rig.card().text}\n${JSON.stringify(rig.card().blocks)}`.replaceAll('\u200b', '');
    const incident = async () => {
      const found = await rig.app.parts.journal.incidentById('OMS-1');
      if (found === null) throw new Error('No incident stands.');
      return found;
    };
    /** What a bot with all rights would have changed by now. */
    const changed = () =>
      rig.kubernetes.requests.filter(({ method, status }) => method !== 'GET' && status === 200).length +
      rig.service.requests.filter(({ method, status }) => method !== 'GET' && status !== 403).length;

    vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
    beforeAll(async () => {
      rig = await startRig({
        yaml: MANAGED,
        ordersPerHour: 80,
        restMs: 50,
        readOnly: true,
        ordersServer: scenario.runbook === 'database-pool',
      });
      await rig.world.start(scenario);
      const { alertname, code, summary } = scenario.alert;
      await rig.alert({ annotations: { summary } }, { alertname, code });
      await rig.app.idle();
      // Down and full have to be said twice, others for longer; a busy machine may be too slow once.
      for (let looks = 0; looks < Math.max(3, scenario.toldAfterMinutes ?? 0); looks += 1) await rig.skip(1);
    });
    afterAll(async () => {
      const refused = rig.slack.problems;
      await rig.stop();
      expect(refused).toEqual([]);
    });

    test('what could not be looked at says why, and is nowhere called healthy', async () => {
      const { diagnosis } = await incident();
      const findings = diagnosis?.findings ?? [];
      for (const [step, why] of Object.entries(blind)) {
        const found = findings.find((finding) => finding.step === step);
        expect([step, found?.verdict]).toEqual([step, 'skipped']);
        expect(found?.line).toContain(why);
        expect(card()).toContain(why);
        expect(card()).toMatch(new RegExp(`\\*Not looked at\\*[^*]*${step}\\b`));
      }
      expect(rig.card().text).not.toContain('healthy now');
      expect(findings.filter(({ verdict }) => verdict === 'healthy').length).toBeGreaterThan(1);
    });

    test('the cause is found all the same where the rest tells it', async () => {
      const causes = (await incident()).diagnosis?.causes ?? [];
      const supported = causes.filter(({ verdict }) => verdict === 'supported').map(({ id }) => id);
      // The locks themselves nobody sees, so the logs alone may tell of them; ruled out they are not.
      if (scenario === staleLocks)
        expect(causes.find(({ id }) => id === '2.C3')?.verdict).toMatch(/^(supported|open)$/);
      else expect(supported).toEqual(scenario.causes);
    });

    test('no button needs a right of the cluster; what is recommended stands there to be typed', async () => {
      const { offers } = await incident();
      const pressed = offers.filter(({ waits }) => waits === null);
      expect(
        pressed
          .flatMap(({ targets }) => targets)
          .filter((one) => /^(deployment|secret|pod|session)\//.test(one)),
      ).toEqual([]);
      if (typed === null) return;
      expect(card()).toContain('*To type: the bot may not do it*');
      expect(card()).toContain(typed[0]);
      expect(card()).toContain(`The bot’s ${typed[1]}`);
      expect(rig.card().text).toContain('Somebody has to type a command.');
    });

    test('a button that is left ends with the refusal, and nothing was changed', async () => {
      if (button !== null) {
        const offer = (await incident()).offers.find(({ title }) => button.startsWith(title));
        const asks = offer?.tier !== 'safe';
        await rig.slack.as('URESPONDER').click(rig.card(), button, asks ? { confirm: true } : {});
        await rig.app.idle();
        await rig.skip(1);
        expect(card()).toMatch(
          new RegExp(
            `${offer?.title}\\*[^,]*, approved by <@URESPONDER>.*403.*this token may only read\\. The token in ORDER_SERVICE_TOKEN_FILE lacks the right`,
          ),
        );
        const run = (await incident()).runs.at(-1);
        expect([run?.outcome, run?.state]).toEqual(['failed', 'ended']);
        // What the order service does not say beforehand was heard now: the command stands there for the next person.
        expect(run?.forbidden).toContain('this token may only read');
        const again = (await incident()).offers.find(({ action }) => action === run?.action);
        expect(again?.lacks).toMatch(/^the bot was refused at .*403.* lacks the right\); it may try again/);
        expect(card()).toMatch(/the bot was refused at/i);
        expect(card()).not.toContain(`"text":"${button}"`);
      }
      expect(changed()).toBe(0);
    });

    test('after twenty minutes somebody is called', async () => {
      await rig.skip(21);
      const { climbed, offers } = await incident();
      expect(climbed.length).toBeGreaterThan(0);
      // What was refused may be tried again by now.
      expect(offers.filter(({ lacks }) => lacks?.includes('was refused'))).toEqual([]);
      const teams = ['#orders-team', '#payments', '#catalog-team', '#platform-eng'];
      const called = teams.flatMap((channel) => rig.slack.messages(channel));
      expect(called.map(({ text }) => text).join('\n')).toContain('OMS-1');
    });
  },
);
