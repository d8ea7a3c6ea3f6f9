import type { CauseVerdict } from '../../domain/finding.ts';

/** What a cause's rule says of one look, and why, one sentence. */
export interface Said {
  readonly verdict: CauseVerdict;
  readonly because: string;
}

export const supported = (because: string): Said => ({ verdict: 'supported', because });
export const ruledOut = (because: string): Said => ({ verdict: 'ruled out', because });
export const open = (because: string): Said => ({ verdict: 'open', because });
