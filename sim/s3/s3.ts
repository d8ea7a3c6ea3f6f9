import { type FaultyServer, startFaultyServer } from '../lib/faulty-server.ts';
import type { World } from '../world/world.ts';
import { type Bucket, type Lookup, type S3State, s3App } from './app.ts';

/**
 * S3 on the loopback, buckets as part of the path. It refuses what S3 refuses: a request that is not signed, or signed
 * with another secret, for another region or at another time.
 */
export async function startS3(options: S3State & { readonly port?: number }): Promise<FaultyServer> {
  return await startFaultyServer({
    name: 's3',
    app: s3App(options),
    ...(options.port === undefined ? {} : { port: options.port }),
  });
}

/** The one bucket that the world's exports are written to. What it says, `conditions.bucket` says. */
export function bucketOfExports(world: World, bucket: { name: string; region: string }): Lookup<Bucket> {
  return {
    async get(name) {
      if (name !== bucket.name) return undefined;
      return await world.read(({ conditions, exports }) => {
        if (conditions.bucket === 'missing') return undefined;
        const done = [...exports.values()].filter(({ link }) => link);
        return {
          region: bucket.region,
          keys: done.map(({ id, format }) => `${id}.${format}`),
          may: conditions.bucket === 'ok' ? 'everything' : 'nothing',
        };
      });
    },
  };
}
