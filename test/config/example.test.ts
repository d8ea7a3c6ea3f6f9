import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const text = readFileSync('oms.example.yaml', 'utf8');

test('oms.example.yaml is a configuration that the bot takes', () => {
  expect(readConfig({ env: {}, readFile: () => text }).oms.environment).toBe('prod');
});

test('what oms.example.yaml does not set is the default', () => {
  const { oms, origins } = readConfig({ env: {}, readFile: () => text });
  const defaults = readConfig({ env: {}, readFile: () => null }).oms;
  expect([...origins.keys()]).not.toContain('escalation.afterMinutes');
  expect(oms.escalation).toEqual(defaults.escalation);
  expect(oms.channels).toEqual(defaults.channels);
  expect(oms.alerts).toEqual(defaults.alerts);
  expect(oms.teams).toEqual(defaults.teams);
});
