import { afterAll, beforeAll, expect } from 'vitest';
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
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ ordersPerHour: 60 });
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
    async until(most, holds) {
      for (let passed = 0; passed < most && !(await holds()); passed += 1) await rig.skip(1);
      expect(await holds(), card()).toBe(true);
    },
    says: (words) => () => card().includes(words),
    async press(who, button) {
      await rig.slack.as(who).click(rig.card(), button, { confirm: true });
      await rig.app.idle();
    },
    async ask(who, button, answers) {
      const person = rig.slack.as(who);
      await person.click(rig.card(), button);
      await rig.app.idle();
      await person.submit(answers);
      await rig.app.idle();
    },
  };
}
