/** Never a value: key names and ages. */
export interface SecretFacts {
  readonly keys: readonly string[];
  readonly createdAt: number;
  /**
   * The newest change of its data that the API server's managed fields tell; null: they do not say. They keep one time
   * for each writer: who changed the data and annotated it later counts as of then.
   */
  readonly changedAt: number | null;
  /** From the configured annotation; null: none, or not a date. */
  readonly expiresAt: number | null;
}

/** A secret and the one in which its next values are staged (R35). Never a value. */
export interface SecretPair {
  /** `metadata.resourceVersion`, what an approval binds to; null: there is no such secret. */
  readonly secret: string | null;
  readonly staged: string | null;
  /** Key names of the staged one. */
  readonly stagedKeys: readonly string[];
  /** Some staged value is empty. */
  readonly stagedEmpty: boolean;
  /** Both hold the same already. */
  readonly same: boolean;
  /** The stamp of the last promotion that was not taken back; null: there is none. */
  readonly promotedBy: string | null;
  /** The values before that promotion are still kept. */
  readonly revertable: boolean;
}
