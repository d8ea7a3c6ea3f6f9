import { type FaultyServer, startFaultyServer } from '../lib/faulty-server.ts';
import { type S3State, s3App } from './app.ts';

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
