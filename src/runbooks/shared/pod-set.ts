/**
 * Which pods a sum is made of, as one number that is another one for others: a pod that was not ready brings along all that it
 * ever counted, so sums over different pods say nothing of a rise. FNV-1a.
 */
export function podSet(pods: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const letter of [...pods].sort().join(' ')) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

const OF_METRIC = /^metric /;

/** The series that keeps it beside this one; all that is kept of requests by route shares one. */
export function setOf(name: string): string {
  return OF_METRIC.test(name) ? name.replace(OF_METRIC, 'pod set of ') : 'pod set of all routes';
}
