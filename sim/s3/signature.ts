import { createHash, createHmac } from 'node:crypto';

/** What an `Authorization` header of AWS Signature Version 4 says. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** Null: it is malformed. */
export function readAuthorization(header: string): Authorization | null {
  const [, accessKeyId, day, region, signed, signature] = HEADER.exec(header) ?? [];
  if (accessKeyId === undefined || day === undefined || region === undefined) return null;
  if (signed === undefined || signature === undefined) return null;
  return { accessKeyId, day, region, signedHeaders: signed.split(';'), signature };
}

/** The signature that somebody with this secret would have made of this request. */
export function signatureOf(request: Request, said: Authorization, secret: string): string {
  const url = new URL(request.url);
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const header = (name: string) => request.headers.get(name) ?? '';
  const canonical = [
    request.method,
    url.pathname,
    query,
    ...said.signedHeaders.map((name) => `${name}:${header(name).trim().replace(/\s+/g, ' ')}`),
    '',
    said.signedHeaders.join(';'),
    header('x-amz-content-sha256'),
  ].join('\n');
  const scope = `${said.day}/${said.region}/s3/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', header('x-amz-date'), scope, hash].join('\n');
  const key = [said.day, said.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (before, part) => hmac(before, part),
    `AWS4${secret}`,
  );
  return hmac(key, toSign).toString('hex');
}

/** `x-amz-date`, 20260310T120000Z, as epoch ms; NaN: it is none. */
export function timeOf(date: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
