import { expect, test } from 'vitest';
import { type Config, readConfig } from '../../src/config.ts';
import { createDrift } from '../../src/drift.ts';
import type { Clock } from '../../src/ports/clock.ts';

const read = (yaml: string): Config => readConfig({ env: {}, readFile: () => yaml });

function watched(yaml: string) {
  let now = 0;
  let text = yaml;
  const said: string[] = [];
  const say = (_facts: object, words: string) => said.push(words);
  const clock: Clock = { now: () => now, sleep: async () => undefined };
  const drift = createDrift({
    running: read(yaml),
    read: () => read(text),
    clock,
    log: { debug: say, info: say, warn: say, error: say },
  });
  return {
    said,
    now: drift.now,
    async becomes(changed: string, seconds = 10) {
      text = changed;
      now += seconds * 1_000;
      await drift.round();
    },
  };
}

test('a file that was changed is not read until the bot restarts, and that is said once', async () => {
  const file = watched('environment: prod\n');
  await file.becomes('environment: prod\n# a comment\n');
  expect(file.now()).toBeNull();
  const changed =
    'environment: prod\nlookEverySeconds: 30\nthresholds: { lagMessages: 50, spikeFactor: 3 }\n';
  await file.becomes(changed);
  await file.becomes(changed);
  const line =
    'oms.yaml was changed and is not read until the bot restarts: 3 values differ (thresholds.lagMessages, thresholds.spikeFactor, lookEverySeconds).';
  expect(file.now()).toBe(line);
  expect(file.said).toEqual([line]);
  await file.becomes('environment: prod\n');
  expect(file.now()).toBeNull();
  expect(file.said.at(-1)).toBe('oms.yaml says again what runs');
});

test('a changed file with which the bot would not start says so', async () => {
  const file = watched('');
  await file.becomes('environment: production\nteem: {}\n');
  expect(file.now()).toContain('has 2 mistakes, so the bot would not start again');
});

test('a key that is new or gone differs too', async () => {
  const file = watched('links: { kafka: "https://kafka.example" }\n');
  await file.becomes('links: { database: "https://db.example" }\n');
  expect(file.now()).toContain('2 values differ (links.kafka, links.database)');
});
