import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { installFromFile } from '../sim/slack/installation.ts';
import { REPORT_CALLBACK } from '../src/views/modal.ts';

const SCHEMA = '../shared/reference/manifest.schema.1.0.0.json';

test('the manifest is one that the simulated Slack installs', () => {
  const { commands, shortcuts } = installFromFile('manifest.yml');
  expect(commands.map(({ command }) => command)).toEqual(['/oms']);
  expect(shortcuts.map(({ type, callbackId }) => `${type} ${callbackId}`)).toEqual([
    `message ${REPORT_CALLBACK}`,
  ]);
});

test.runIf(existsSync(SCHEMA))('the manifest is one that Slack’s own schema takes', () => {
  const { $schema: _draft, ...schema } = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  const validate = new Ajv({ strict: false, allErrors: true, formats: { uri: true } }).compile(schema);
  validate(parse(readFileSync('manifest.yml', 'utf8')));
  expect(validate.errors).toBeNull();
});
