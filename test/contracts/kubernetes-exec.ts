import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { runInPod } from '../../src/adapters/kubernetes/exec.ts';

/** A pod in which `echo` may be run, and nothing else: on a pretended node it runs on the machine of the tests. */
export interface ExecReach {
  readonly client: KubernetesClient;
  /** The same server for one whose role has no `pods/exec`. */
  readonly forbidden: KubernetesClient;
  readonly where: { readonly namespace: string; readonly pod: string; readonly container: string };
  stop(): Promise<void>;
}

/** What asking from inside a pod relies on. Exit codes other than 0 are what the pretended nodes do not have. */
export function execContract(name: string, reach: () => Promise<ExecReach>): void {
  describe(`the contract of Kubernetes, exec: ${name}`, () => {
    let here: ExecReach;
    const soon = () => AbortSignal.timeout(20_000);
    beforeAll(async () => {
      here = await reach();
    });
    afterAll(async () => {
      await here.stop();
    });
    const run = async (command: readonly string[], change: Partial<ExecReach['where']> = {}) =>
      await runInPod(here.client, { ...here.where, ...change }, command, soon());

    test('arguments arrive as they are: no shell looks at them', async () => {
      const strange = [
        '$HOME',
        '`id`',
        '$(id)',
        '*',
        ';',
        '|',
        '>x',
        '&&',
        'a  b',
        `'"`,
        '%20',
        'ü&=?#+',
        '',
      ];
      expect(await run(['echo', ...strange])).toEqual({ exit: 0, out: `${strange.join(' ')}\n`, err: '' });
    });

    test('a program that is not there is said to be no tool', async () => {
      expect(await run(['no-such-program-of-oms'])).toMatchObject({ exit: 'no tool' });
    });

    test('no pod and no container of another name', async () => {
      const fault = { system: 'Kubernetes', sent: 'no' };
      await expect(run(['echo'], { pod: 'nobody-at-all' })).rejects.toMatchObject({
        ...fault,
        fault: 'not found',
      });
      await expect(run(['echo'], { container: 'nobody-at-all' })).rejects.toMatchObject({
        ...fault,
        fault: 'refused',
      });
    });

    test('a role that lacks the right is told which', async () => {
      const forbidden = runInPod(here.forbidden, here.where, ['echo'], soon());
      await expect(forbidden).rejects.toMatchObject({ fault: 'forbidden', sent: 'no', mayRetry: false });
      await expect(forbidden).rejects.toThrow(/role may not (get|create) pods\/exec\. .*It says: pods/);
    });
  });
}
