import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startS3 as startPretendS3 } from '../../sim/s3/s3.ts';
import { s3Probe } from '../../src/adapters/s3/probe.ts';
import { plainPolicy } from '../support/policy.ts';
import { S3 } from '../systems/catalogue.ts';
import { describeOn } from '../systems/describe-on.ts';
import { startS3 } from '../systems/s3.ts';
import { s3Contract, type WrongWith } from './s3.ts';

interface Server {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const probeOf =
  ({ endpoint, region, credentials }: Server) =>
  ({ region: other, ...wrong }: WrongWith = {}) =>
    s3Probe({
      endpoint,
      region: other ?? region,
      credentials: { ...credentials, ...wrong },
      policy: plainPolicy,
    });

(await describeOn(S3))('on the real thing', () => {
  s3Contract('versitygw', async () => {
    const server = await startS3();
    const { endpoint, region, credentials } = server;
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    return {
      probe: probeOf(server),
      region,
      async bucket(Bucket, keys) {
        await client.send(new CreateBucketCommand({ Bucket }));
        for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'a row' }));
      },
      async shut(Bucket) {
        if (server.stranger !== null) await client.send(new CreateBucketCommand({ Bucket }));
        return server.stranger;
      },
      stop: async () => await server.stop(),
    };
  });
});

s3Contract('the pretend one', async () => {
  const buckets = new Map();
  const credentials = { accessKeyId: 'AKIAPRETEND', secretAccessKey: 'a-secret' };
  const region = 'eu-central-1';
  const accessKeys = new Map([[credentials.accessKeyId, { secret: credentials.secretAccessKey }]]);
  const server = await startPretendS3({ region, buckets, accessKeys });
  return {
    probe: probeOf({ endpoint: server.url, region, credentials }),
    region,
    async bucket(name, keys) {
      buckets.set(name, { region, keys, may: 'everything' });
    },
    async shut(name) {
      buckets.set(name, { region, keys: ['exp_1.csv'], may: 'nothing' });
      return {};
    },
    stop: async () => await server.stop(),
  };
});
