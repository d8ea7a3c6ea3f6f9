import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { BucketSeen, S3Probe } from '../../ports/s3.ts';
import { SystemError } from '../../ports/system-error.ts';
import type { Policy } from '../resilience.ts';
import { S3, s3Error, troubleIn } from './s3-error.ts';

export interface S3Settings {
  readonly region: string;
  /** Another server than Amazon's; buckets are then part of the path. Null: Amazon's. */
  readonly endpoint: string | null;
  /** Null: the usual chain of AWS (environment, profile, the pod's role). */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  } | null;
  readonly policy: Policy;
}

type Library = typeof import('@aws-sdk/client-s3');

/** R71. Makes no connection before the first call; each call has the deadline of its caller's signal only. */
export function s3Probe({ region, endpoint, credentials, policy }: S3Settings): S3Probe {
  let made: Promise<{ library: Library; client: S3Client }> | null = null;
  // The largest of our libraries, and one that most incidents never need.
  async function load() {
    const library = await import('@aws-sdk/client-s3');
    const client = new library.S3Client({
      region,
      // What is repeated, and whether, is decided in one place, and that is not here.
      maxAttempts: 1,
      ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
      ...(credentials === null ? {} : { credentials }),
    });
    return { library, client };
  }

  return {
    async bucket(name, signal) {
      const ask = async () =>
        await beforeTheEnd(signal, async () => {
          made ??= load();
          const { library, client } = await made;
          const to = { abortSignal: signal };
          const [head, list] = await Promise.allSettled([
            client.send(new library.HeadBucketCommand({ Bucket: name }), to),
            client.send(new library.ListObjectsV2Command({ Bucket: name, MaxKeys: 1 }), to),
          ]);
          return judge(name, head.status === 'fulfilled', list);
        });
      return await policy.repeatable(ask, signal);
    },
  };
}

/** The answer to a HEAD has no body: why a bucket cannot be reached stands in the other's. */
function judge(
  bucket: string,
  headed: boolean,
  list: PromiseSettledResult<ListObjectsV2CommandOutput>,
): BucketSeen {
  if (list.status === 'fulfilled') {
    if (list.value.Name !== bucket) {
      const words = `${S3} answered with something that is no list of ${bucket}.`;
      throw new SystemError(S3, 'not understood', words, { sent: 'no', mayRetry: true });
    }
    return { bucket, reachable: true, trouble: null, region: null, lists: true };
  }
  const found = troubleIn(list.reason);
  if (found === null) throw s3Error(list.reason);
  if (found.trouble === 'forbidden' && headed)
    return { bucket, reachable: true, trouble: null, region: null, lists: false };
  return { bucket, reachable: false, ...found, lists: null };
}

/** Where credentials come from is asked too, and does not know of our signal. */
async function beforeTheEnd<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const words = `${S3} did not answer in time.`;
  const tooSlow = () => new SystemError(S3, 'too slow', words, { sent: 'no', mayRetry: true });
  if (signal.aborted) throw tooSlow();
  let giveUp: () => void = () => undefined;
  const hungUp = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(tooSlow());
  });
  signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([hungUp, work()]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
