import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Entry } from '../../sim/slack/people/choices.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { ACME, ACME_YAML, acmeLabels } from '../support/acme.ts';
import { namesAsked, namesIn } from '../support/default-names.ts';
import { type Rig, startRig } from '../support/rig.ts';

/** One story and its cure. */
export interface Story {
  readonly scenario: Scenario;
  readonly action: string;
  /** Of the form behind its button; absent: it has none. */
  readonly answers?: Readonly<Record<string, Entry>>;
  /** It takes a second person. */
  readonly guarded?: boolean;
  /** It helps once the service is restarted. */
  readonly restarts?: boolean;
  /** The cause has to be over before: it ends so many minutes after its card. */
  readonly recoversAfter?: number;
  /** 80 unless told; a proof by rate wants more. */
  readonly ordersPerHour?: number;
}

/** Whose impact is counted in the orders table, and seen at the first look. */
const ORDERS_SUFFER = new Set([
  'payment-failures',
  'inventory-reservation',
  'stuck-orders',
  'shipping-labels',
]);

interface Button {
  readonly text: { readonly text: string };
  readonly confirm?: object;
}

/** Buttons and choices, wherever they stand. */
function elementsIn(value: unknown): readonly Button[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.values(value).flatMap(elementsIn);
  const isOne = 'value' in value && 'text' in value && typeof value.text === 'object';
  return isOne ? [value as Button, ...within] : within;
}

/** Alert, card, cause, approval, run and proof of each, in a company in which nothing is called as in the runbook. */
export function journeys(stories: readonly Story[]): void {
  describe.each(stories)('$scenario.id in a company with names of its own', (story) => {
    const { scenario, action } = story;
    let rig: Rig;
    const card = () => `${rig.card().text}\n${JSON.stringify(rig.card().blocks)}`;
    const thread = () =>
      rig.slack
        .thread(rig.alerts, rig.card().ts)
        .map(({ text }) => text)
        .join('\n');
    const buttons = () => elementsIn(rig.card().blocks);
    async function until(most: number, holds: () => boolean): Promise<void> {
      for (let passed = 0; passed < most && !holds(); passed += 1) await rig.skip(1);
      expect(holds(), card() + thread()).toBe(true);
    }
    async function press(who: string, text: string): Promise<void> {
      const button = () => buttons().find((one) => one.text.text.startsWith(text));
      await until(20, () => button() !== undefined);
      const found = button();
      if (found !== undefined)
        await rig.slack
          .as(who)
          .click(rig.card(), found.text.text, found.confirm === undefined ? {} : { confirm: true });
      await rig.app.idle();
    }

    vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
    beforeAll(async () => {
      rig = await startRig({
        yaml: ACME_YAML,
        names: ACME,
        ordersPerHour: story.ordersPerHour ?? 80,
        restMs: 50,
        ordersServer: scenario.runbook === 'database-pool',
      });
      await rig.world.start(scenario);
      const exportId = /exp_\w+/.exec(scenario.alert.summary)?.[0] ?? '';
      await rig.alert({
        labels: acmeLabels(scenario.runbook),
        annotations: { summary: `The bell rang. ${exportId}` },
      });
      await rig.app.idle();
    });
    afterAll(async () => {
      const refused = rig.slack.problems;
      await rig.stop();
      expect(refused).toEqual([]);
    });

    test('the alert becomes a card, and the cause is the one that was started', async () => {
      expect(rig.slack.messages('#acme-bells').length).toBeGreaterThan(0);
      await until(20, () => scenario.causes.length === 0 || card().includes('*Cause*'));
      const incident = await rig.app.parts.journal.incidentById('OMS-1');
      const causes = incident?.diagnosis?.causes ?? [];
      expect(incident?.runbook).toBe(scenario.runbook);
      // By the wrong clock, or by other words for a status, nobody would be affected.
      if (ORDERS_SUFFER.has(scenario.runbook))
        expect(incident?.impact).toMatchObject({ known: true, affected: expect.toSatisfy((n) => n > 0) });
      expect(
        causes.filter(({ verdict }) => verdict === 'supported').map(({ id }) => id),
        JSON.stringify([causes, incident?.diagnosis?.findings], null, 1),
      ).toEqual(scenario.causes);
    });

    test('what it recommends is approved, done, and helps', async () => {
      if (story.recoversAfter !== undefined) {
        for (let passed = 0; passed < story.recoversAfter; passed += 1) await rig.skip(1);
        await rig.world.change((state, now) => scenario.recover?.(state, now));
      }
      await until(20, () => new RegExp(`\\*${action}\\*: [^*]*Recommended`).test(card()));
      await press('URESPONDER', action);
      if (story.answers !== undefined) {
        const person = rig.slack.as('URESPONDER');
        expect(person.modal()).not.toBeNull();
        expect(await person.submit(story.answers)).toBe('closed');
        await rig.app.idle();
      }
      if (story.guarded === true) await press('UAPPROVER', `Approve: ${action}`);
      if (story.restarts === true) await press('URESPONDER', 'Restart the service');
      await until(60, () => new RegExp(`\\*${action}\\*.*\\*helped\\*`, 's').test(thread()));
    });

    test('nothing that it said, and nothing that it asked for, is called as in the runbook', async () => {
      const person = rig.slack.as('URESPONDER');
      for (const line of ['/oms show OMS-1', `/oms diagnose ${scenario.runbook}`, '/oms owed']) {
        await person.command(rig.alerts, line);
        await rig.app.idle();
      }
      const said = rig.slack.requests.map((call) => JSON.stringify({ ...call, answer: null }));
      const paged = rig.pagerduty.requests.map(({ body }) => body);
      const asked = [...rig.kubernetes.requests, ...rig.service.requests, ...rig.s3.requests];
      expect([...new Set([...said, ...paged].flatMap(namesIn))]).toEqual([]);
      expect([...new Set(asked.flatMap(namesAsked))]).toEqual([]);
      expect(rig.service.requests.filter(({ headers }) => 'authorization' in headers)).toEqual([]);
      expect(asked.length).toBeGreaterThan(20);
    });
  });
}
