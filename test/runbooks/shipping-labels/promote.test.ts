import { describe, expect, test } from 'vitest';
import type { SecretPair } from '../../../src/ports/kubernetes.ts';
import { promoteCredentials } from '../../../src/runbooks/shipping-labels/promote.ts';
import { aProving, fakeProbes } from '../../support/runbooks.ts';

const PARAMETERS = { present: '11', next: '7', stamp: 'run-1' };

describe('R35: an answer that was lost', () => {
  test.each<[string, Partial<SecretPair>, string]>([
    ['our stamp is on it', { secret: '12', promotedBy: 'run-1' }, 'done'],
    ['nobody has touched it', {}, 'not done'],
    ['somebody has changed it, before or after', { secret: '13' }, 'unknown'],
    ['it is gone', { secret: null }, 'unknown'],
  ])('%s', async (_what, change, read) => {
    const pair = { secret: '11', staged: '7', promotedBy: null, ...change } as SecretPair;
    const proving = aProving(fakeProbes({ kubernetes: { secretPair: async () => pair } }));
    expect(await promoteCredentials.readBack('secret/x', PARAMETERS, proving)).toBe(read);
  });
});
