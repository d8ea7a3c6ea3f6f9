import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.ts';
import { plainPolicy } from '../support/policy.ts';
import { type Connected, connected, failure, soon, WORKLOAD } from './support.ts';

let here: Connected;
beforeEach(async () => {
  here = await connected();
});
afterEach(async () => {
  await here.stop();
});

describe('credentials', () => {
  test('come from the file that a kubeconfig names, whatever token stands beside it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oms-kubeconfig-'));
    const file = join(folder, 'config');
    writeFileSync(join(folder, 'token'), here.kubernetes.token);
    const user = `token: "${here.kubernetes.token}"`;
    writeFileSync(file, here.kubernetes.kubeconfig().replace(user, 'token: wrong, tokenFile: token'));
    const connection = await connectKubernetes({ kubeconfig: { file }, policy: plainPolicy });
    expect(await connection.probe.pods(WORKLOAD, soon())).toHaveLength(3);
    await connection.close();
    rmSync(folder, { recursive: true });
  });
});

describe('a refused patch', () => {
  test('is told in the API server’s words without the object that it quotes', async () => {
    const message = ` "" is invalid: patch: Invalid value: "{\\"data\\":{\\"key\\":\\"c2VjcmV0\\"}}": json: cannot unmarshal`;
    here.kubernetes.faults.add({
      fault: { mode: 'status', status: 422, body: { kind: 'Status', message } },
      match: { method: 'PATCH' },
    });
    const error = await failure(here.connection.lever.restart(WORKLOAD, 1, 'x', soon()));
    const shown = inspect(error, { depth: 20 });
    expect(shown).not.toContain('c2VjcmV0');
    expect(shown).toContain('The patch is invalid: json: cannot unmarshal');
  });
});
