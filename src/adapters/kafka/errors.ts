import { type Sent, SystemError, type SystemFault } from '../../ports/system-error.ts';

export const KAFKA = 'Kafka';

interface Meaning {
  readonly fault: SystemFault;
  /** What a broker does or lacks: *has no leader*. */
  readonly words: string;
  readonly mayRetry?: boolean;
}

/** Error codes of Kafka's protocol, as far as they can meet us; its guide, *Error Codes*. */
const BY_CODE: Readonly<Record<number, Meaning>> = {
  1: { fault: 'not found', words: 'no longer has that offset' },
  3: { fault: 'not found', words: 'is not there' },
  5: { fault: 'failed', words: 'has no leader', mayRetry: true },
  6: { fault: 'failed', words: 'is moving to another leader', mayRetry: true },
  7: { fault: 'too slow', words: 'was not written by all replicas in time' },
  9: { fault: 'failed', words: 'has no replica there', mayRetry: true },
  10: { fault: 'refused', words: 'does not take a message that large' },
  14: { fault: 'failed', words: 'is being loaded by its coordinator', mayRetry: true },
  15: { fault: 'failed', words: 'has no coordinator', mayRetry: true },
  16: { fault: 'failed', words: 'is moving to another coordinator', mayRetry: true },
  17: { fault: 'refused', words: 'is no name that Kafka takes' },
  19: { fault: 'failed', words: 'has too few replicas in sync' },
  20: { fault: 'failed', words: 'was written, by fewer replicas than it should' },
  24: { fault: 'refused', words: 'is no name that Kafka takes' },
  29: { fault: 'forbidden', words: 'may not be used by the bot’s account' },
  30: { fault: 'forbidden', words: 'may not be used by the bot’s account' },
  31: { fault: 'forbidden', words: 'may not be used by the bot’s account' },
  35: { fault: 'refused', words: 'is asked in a way that this version of Kafka does not know' },
  56: { fault: 'failed', words: 'lies on a disk that the broker cannot use' },
  78: { fault: 'failed', words: 'is moving to another leader', mayRetry: true },
};

/** What an error code says of a topic, a partition, a group: *has no leader*. */
export function wordsOf(code: number): string {
  return BY_CODE[code]?.words ?? `answers with error ${code}`;
}

/** @param what the code is about: *order-events-3* */
export function refusedWith(code: number, what: string, sent: Sent = 'no'): SystemError {
  const { fault, mayRetry = false } = BY_CODE[code] ?? { fault: 'failed' };
  return new SystemError(KAFKA, fault, `${KAFKA}: ${what} ${wordsOf(code)}.`, { sent, mayRetry });
}

/** The same as a clause of somebody else's sentence: *orders-3 has no leader*. */
export function clauseOf(err: unknown): string {
  return failure(err, 'no').message.replace(`${KAFKA}: `, '').replace(/\.$/, '');
}

export function refuse(message: string, fault: SystemFault = 'refused'): SystemError {
  return new SystemError(KAFKA, fault, message, { sent: 'no', mayRetry: false });
}

export function tooSlow(sent: Sent): SystemError {
  return new SystemError(KAFKA, 'too slow', `${KAFKA} did not answer in time.`, { sent, mayRetry: true });
}

const CERTIFICATE = /^(CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** What an exception of kafkajs means, or of its sockets. @param sent what is known of the change, if it was one */
export function failure(err: unknown, sent: Sent): SystemError {
  if (err instanceof SystemError) return err;
  if (err instanceof AggregateError) return failure(err.errors[0], sent);
  const code = codeOf(err);
  const name = err instanceof Error ? err.name : '';
  const say = (fault: SystemFault, words: string, mayRetry: boolean) =>
    new SystemError(KAFKA, fault, `${KAFKA} ${words}.`, { sent, mayRetry, cause: err });
  if (code === FOREIGN)
    return say(
      'not understood',
      'is not what answers there, or it is spoken to without TLS (KAFKA_TLS)',
      false,
    );
  if (CERTIFICATE.test(code))
    return say('forbidden', `has a certificate that is not trusted here (${code})`, false);
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return say('refused', 'does not speak TLS there (KAFKA_TLS)', false);
  if (NEVER_SENT.includes(code)) return say('unreachable', `cannot be reached (${code})`, true);
  if (name === 'KafkaJSSASLAuthenticationError' || code === '58')
    return say('forbidden', 'does not accept KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD', false);
  if (name === 'KafkaJSRequestTimeoutError') return say('too slow', 'did not answer in time', true);
  if (name === 'KafkaJSConnectionError' && err instanceof Error && /timeout/i.test(err.message))
    return say('too slow', 'took no connection in time', true);
  if (name === 'KafkaJSServerDoesNotSupportApiKey')
    return say('refused', 'is of a version that the bot cannot speak with', false);
  if (code === GREETING)
    return say(
      'unreachable',
      'took the connection and broke it off: it is stopping, or KAFKA_TLS and KAFKA_SASL_USERNAME do not fit',
      true,
    );
  if (brokenOff(err))
    return say('unreachable', `broke off the conversation${code === '' ? '' : ` (${code})`}`, true);
  return say('not understood', 'answered with something that could not be understood', false);
}

/** Of our own guard on a socket: what came is no answer of Kafka's. */
export const FOREIGN = 'ERR_NOT_KAFKA';
/** A connection that was taken, and ended before the first answer. */
export const GREETING = 'ERR_NO_GREETING';

/** The other side ended the connection, rather than never taking it. */
export function brokenOff(err: unknown): boolean {
  const code = codeOf(err);
  if (NEVER_SENT.includes(code) || (err instanceof Error && /timeout/i.test(err.message))) return false;
  const closed = err instanceof Error && err.name.startsWith('KafkaJSConnection') && code === '';
  return closed || /^E[A-Z]+$/.test(code);
}

function codeOf(err: unknown): string {
  if (!(err instanceof Error) || !('code' in err)) return '';
  return typeof err.code === 'string' || typeof err.code === 'number' ? String(err.code) : '';
}
