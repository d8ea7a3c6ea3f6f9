/** Work at a time of the wall clock. */
export interface Job {
  readonly name: string;
  /** Five cron fields: `0 9 * * *`. */
  readonly expression: string;
  /** `slot`: the local time that it is due at, the same on every replica. */
  run(slot: string): Promise<void>;
}

export interface Scheduler {
  /** Runs each job at its times in an IANA time zone until the returned function ends it. A slot in which no process was up is not caught up. */
  start(jobs: readonly Job[], timeZone: string): () => Promise<void>;
}
