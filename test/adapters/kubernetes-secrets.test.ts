import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sim/lib/faults.ts';
import { type Connected, connected, failure, soon, within } from './support.ts';

const NAMESPACE = 'default';
const SECRET = 'shipping-carrier-credentials';
const STAGED = 'shipping-carrier-credentials-next';
const STAMP = '2026-01-02T03:04:05.678Z';
const VALUES = ['sk_of_tomorrow_4711', 'pretend-carrier-key-a51c'];
/** In every form that must not show. */
const FORMS = VALUES.flatMap((value) => [value, Buffer.from(value).toString('base64')]);

let here: Connected;
beforeEach(async () => {
  here = await connected();
  await stage({ 'api-key': VALUES[0] ?? '' });
});
afterEach(async () => {
  await here.stop();
});

async function stage(values: Readonly<Record<string, string>>): Promise<void> {
  await here.world.change(({ cluster: { secrets } }, at) => {
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    );
    secrets.set(STAGED, { name: STAGED, createdAt: at, annotations: {}, data, writes: [] });
  });
}
const pair = async () => await here.connection.probe.secretPair(NAMESPACE, SECRET, STAGED, soon());
async function promote(signal = soon()): Promise<string> {
  const { secret, staged } = await pair();
  const expected = { secret: secret ?? '', staged: staged ?? '' };
  return await here.connection.lever.promoteSecret(
    NAMESPACE,
    { secret: SECRET, staged: STAGED, expected, stamp: STAMP },
    signal,
  );
}
const silentAbout = (what: unknown) => {
  const shown = inspect(what, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  for (const form of FORMS) expect(shown).not.toContain(form);
};

const quoting = {
  kind: 'Status',
  message: `Secret "x" is invalid: patch: Invalid value: "{\\"data\\":{\\"api-key\\":\\"${FORMS[1]}\\"}}": nope`,
};
const FAULTS: readonly (readonly [string, Fault, { fault: string; sent: string }, boolean])[] = [
  ['is down', { mode: 'down' }, { fault: 'unreachable', sent: 'maybe' }, false],
  ['hangs up in the middle', { mode: 'cut' }, { fault: 'unreachable', sent: 'maybe' }, true],
  ['loses its answer', { mode: 'lost' }, { fault: 'unreachable', sent: 'maybe' }, true],
  ['is late', { mode: 'late', ms: 900 }, { fault: 'too slow', sent: 'maybe' }, true],
  ['speaks another language', { mode: 'garbage' }, { fault: 'not understood', sent: 'maybe' }, false],
  [
    'quotes the secret',
    { mode: 'status', status: 422, body: quoting },
    { fault: 'refused', sent: 'no' },
    false,
  ],
  ['fails', { mode: 'status', status: 500, body: quoting }, { fault: 'failed', sent: 'maybe' }, false],
  ['says no', { mode: 'status', status: 403, body: quoting }, { fault: 'forbidden', sent: 'no' }, false],
  [
    'answers for another object',
    { mode: 'status', status: 200, body: { kind: 'Secret', metadata: {}, data: { 'api-key': FORMS[1] } } },
    { fault: 'not understood', sent: 'maybe' },
    false,
  ],
];

describe.each(FAULTS)('an API server that %s', (_what, fault, expected, done) => {
  test('leaves a promotion known or unknown, never half, and tells no value', async () => {
    here.kubernetes.faults.add({ match: { method: 'PATCH' }, fault });
    const error = await failure(promote(within(fault.mode === 'late' ? 500 : 20_000)));
    expect(error).toMatchObject(expected);
    silentAbout(error);
    expect(here.kubernetes.count('PATCH', /secrets/)).toBe(1);
    if (fault.mode === 'late') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    expect(await pair()).toMatchObject({ promotedBy: done ? STAMP : null, revertable: done, same: done });
    const kept = await here.world.read(({ cluster }) =>
      Object.values(cluster.secrets.get(SECRET)?.data ?? {}),
    );
    // The value of before is there in every case.
    expect(kept).toContain(FORMS[3]);
  });
});

describe('values', () => {
  test('stand in no answer of a question, in no sentence and in no refusal', async () => {
    silentAbout(await pair());
    silentAbout(await promote());
    silentAbout(await failure(promote()));
    silentAbout(await here.connection.probe.secret(NAMESPACE, SECRET, null, soon()));
  });

  test('of a shape that is not known are not quoted', async () => {
    here.kubernetes.faults.add({
      match: { path: /secrets/ },
      fault: {
        mode: 'status',
        status: 200,
        body: {
          kind: 'Secret',
          metadata: { resourceVersion: '1' },
          data: { 'api-key': { nested: FORMS[1] } },
        },
      },
    });
    const error = await failure(pair());
    expect(error).toMatchObject({ fault: 'not understood' });
    expect(error.message).toContain('data.api-key');
    silentAbout(error);
  });
});

describe('what is not promoted', () => {
  test.each([
    ['nothing', {}, /is empty/],
    ['a key of our own', { 'oms-bot.previous.api-key': 'x' }, /only the bot writes/],
  ])('%s', async (_what, values, words) => {
    await stage(values);
    const error = await failure(promote());
    expect(error).toMatchObject({ fault: 'refused', sent: 'no' });
    expect(error.message).toMatch(words);
    expect(here.kubernetes.count('PATCH', /./)).toBe(0);
  });

  test('where the role may not, it is named', async () => {
    here.kubernetes.forbid({ resource: 'secrets', verb: 'patch' });
    const error = await failure(promote());
    expect(error).toMatchObject({ fault: 'forbidden', sent: 'no' });
    expect(error.message).toContain('may not patch secrets.');
    silentAbout(error);
  });

  test('no right is needed but to read both and to change the one', async () => {
    here.kubernetes.allow([
      { verb: 'get', resource: 'secrets' },
      { verb: 'patch', resource: 'secrets', name: SECRET },
    ]);
    await promote();
    expect(await pair()).toMatchObject({ promotedBy: STAMP });
  });
});

test('a promotion is one patch, which opens with the version that was approved', async () => {
  const { secret } = await pair();
  await promote();
  const [sent] = here.kubernetes.requests.filter(({ method }) => method === 'PATCH');
  const [first, ...rest] = JSON.parse(sent?.body ?? '[]');
  expect(first).toEqual({ op: 'test', path: '/metadata/resourceVersion', value: secret });
  expect(rest.map(({ op, path }: { op: string; path: string }) => `${op} ${path}`)).toEqual([
    'add /data',
    'add /metadata/annotations/oms-bot~1promoted-by',
  ]);
});
