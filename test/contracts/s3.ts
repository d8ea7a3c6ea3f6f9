import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { S3Probe } from '../../src/ports/s3.ts';
import { outcome, patient } from '../support/trouble.ts';

/** What a probe is told to be; the rest is right. */
export interface WrongWith {
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
}

export interface S3UnderTest {
  probe(wrong?: WrongWith): S3Probe;
  /** Of its endpoint. */
  readonly region: string;
  /** Makes a bucket with these objects. */
  bucket(name: string, keys: readonly string[]): Promise<void>;
  /** Makes a bucket that is shut to whoever asks so; null: it cannot be had there. */
  shut(name: string): Promise<WrongWith | null>;
  stop(): Promise<void>;
}

/** What every S3 behind `S3Probe` has to keep. It has no buckets at first. */
export function s3Contract(name: string, open: () => Promise<S3UnderTest>): void {
  describe(`S3: ${name}`, () => {
    let here: S3UnderTest;
    beforeAll(async () => {
      here = await open();
      await here.bucket('exports', ['exp_1.csv', 'exp_2.csv']);
      await here.bucket('empty-bucket', []);
    });
    afterAll(async () => await here?.stop());

    const ask = async (wrong?: WrongWith, bucket = 'exports') =>
      await here.probe(wrong).bucket(bucket, patient());
    const broken = { reachable: false, lists: null, region: null };

    test('a bucket is reachable and listed, and no name of a file is kept', async () => {
      const seen = await ask();
      expect(seen).toEqual({ bucket: 'exports', reachable: true, trouble: null, region: null, lists: true });
    });

    test('an empty one as well', async () => {
      expect(await ask({}, 'empty-bucket')).toMatchObject({ reachable: true, lists: true });
    });

    test.each(['no-such-bucket', 'Not_A_Bucket'])('%s is no such bucket', async (bucket) => {
      expect(await ask({}, bucket)).toEqual({ ...broken, bucket, trouble: 'no such bucket' });
    });

    test.each([
      ['another secret', { secretAccessKey: 'another-secret' }],
      ['a key that nobody has', { accessKeyId: 'AKIANOBODY' }],
      ['a token of nobody’s session', { sessionToken: 'nobody' }],
    ])('%s is told from a bucket that is shut', async (_what, wrong) => {
      expect(await ask(wrong)).toEqual({ ...broken, bucket: 'exports', trouble: 'unknown credentials' });
    });

    test('another region is named, with the right one', async () => {
      const trouble = 'wrong region';
      const seen = await ask({ region: 'eu-west-1' });
      expect(seen).toEqual({ ...broken, bucket: 'exports', trouble, region: here.region });
    });

    test('a bucket that is shut to whoever asks is forbidden', async ({ skip }) => {
      const wrong = await here.shut('shut-bucket');
      if (wrong === null) return skip('nobody is known there who may do nothing');
      expect(await ask(wrong, 'shut-bucket')).toEqual({
        ...broken,
        bucket: 'shut-bucket',
        trouble: 'forbidden',
      });
    });

    test('a call whose time is up before it begins asks nothing', async () => {
      expect(await outcome(here.probe().bucket('exports', AbortSignal.abort()))).toMatchObject({
        fault: 'too slow',
        sent: 'no',
      });
    });
  });
}
