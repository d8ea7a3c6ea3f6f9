import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { S3 } from './catalogue.ts';
import { describeOn } from './describe-on.ts';
import { type RealS3, startS3 } from './s3.ts';

(await describeOn(S3))('S3', () => {
  let s3: RealS3;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(async () => await s3?.stop());

  function client(secretAccessKey = s3.credentials.secretAccessKey): S3Client {
    const { endpoint, region, credentials } = s3;
    return new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { ...credentials, secretAccessKey },
    });
  }

  test('keeps an object', async () => {
    const Bucket = `labels-${process.pid}`;
    const mine = client();
    await mine.send(new CreateBucketCommand({ Bucket }));
    await mine.send(new PutObjectCommand({ Bucket, Key: 'ord_1.pdf', Body: 'a label' }));
    const { Contents } = await mine.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
    expect(Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([['ord_1.pdf', 7]]);
    await mine.send(new DeleteObjectCommand({ Bucket, Key: 'ord_1.pdf' }));
    await mine.send(new DeleteBucketCommand({ Bucket }));
  });

  test('does not take a wrong secret', async () => {
    const call = client('wrong').send(new ListObjectsV2Command({ Bucket: 'labels' }));
    await expect(call).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });
});
