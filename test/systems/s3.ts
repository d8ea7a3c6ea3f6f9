import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3 } from './catalogue.ts';
import { finished } from './install.ts';
import { locate } from './locate.ts';
import { noteRan } from './notes.ts';
import { freePort, ready, startServer, temporaryFolder } from './server.ts';

export interface RealS3 {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Of somebody whom it knows and who may do nothing; null: whoever gave it said of nobody. */
  readonly stranger: RealS3['credentials'] | null;
  readonly version: string;
  stop(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test-secret' };
const STRANGER = { accessKeyId: 'stranger', secretAccessKey: 'stranger-secret' };

/** Without buckets, unless `TEST_S3_ENDPOINT` gave it. */
export async function startS3(): Promise<RealS3> {
  const found = await locate(S3);
  if ('missing' in found) throw new Error(found.missing);
  if ('given' in found) {
    const env = (name: string, otherwise: string) => process.env[`TEST_S3_${name}`] ?? otherwise;
    noteRan('S3', `at ${found.given}`);
    return {
      endpoint: found.given,
      region: env('REGION', 'us-east-1'),
      credentials: {
        accessKeyId: env('ACCESS_KEY_ID', CREDENTIALS.accessKeyId),
        secretAccessKey: env('SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey),
      },
      stranger: null,
      version: 'unknown',
      stop: async () => undefined,
    };
  }
  const folder = temporaryFolder('s3');
  for (const name of ['data', 'side', 'users']) mkdirSync(join(folder, name));
  const { accessKeyId: access, secretAccessKey: secret } = STRANGER;
  const accessAccounts = { [access]: { access, secret, role: 'user' } };
  writeFileSync(join(folder, 'users', 'users.json'), JSON.stringify({ accessAccounts }));
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const server = startServer(
    folder,
    found.at,
    [
      ...['--port', new URL(endpoint).host, '--region', 'us-east-1', '--quiet'],
      ...['--iam-dir', join(folder, 'users')],
      ...['posix', '--sidecar', join(folder, 'side'), join(folder, 'data')],
    ],
    { ROOT_ACCESS_KEY: CREDENTIALS.accessKeyId, ROOT_SECRET_KEY: CREDENTIALS.secretAccessKey },
  );
  await ready('versitygw', server, async () => (await fetch(endpoint)).status > 0, 10_000);
  const version = await versionOf(found.at);
  noteRan('versitygw', version);
  return {
    endpoint,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    stranger: STRANGER,
    version,
    stop: async () => await server.stop(),
  };
}

async function versionOf(program: string): Promise<string> {
  return /Version\s*:\s*v?(\S+)/.exec(await finished(program, ['--version']))?.[1] ?? 'unknown';
}
