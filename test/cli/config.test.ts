import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oms-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `oms` in a folder of its own, where `oms.yaml` holds the text. */
async function oms(
  args: readonly string[],
  yaml = '',
  env: Record<string, string> = {},
): Promise<{ code: unknown; said: string }> {
  writeFileSync(join(folder, 'oms.yaml'), yaml);
  const child = spawn(process.execPath, [resolve('src/cli/main.ts'), ...args], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const [code] = await once(child, 'close');
  return { code, said };
}

describe('oms config', () => {
  test('check says in one line that all is well', async () => {
    expect(await oms(['config', 'check'])).toEqual({
      code: 0,
      said: 'oms.yaml and the environment are ready.\n',
    });
  });

  test('check names every mistake and that nothing was started', async () => {
    const { code, said } = await oms(['config', 'check'], 'environment: production\nteam: {}\n', {
      PORT: 'x',
    });
    expect(code).toBe(1);
    expect(said).toContain('Nothing was started');
    for (const mistake of ['oms.yaml:1: environment', 'oms.yaml:2: team is no key', 'PORT']) {
      expect(said).toContain(mistake);
    }
  });

  test('explain says value, origin and meaning of a group', async () => {
    const { code, said } = await oms(['config', 'explain', 'escalation'], 'escalation:\n  afterMinutes: 5\n');
    expect(code).toBe(0);
    expect(said).toContain('escalation.afterMinutes = 5  (oms.yaml:2)');
    expect(said).toContain('escalation.impactPercent = 25  (default)');
    expect(said).toContain('runbook: 20');
    expect(said).not.toContain('teams.');
  });

  test('explain shows no secret, whether it came whole or inside an address', async () => {
    const { said } = await oms(['config', 'explain'], '', {
      SLACK_BOT_TOKEN: 'xoxb-hunter2',
      DATABASE_URL: 'postgres://bot:hunter2@db/oms',
      PAGERDUTY_ROUTING_KEY: 'hunter2',
      ALERT_WEBHOOK_TOKEN: 'hunter2',
      PAGERDUTY_WEBHOOK_SECRET: 'hunter2',
    });
    expect(said).not.toContain('hunter2');
    expect(said).toContain('DATABASE_URL = set  (environment)');
    expect(said).toContain('SLACK_APP_TOKEN = not set');
  });

  test('explain of a misspelt key names the nearest one', async () => {
    const { code, said } = await oms(['config', 'explain', 'esclation']);
    expect({ code, said }).toEqual({
      code: 1,
      said: 'There is no key esclation. Did you mean escalation?\n',
    });
  });

  test('a misspelt command names the nearest one', async () => {
    const { code, said } = await oms(['confg']);
    expect(code).toBe(1);
    expect(said).toContain('Did you mean config?');
  });
});
