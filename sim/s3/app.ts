import { type Context, Hono } from 'hono';
import { readAuthorization, signatureOf, timeOf } from './signature.ts';

export interface Bucket {
  readonly region: string;
  /** Names of the objects in it. */
  readonly keys: readonly string[];
  /** What its policy lets everybody with a valid key do. */
  readonly may: 'everything' | 'not list' | 'nothing';
}

export interface AccessKey {
  readonly secret: string;
  /** Only of temporary credentials. */
  readonly session?: { readonly token: string; readonly expired: boolean };
}

/** A Map, or a view of a world. */
export interface Lookup<T> {
  get(name: string): T | undefined | Promise<T | undefined>;
}

export interface S3State {
  /** Of the endpoint. */
  readonly region: string;
  readonly buckets: Lookup<Bucket>;
  readonly accessKeys: Lookup<AccessKey>;
}

type Refusal = readonly [
  status: 301 | 400 | 403 | 404 | 405 | 501,
  code: string,
  more?: Readonly<Record<string, string>>,
];

const SKEW_MS = 15 * 60_000;
/** S3 user guide, *Bucket naming rules*, as far as one expression tells. */
const NAME = /^(?!xn--|\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Buckets by path: HeadBucket and ListObjectsV2, for whoever signs as S3 wants it. */
export function s3App(state: S3State): Hono {
  // A path ends in a slash where a query follows it.
  const app = new Hono({ strict: false });
  app.all('/:bucket', async (c) => {
    const request = c.req.raw;
    const refused = await notSigned(request, state);
    if (refused !== null) return refuse(c, refused);
    const name = c.req.param('bucket');
    if (!NAME.test(name)) return refuse(c, [400, 'InvalidBucketName', { BucketName: name }]);
    const bucket = await state.buckets.get(name);
    if (bucket === undefined) return refuse(c, [404, 'NoSuchBucket', { BucketName: name }]);
    c.header('x-amz-bucket-region', bucket.region);
    if (bucket.region !== state.region)
      return refuse(c, [301, 'PermanentRedirect', { Endpoint: `${name}.s3.${bucket.region}.amazonaws.com` }]);
    if (bucket.may === 'nothing') return refuse(c, [403, 'AccessDenied']);
    if (request.method === 'HEAD') return c.body(null, 200);
    if (request.method !== 'GET') return refuse(c, [405, 'MethodNotAllowed']);
    if (c.req.query('list-type') !== '2') return refuse(c, [501, 'NotImplemented']);
    if (bucket.may === 'not list') return refuse(c, [403, 'AccessDenied']);
    return list(c, name, bucket);
  });
  app.notFound((c) => refuse(c, [501, 'NotImplemented']));
  return app;
}

/** Why S3 does not take a request, before it looks at what is asked; null: it does. */
async function notSigned(request: Request, { region, accessKeys }: S3State): Promise<Refusal | null> {
  const header = request.headers.get('authorization');
  if (header === null) return [403, 'AccessDenied'];
  const said = readAuthorization(header);
  if (said === null) return [400, 'AuthorizationHeaderMalformed'];
  if (said.region !== region) return [400, 'AuthorizationHeaderMalformed', { Region: region }];
  if (request.headers.get('x-amz-content-sha256') === null) return [400, 'MissingSecurityHeader'];
  const date = request.headers.get('x-amz-date') ?? '';
  if (!(Math.abs(Date.now() - timeOf(date)) <= SKEW_MS)) return [403, 'RequestTimeTooSkewed'];
  const key = await accessKeys.get(said.accessKeyId);
  if (key === undefined) return [403, 'InvalidAccessKeyId'];
  const complete = said.signedHeaders.includes('host') && said.signedHeaders.includes('x-amz-date');
  if (!complete || said.signature !== signatureOf(request, said, key.secret))
    return [403, 'SignatureDoesNotMatch'];
  const token = request.headers.get('x-amz-security-token');
  if (token !== (key.session?.token ?? null)) return [400, 'InvalidToken'];
  if (key.session?.expired === true) return [400, 'ExpiredToken'];
  return null;
}

function list(c: Context, name: string, { keys }: Bucket): Response {
  const most = Number(c.req.query('max-keys') ?? 1_000);
  if (!Number.isInteger(most) || most < 0) return refuse(c, [400, 'InvalidArgument']);
  const shown = [...keys].sort().slice(0, Math.min(most, 1_000));
  const contents = shown.map((key) => `<Contents><Key>${escaped(key)}</Key><Size>1</Size></Contents>`);
  return xml(
    c,
    200,
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${name}</Name><Prefix></Prefix><KeyCount>${shown.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${keys.length > shown.length}</IsTruncated>${contents.join('')}</ListBucketResult>`,
  );
}

function refuse(c: Context, [status, code, more = {}]: Refusal): Response {
  const extra = Object.entries(more).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  return xml(c, status, `<Error><Code>${code}</Code><Message>${code}</Message>${extra.join('')}</Error>`);
}

function xml(c: Context, status: 200 | Refusal[0], body: string): Response {
  c.header('content-type', 'application/xml');
  // A HEAD is answered without a body, whatever it is: that is why nobody can tell one 403 from another by it.
  if (c.req.method === 'HEAD') return c.body(null, status);
  return c.body(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`, status);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
