/** What a bucket said. */
export interface BucketSeen {
  readonly bucket: string;
  readonly reachable: boolean;
  /** Why not, in the field's own words; null: it is reachable. */
  readonly trouble:
    | 'no such bucket'
    | 'forbidden'
    | 'wrong region'
    | 'expired credentials'
    | 'unknown credentials'
    | null;
  /** The region that S3 names where ours is wrong. */
  readonly region: string | null;
  /** Whether its keys may be listed, which uploads do not need; null: not asked. */
  readonly lists: boolean | null;
}

/** Reads only. Throws SystemError where nothing can be said of the bucket itself. */
export interface S3Probe {
  /** R71: one HeadBucket and a list of one key, whose name is not kept. */
  bucket(name: string, signal: AbortSignal): Promise<BucketSeen>;
}
