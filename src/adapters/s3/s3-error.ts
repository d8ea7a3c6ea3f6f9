import type { BucketSeen } from '../../ports/s3.ts';
import { SystemError, type SystemFault } from '../../ports/system-error.ts';
import { clean } from '../http.ts';

export const S3 = 'S3';

/** What S3's error codes say of the bucket, or of us (S3 API reference, *Error responses*). */
const TROUBLE: Readonly<Record<string, NonNullable<BucketSeen['trouble']>>> = {
  NoSuchBucket: 'no such bucket',
  // None of that name can exist.
  InvalidBucketName: 'no such bucket',
  AccessDenied: 'forbidden',
  AllAccessDisabled: 'forbidden',
  AccountProblem: 'forbidden',
  PermanentRedirect: 'wrong region',
  AuthorizationHeaderMalformed: 'wrong region',
  IllegalLocationConstraintException: 'wrong region',
  ExpiredToken: 'expired credentials',
  TokenRefreshRequired: 'expired credentials',
  InvalidAccessKeyId: 'unknown credentials',
  SignatureDoesNotMatch: 'unknown credentials',
  InvalidToken: 'unknown credentials',
  InvalidSecurity: 'unknown credentials',
  NotSignedUp: 'unknown credentials',
  // versitygw's InvalidAccessKeyId.
  XAdminUserNotFound: 'unknown credentials',
};

/** What an error answer with a body says of the bucket; null: nothing. */
export function troubleIn(
  err: unknown,
): (Pick<BucketSeen, 'region'> & { trouble: BucketSeen['trouble'] }) | null {
  const { code, header, named } = factsOf(err);
  const trouble = code === null ? undefined : TROUBLE[code];
  if (trouble === undefined) return null;
  const region = trouble === 'wrong region' ? clean(named ?? header) : null;
  // The header may be malformed in other ways as well, and then no region is named.
  if (code === 'AuthorizationHeaderMalformed' && region === null) return null;
  return { trouble, region };
}

interface Meaning {
  readonly fault: SystemFault;
  readonly words: string;
  readonly mayRetry: boolean;
}

const means = (fault: SystemFault, words: string, mayRetry = false): Meaning => ({ fault, words, mayRetry });

const BY_CODE: Readonly<Record<string, Meaning>> = {
  RequestTimeTooSkewed: means('refused', 'says that the clock of this machine is wrong'),
  SlowDown: means('rate limited', 'asks us to slow down'),
  NotImplemented: means('refused', 'does not know our question; this is not all of S3'),
};

/** Of node and the SDK, where there was no answer that S3 would give. */
const BY_NETWORK: readonly (readonly [RegExp, Meaning])[] = [
  [
    /CredentialsProviderError|Could not load credentials/,
    means(
      'forbidden',
      'was not asked: there are no AWS credentials here; set AWS_ACCESS_KEY_ID, or give the pod a role',
    ),
  ],
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/,
    means('unreachable', 'cannot be reached', true),
  ],
  [/ETIMEDOUT/, means('too slow', 'took no connection in time', true)],
  [
    /\b(CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/,
    means('unreachable', 'has a certificate that is not trusted'),
  ],
  [
    /HPE_|XML|Deserialization/i,
    means('not understood', 'answered with something that S3 does not say', true),
  ],
];

const ENDED = means('unreachable', 'ended the connection without an answer', true);

/** Where nothing can be said of the bucket itself. It was a read, so nothing was changed whatever it was. */
export function s3Error(err: unknown): SystemError {
  if (err instanceof SystemError) return err;
  const { code, status, network } = factsOf(err);
  const { fault, words, mayRetry } = meaningOf(err, code, status);
  const shown = code ?? network ?? status;
  const more = shown === null ? '' : ` (${clean(String(shown))})`;
  return new SystemError(S3, fault, `${S3} ${words}${more}.`, { sent: 'no', mayRetry, cause: err });
}

function meaningOf(err: unknown, code: string | null, status: number | null): Meaning {
  const known = code === null ? undefined : BY_CODE[code];
  if (known !== undefined) return known;
  const text = err instanceof Error ? `${err.name} ${factsOf(err).network ?? ''} ${err.message}` : '';
  const network = BY_NETWORK.find(([pattern]) => pattern.test(text))?.[1];
  if (network !== undefined) return network;
  if (status === null) return ENDED;
  if (status === 429) return means('rate limited', 'asks us to slow down');
  if (status >= 500) return means('failed', 'could not do it', true);
  if (code === null) return means('not understood', 'answered in a way that S3 does not');
  return means('refused', 'does not accept our question');
}

interface Facts {
  /** `NoSuchBucket`, of an error that S3 itself made; null: it has none. */
  readonly code: string | null;
  readonly status: number | null;
  /** `ECONNREFUSED`. */
  readonly network: string | null;
  /** The region that the answer's headers name. */
  readonly header: string | null;
  /** The region that its body names. */
  readonly named: string | null;
}

function factsOf(err: unknown): Facts {
  const field = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
  const text = (what: unknown) => (typeof what === 'string' && what !== '' ? what : null);
  const status = field(field(err, '$metadata'), 'httpStatusCode');
  return {
    code: text(field(err, 'Code')),
    status: typeof status === 'number' ? status : null,
    network: text(field(err, 'code')),
    header: text(field(field(field(err, '$response'), 'headers'), 'x-amz-bucket-region')),
    named: text(field(err, 'Region')),
  };
}
