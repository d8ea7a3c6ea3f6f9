import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Entry } from '../../sim/slack/people/choices.ts';
import { type Kafka, lagOf, membersOf } from '../../sim/world/kafka.ts';
import type { Scenario } from '../../sim/world/scenarios/scenario.ts';
import { ALERTS, type Rig, startRig } from '../support/rig.ts';

export const GROUP = 'notification-consumer';

/** One story of runbook 7, told minute by minute. */
export interface Told {
  readonly rig: Rig;
  card(): string;
  thread(): string;
  /** The group as it stands in the world. */
  group(): Promise<{
    readonly lag: number;
    readonly members: number;
    readonly committed: Readonly<Record<string, number>>;
  }>;
  kafka<T>(look: (kafka: Kafka) => T): Promise<T>;
  /** Minute by minute, as long as it is not so yet. */
  until(most: number, holds: () => boolean | Promise<boolean>): Promise<void>;
  says(words: string): () => boolean;
  /** With the yes of the dialog behind it. */
  press(who: string, button: string): Promise<void>;
  /** Opens the form behind a button and sends it. */
  ask(who: string, button: string, answers: Readonly<Record<string, Entry>>): Promise<void>;
}

export function story(scenario: Scenario): Told {
  vi.setConfig({ testTimeout: 120_000 });
  let rig: Rig;
  beforeAll(async () => {
    // Many minutes pass here within one rest of a breaker: on a slow machine its systems would stay away for a whole test.
    rig = await startRig({ ordersPerHour: 60, restMs: 50 });
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
  const card = () => `${rig.card().text}\n${JSON.stringify(rig.card().blocks)}`;
  async function until(most: number, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let passed = 0; passed < most && !(await holds()); passed += 1) await rig.skip(1);
    expect(await holds(), card()).toBe(true);
  }
  /** A look in which a system did not answer takes a button away until the next one. */
  async function button(text: string): Promise<void> {
    await until(20, () => card().includes(`"text":"${text}`));
  }
  return {
    get rig() {
      return rig;
    },
    card,
    thread: () =>
      rig.slack
        .thread(ALERTS, rig.card().ts)
        .map(({ text }) => text)
        .join('\n'),
    group: async () =>
      await rig.world.read((state) => {
        const found = state.kafka.groups.get(GROUP);
        if (found === undefined) throw new Error('The group is gone.');
        return {
          lag: lagOf(state.kafka, found),
          members: membersOf(state, found).length,
          committed: Object.fromEntries(found.committed),
        };
      }),
    kafka: async (look) => await rig.world.read((state) => look(state.kafka)),
    until,
    says: (words) => () => card().includes(words),
    async press(who, text) {
      await button(text);
      await rig.slack.as(who).click(rig.card(), text, { confirm: true });
      await rig.app.idle();
    },
    async ask(who, text, answers) {
      const person = rig.slack.as(who);
      const asked = () => card().includes(`"text":"Approve: ${text.replace('…', '')}`);
      // A form that took Slack too long on a busy machine is opened and sent again, as somebody would.
      for (let tries = 0; tries < 5 && !asked(); tries += 1) {
        await button(text);
        await person.click(rig.card(), text);
        await rig.app.idle();
        if (person.modal() !== null) await person.submit(answers);
        await rig.app.idle();
        if (person.modal() !== null) await person.close({ all: true });
      }
      expect(asked(), card()).toBe(true);
    },
  };
}
