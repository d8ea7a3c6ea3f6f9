import type { IncidentId } from '../domain/ids.ts';
import type { Severity } from '../domain/severity.ts';

/** One page for one rung of one incident; asking twice with the same key is harmless. */
export interface Page {
  readonly action: 'trigger' | 'resolve';
  /** Chooses the routing key. */
  readonly team: string;
  /** `oms/OMS-12/rung-1`: each rung has its own, a trigger on an open one wakes nobody. */
  readonly dedupKey: string;
  /** Whose people read it when this could not be sent; absent: nobody has to. */
  readonly incident?: IncidentId;
  readonly summary: string;
  readonly severity: Severity;
  readonly details: Readonly<Record<string, string>>;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

export interface Pager {
  /** Resolves with the dedup key that PagerDuty confirmed. Throws SystemError. */
  send(page: Page, signal: AbortSignal): Promise<string>;
}
