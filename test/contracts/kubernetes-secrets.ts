import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesConnection } from '../../src/adapters/kubernetes/connect.ts';

const STAMP = '2026-01-02T03:04:05.678Z';
const OLD = { 'api-key': 'sk_carrier_of_before', account: 'acct_7711' };
const NEW = { 'api-key': 'sk_carrier_of_tomorrow', region: 'eu-1' };

/** Two secrets that the bot may read, of which it may change the first. */
export interface SecretsReach {
  readonly connection: KubernetesConnection;
  readonly namespace: string;
  readonly secret: string;
  readonly staged: string;
  /** Makes it or gives it these values, by somebody else. */
  put(name: string, values: Readonly<Record<string, string>>): Promise<void>;
  /** What is in it, as a pod would see it. */
  look(name: string): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** What promoting a staged key relies on (R35). */
export function secretsContract(name: string, reach: () => Promise<SecretsReach>): void {
  describe(`the contract of Kubernetes, secrets: ${name}`, () => {
    let here: SecretsReach;
    const soon = () => AbortSignal.timeout(20_000);
    beforeAll(async () => {
      here = await reach();
      await here.put(here.secret, OLD);
    });
    afterAll(async () => {
      await here.stop();
    });

    const pair = async () =>
      await here.connection.probe.secretPair(here.namespace, here.secret, here.staged, soon());
    const promote = async (expected: { readonly secret: string; readonly staged: string }, stamp = STAMP) =>
      await here.connection.lever.promoteSecret(
        here.namespace,
        { secret: here.secret, staged: here.staged, expected, stamp },
        soon(),
      );
    const versions = async () => {
      const { secret, staged } = await pair();
      return { secret: secret ?? '', staged: staged ?? '' };
    };

    test('nothing is staged yet', async () => {
      expect(await pair()).toEqual({
        secret: expect.any(String),
        staged: null,
        stagedKeys: [],
        stagedEmpty: false,
        same: false,
        promotedBy: null,
        revertable: false,
      });
      const { secret } = await versions();
      await expect(promote({ secret, staged: '1' })).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
    });

    test('what is staged is told without a value', async () => {
      await here.put(here.staged, { ...NEW, empty: '' });
      expect(await pair()).toMatchObject({ stagedKeys: ['api-key', 'empty', 'region'], stagedEmpty: true });
      await expect(promote(await versions())).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
      await here.put(here.staged, NEW);
      expect(await pair()).toMatchObject({
        stagedKeys: ['api-key', 'region'],
        stagedEmpty: false,
        same: false,
      });
    });

    test('is promoted only as it was when it was shown, on both sides', async () => {
      const shown = await versions();
      await here.put(here.staged, { ...NEW, region: 'us-1' });
      await expect(promote(shown)).rejects.toMatchObject({ fault: 'refused', sent: 'no', mayRetry: false });
      await here.put(here.staged, NEW);
      const again = await versions();
      await here.put(here.secret, { ...OLD, account: 'acct_0' });
      await expect(promote(again)).rejects.toMatchObject({ fault: 'refused', sent: 'no', mayRetry: false });
      await here.put(here.secret, OLD);
      expect(await here.look(here.secret)).toEqual(OLD);
    });

    test('is in force at once and whole, with its stamp; what was there before is kept beside it', async () => {
      const shown = await versions();
      const said = await promote(shown);
      for (const value of [...Object.values(OLD), ...Object.values(NEW)]) expect(said).not.toContain(value);
      expect(await here.look(here.secret)).toMatchObject(NEW);
      expect(Object.values(await here.look(here.secret)).sort()).toEqual(
        [...Object.values(OLD), ...Object.values(NEW)].sort(),
      );
      expect(await here.look(here.staged)).toEqual(NEW);
      expect(await pair()).toMatchObject({ same: true, promotedBy: STAMP, revertable: true });
      await expect(promote(shown)).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
      await expect(promote(await versions())).rejects.toThrow('already');
    });

    test('is taken back once, by whoever promoted it', async () => {
      const { lever } = here.connection;
      const { secret } = await versions();
      const revert = async (expected: string, stamp: string) =>
        await lever.revertSecret(here.namespace, { secret: here.secret, expected, stamp }, soon());
      for (const [expected, stamp] of [
        [secret, 'another'],
        ['1', STAMP],
      ] as const)
        await expect(revert(expected, stamp)).rejects.toMatchObject({ fault: 'refused', sent: 'no' });
      await revert(secret, STAMP);
      expect(await here.look(here.secret)).toEqual(OLD);
      expect(await pair()).toMatchObject({ same: false, promotedBy: null, revertable: false });
      await expect(revert((await versions()).secret, STAMP)).rejects.toMatchObject({
        fault: 'refused',
        sent: 'no',
      });
    });

    test('a second promotion keeps what the first one brought', async () => {
      await promote(await versions(), 'first');
      const third = { 'api-key': 'sk_carrier_of_later' };
      await here.put(here.staged, third);
      await promote(await versions(), 'second');
      const { secret } = await versions();
      expect(await pair()).toMatchObject({ promotedBy: 'second', revertable: true });
      await here.connection.lever.revertSecret(
        here.namespace,
        { secret: here.secret, expected: secret, stamp: 'second' },
        soon(),
      );
      expect(await here.look(here.secret)).toEqual(NEW);
    });
  });
}
