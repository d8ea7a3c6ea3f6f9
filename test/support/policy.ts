import { policyFor } from '../../src/adapters/resilience.ts';

/** One try, and a breaker that never opens: for tests that look at single calls. */
export const plainPolicy = policyFor('A system', { failures: Number.MAX_SAFE_INTEGER, backoffMs: [] });
