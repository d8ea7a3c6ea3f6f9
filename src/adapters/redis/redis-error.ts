import { SystemError, type SystemFault } from '../../ports/system-error.ts';

export const REDIS = 'Redis';

interface Meaning {
  readonly fault: SystemFault;
  readonly words: string;
  readonly mayRetry: boolean;
}

const means = (fault: SystemFault, words: string, mayRetry = false): Meaning => ({ fault, words, mayRetry });

const CLUSTER = means(
  'refused',
  'runs as a cluster; one address would show only a part of the locks, so we look at none',
);

const NO_RIGHT = means('forbidden', 'does not let us do this; the user of REDIS_URL needs the right');

/** By the first word of an error reply. Redis did nothing, since it says so itself. */
const BY_REPLY: Readonly<Record<string, Meaning>> = {
  NOAUTH: means('forbidden', 'wants a password, and REDIS_URL has none'),
  WRONGPASS: means('forbidden', 'does not accept the user or password of REDIS_URL'),
  NOPERM: NO_RIGHT,
  DENIED: means('forbidden', 'is in protected mode and takes no clients from other machines'),
  READONLY: means('refused', 'is a replica: nothing can be changed there; REDIS_URL must name the master'),
  LOADING: means('failed', 'has just started and is loading its data', true),
  MASTERDOWN: means('failed', 'is a replica that has lost its master', true),
  BUSY: means('too slow', 'is busy with somebody’s script', true),
  OOM: means('exhausted', 'has no memory left'),
  MISCONF: means('failed', 'takes no changes while it cannot save to its disk'),
  NOREPLICAS: means('failed', 'takes no changes while too few replicas follow it'),
  MOVED: CLUSTER,
  CLUSTERDOWN: CLUSTER,
};

/** By more than the first word. */
const BY_TEXT: readonly (readonly [RegExp, Meaning])[] = [
  [/executing the script can't/, NO_RIGHT],
  [/max number of clients/, means('exhausted', 'has too many clients')],
  [
    /unknown command/,
    means('refused', 'does not know a command that we need; it must be version 6 or newer'),
  ],
];

/** Of node and `ioredis`, where no reply came. */
const BY_NETWORK: readonly (readonly [RegExp, Meaning])[] = [
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/,
    means('unreachable', 'cannot be reached', true),
  ],
  [/ETIMEDOUT/, means('too slow', 'took no connection in time', true)],
  [
    /\b(CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/,
    means('unreachable', 'has a certificate that is not trusted'),
  ],
  [/RESP/, means('not understood', 'answered in another language than Redis speaks', true)],
];

const ENDED = means(
  'unreachable',
  'ended the connection; it restarts, fails over or has too many clients',
  true,
);

/**
 * What an error of `ioredis` means.
 * @param heard what its connection reported, which says more than *Connection is closed*
 */
export function redisError(err: unknown, heard: readonly Error[] = []): SystemError {
  if (err instanceof SystemError) return err;
  const errors = [err, ...heard].filter((one) => one instanceof Error);
  const reply = errors.find(isReply);
  const { fault, words, mayRetry } = reply === undefined ? ofNetwork(errors) : ofReply(reply);
  const shown = reply === undefined ? codeOf(errors) : shownOf(reply);
  return new SystemError(REDIS, fault, `${REDIS} ${words}${shown}.`, {
    sent: 'no',
    mayRetry,
    cause: reply ?? err,
  });
}

/** One address of a cluster answers for its own part of the keys only, and silently. */
export function isCluster(): SystemError {
  return new SystemError(REDIS, CLUSTER.fault, `${REDIS} ${CLUSTER.words}.`, { sent: 'no', mayRetry: false });
}

/** Redis refused in its own words: it did nothing. */
export function isReply(err: unknown): boolean {
  return err instanceof Error && err.name === 'ReplyError';
}

function ofReply({ message }: Error): Meaning {
  const byText = BY_TEXT.find(([pattern]) => pattern.test(message))?.[1];
  return byText ?? BY_REPLY[message.split(' ', 1)[0] ?? ''] ?? means('failed', 'could not do it');
}

function ofNetwork(errors: readonly Error[]): Meaning {
  const text = errors.map((err) => `${codeIn(err)} ${err.message}`).join(' ');
  return BY_NETWORK.find(([pattern]) => pattern.test(text))?.[1] ?? ENDED;
}

/** Which command or key it is about, or the bare code: an error's own words may carry what we sent. */
function shownOf({ message }: Error): string {
  const command = /'([\w|-]{1,40})' command/.exec(message)?.[1];
  if (command !== undefined) return ` (${command.toUpperCase()})`;
  if (message.startsWith('NOPERM') && message.includes('keys')) return ' (keys that match the lock pattern)';
  if (message.includes('executing the script')) return ' (TYPE, GET, DEL)';
  const code = /^[A-Z]{2,20}\b/.exec(message)?.[0];
  return code === undefined ? '' : ` (${code})`;
}

function codeOf(errors: readonly Error[]): string {
  const code = errors.map(codeIn).find(Boolean);
  return code === undefined ? '' : ` (${code})`;
}

function codeIn(err: Error): string {
  return 'code' in err && typeof err.code === 'string' ? err.code : '';
}
