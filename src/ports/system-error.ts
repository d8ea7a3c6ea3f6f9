/** Why a system gave no usable answer. */
export type SystemFault =
  | 'unreachable'
  | 'too slow'
  | 'refused'
  | 'not found'
  | 'forbidden'
  | 'rate limited'
  | 'failed'
  | 'not understood'
  /** It answers, and has nothing left to give: connections, disk, memory. A check may read that as *broken*. */
  | 'exhausted'
  /** It answers that it starts, stops or recovers, and takes nobody meanwhile. */
  | 'starting or stopping';

/** Whether a change may have happened on the other side: `no` surely not, `maybe` cannot be known from the answer. */
export type Sent = 'no' | 'maybe';

/** A system did not do what we asked. Carries all that decides what may happen next. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  readonly system: string;
  readonly fault: SystemFault;
  readonly sent: Sent;
  /** Asking the same *question* again can help. A change is never sent again on the strength of this. */
  readonly mayRetry: boolean;

  constructor(
    system: string,
    fault: SystemFault,
    message: string,
    more: { sent: Sent; mayRetry: boolean; cause?: unknown },
  ) {
    super(message, { cause: more.cause });
    this.system = system;
    this.fault = fault;
    this.sent = more.sent;
    this.mayRetry = more.mayRetry;
  }
}

/** The system is not there by configuration: the finding reads *skipped*, with the key that would change it. */
export class AbsentSystem extends Error {
  override readonly name = 'AbsentSystem';
}
