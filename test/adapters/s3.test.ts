import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sim/lib/faults.ts';
import type { FaultyServer } from '../../sim/lib/faulty-server.ts';
import type { AccessKey, Bucket } from '../../sim/s3/app.ts';
import { startS3 } from '../../sim/s3/s3.ts';
import { type S3Settings, s3Probe } from '../../src/adapters/s3/probe.ts';
import { plainPolicy } from '../support/policy.ts';
import { outcome, patient } from '../support/trouble.ts';

const REGION = 'eu-central-1';
const CREDENTIALS = { accessKeyId: 'AKIAPRETEND', secretAccessKey: 'a-secret' };

let buckets: Map<string, Bucket>;
let accessKeys: Map<string, AccessKey>;
let server: FaultyServer;
beforeEach(async () => {
  buckets = new Map([['exports', { region: REGION, keys: ['exp_secret-name.csv'], may: 'everything' }]]);
  accessKeys = new Map([[CREDENTIALS.accessKeyId, { secret: CREDENTIALS.secretAccessKey }]]);
  server = await startS3({ region: REGION, buckets, accessKeys });
});
afterEach(async () => await server.stop());

function probe(change: Partial<S3Settings> = {}) {
  const settings: S3Settings = {
    region: REGION,
    endpoint: server.url,
    credentials: CREDENTIALS,
    policy: plainPolicy,
  };
  return s3Probe({ ...settings, ...change });
}
const ask = async (change?: Partial<S3Settings>) => await probe(change).bucket('exports', patient());

describe('a bucket', () => {
  test('is asked for once by HEAD and once for a single key, and that key goes nowhere', async () => {
    const seen = await ask();
    expect(
      server.requests.map(({ method, path, query }) => [method, path, query['max-keys']]).sort(),
    ).toEqual([
      ['GET', '/exports/', '1'],
      ['HEAD', '/exports/', undefined],
    ]);
    expect(JSON.stringify(seen)).not.toContain('secret-name');
  });

  test.each([
    ['that is shut', 'nothing', { reachable: false, trouble: 'forbidden', lists: null }],
    ['that may be used and not listed', 'not list', { reachable: true, trouble: null, lists: false }],
  ] as const)('%s', async (_what, may, says) => {
    buckets.set('exports', { region: REGION, keys: [], may });
    expect(await ask()).toEqual({ bucket: 'exports', region: null, ...says });
  });

  test('that lies in another region than its endpoint', async () => {
    buckets.set('exports', { region: 'us-west-2', keys: [], may: 'everything' });
    expect(await ask()).toEqual({
      bucket: 'exports',
      reachable: false,
      trouble: 'wrong region',
      region: 'us-west-2',
      lists: null,
    });
  });

  test('behind credentials that have expired', async () => {
    const credentials = { ...CREDENTIALS, sessionToken: 'session' };
    accessKeys.set(CREDENTIALS.accessKeyId, {
      secret: CREDENTIALS.secretAccessKey,
      session: { token: 'session', expired: true },
    });
    expect(await ask({ credentials })).toMatchObject({ reachable: false, trouble: 'expired credentials' });
  });
});

/** What comes out of each way to misbehave. */
const TABLE: readonly (readonly [string, Fault, { readonly fault: string; readonly mayRetry: boolean }])[] = [
  ['is down', { mode: 'down' }, { fault: 'unreachable', mayRetry: true }],
  ['is slow', { mode: 'slow', ms: 5_000 }, { fault: 'too slow', mayRetry: true }],
  ['is late', { mode: 'late', ms: 1_500 }, { fault: 'too slow', mayRetry: true }],
  ['fails', { mode: 'status', status: 500, body: xml('InternalError') }, { fault: 'failed', mayRetry: true }],
  ['fails without words', { mode: 'status', status: 503, body: '' }, { fault: 'failed', mayRetry: true }],
  [
    'is busy',
    { mode: 'status', status: 503, body: xml('SlowDown') },
    { fault: 'rate limited', mayRetry: false },
  ],
  ['limits', { mode: 'status', status: 429, body: '' }, { fault: 'rate limited', mayRetry: false }],
  [
    'has another time',
    { mode: 'status', status: 403, body: xml('RequestTimeTooSkewed') },
    { fault: 'refused', mayRetry: false },
  ],
  [
    'refuses what we ask',
    { mode: 'status', status: 400, body: xml('InvalidArgument') },
    { fault: 'refused', mayRetry: false },
  ],
  [
    'is another server',
    { mode: 'status', status: 404, body: 'not found' },
    { fault: 'not understood', mayRetry: true },
  ],
  ['says nothing', { mode: 'status', status: 404, body: '' }, { fault: 'not understood', mayRetry: false }],
  [
    'is a page to sign in',
    { mode: 'status', status: 200, body: '<html><body>hello</body></html>' },
    { fault: 'not understood', mayRetry: true },
  ],
  [
    'lists another bucket',
    { mode: 'status', status: 200, body: '<ListBucketResult><Name>other</Name></ListBucketResult>' },
    { fault: 'not understood', mayRetry: true },
  ],
  ['speaks garbage', { mode: 'garbage' }, { fault: 'not understood', mayRetry: true }],
  ['breaks off', { mode: 'cut' }, { fault: 'unreachable', mayRetry: true }],
  ['loses its answer', { mode: 'lost' }, { fault: 'unreachable', mayRetry: true }],
];

describe('an S3 that', () => {
  test.each(TABLE)('%s says nothing of the bucket', async (_what, fault, says) => {
    server.faults.add({ fault });
    const waits = fault.mode === 'slow' || fault.mode === 'late';
    const said = await outcome(probe().bucket('exports', waits ? AbortSignal.timeout(400) : patient()));
    expect(said).toMatchObject({ ...says, sent: 'no' });
    expect(said).toMatchObject({ message: expect.stringMatching(/^S3 [\p{L}\p{N} ,;_()’]+\.$/u) });
    server.faults.clear();
    expect(await ask()).toMatchObject({ reachable: true });
  });

  test('is not there cannot be reached', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    expect(await outcome(ask({ endpoint }))).toEqual({
      fault: 'unreachable',
      sent: 'no',
      mayRetry: true,
      message: 'S3 cannot be reached (ECONNREFUSED).',
    });
  });

  test('nobody has credentials for is not asked', async () => {
    const aws = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
    const kept = aws.map((name) => [name, process.env[name]] as const);
    for (const name of aws) delete process.env[name];
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    });
    try {
      const said = await outcome(ask({ credentials: null }));
      expect(said).toMatchObject({
        fault: 'forbidden',
        message: expect.stringContaining('AWS_ACCESS_KEY_ID'),
      });
      expect(server.requests).toEqual([]);
    } finally {
      for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
      Object.assign(process.env, Object.fromEntries(kept));
    }
  });
});

function xml(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>a\u0007 message</Message></Error>`;
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const address = listener.address();
  await new Promise((done) => listener.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
