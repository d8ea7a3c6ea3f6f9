import { HeadBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultyServer } from '../../../sim/lib/faulty-server.ts';
import type { Bucket } from '../../../sim/s3/app.ts';
import { startS3 } from '../../../sim/s3/s3.ts';

const REGION = 'eu-central-1';
const credentials = { accessKeyId: 'AKIAPRETEND', secretAccessKey: 'a-secret' };
const buckets = new Map<string, Bucket>([
  ['exports', { region: REGION, keys: ['b & c.csv', 'a.csv'], may: 'everything' }],
  ['far-away', { region: 'us-west-2', keys: [], may: 'everything' }],
]);
let server: FaultyServer;

beforeAll(async () => {
  const accessKeys = new Map([[credentials.accessKeyId, { secret: credentials.secretAccessKey }]]);
  server = await startS3({ region: REGION, buckets, accessKeys });
});
afterAll(async () => await server.stop());

function client(skewMs = 0): S3Client {
  return new S3Client({
    endpoint: server.url,
    region: REGION,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials,
    systemClockOffset: skewMs,
  });
}

test('lists in order, as many as were asked for, and says whether there are more', async () => {
  const list = async (MaxKeys: number) =>
    await client().send(new ListObjectsV2Command({ Bucket: 'exports', MaxKeys }));
  expect(await list(1)).toMatchObject({ KeyCount: 1, IsTruncated: true, Contents: [{ Key: 'a.csv' }] });
  expect(await list(2)).toMatchObject({ IsTruncated: false, Contents: [{}, { Key: 'b & c.csv' }] });
});

test('names the region of a bucket, also to a HEAD', async () => {
  const head = async (Bucket: string) => await client().send(new HeadBucketCommand({ Bucket }));
  expect(await head('exports')).toMatchObject({ BucketRegion: REGION });
  await expect(head('far-away')).rejects.toMatchObject({
    $metadata: { httpStatusCode: 301 },
    $response: { headers: { 'x-amz-bucket-region': 'us-west-2' } },
  });
});

test('a signature of an hour ago is too old', async () => {
  const call = client(-3_600_000).send(new HeadBucketCommand({ Bucket: 'exports' }));
  await expect(call).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});

const signed = (change: Record<string, string> = {}) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIAPRETEND/20260310/${REGION}/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
  'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  ...change,
});

test.each([
  ['nothing', {}, 403, 'AccessDenied'],
  ['no signature of ours', { authorization: 'Bearer token' }, 400, 'AuthorizationHeaderMalformed'],
  ['a made-up signature', signed(), 403, 'SignatureDoesNotMatch'],
  ['no date', signed({ 'x-amz-date': '' }), 403, 'RequestTimeTooSkewed'],
])('with %s nobody gets in', async (_what, headers, status, code) => {
  const answer = await fetch(`${server.url}/exports?list-type=2`, { headers });
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain(`<Code>${code}</Code>`);
});
