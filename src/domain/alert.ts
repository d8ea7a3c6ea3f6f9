import { exampleIds, type IdKind, kindOfId, type Parsed, type PersonId } from './ids.ts';
import type { RunbookId } from './severity.ts';

export type AlertSource = 'alertmanager' | 'slack' | 'person';

/** Labels by which exporters name a consumer group. */
export const GROUP_LABELS = ['group', 'consumergroup', 'consumer_group'] as const;

/** The ids that alerts and people brought, the newest last; a check says which it needs. */
export interface KnownIds {
  readonly orders: readonly string[];
  readonly refunds: readonly string[];
  readonly returns: readonly string[];
  readonly exports: readonly string[];
  readonly payments: readonly string[];
}

export const NO_IDS: KnownIds = {
  orders: [],
  refunds: [],
  returns: [],
  exports: [],
  payments: [],
};

const LIST_OF = {
  order: 'orders',
  refund: 'refunds',
  return: 'returns',
  export: 'exports',
  payment: 'payments',
} as const satisfies Record<IdKind, keyof KnownIds>;

/** Ids as a person typed them, each by its own kind; a wrong one is answered with how ids look. */
export function idsTyped(typed: readonly string[]): Parsed<KnownIds> {
  let ids = NO_IDS;
  for (const text of typed) {
    const kind = kindOfId(text);
    if (kind === null)
      return {
        ok: false,
        because: `“${text.slice(0, 40)}” is no id of an order, refund, return, export or payment; they look like ${exampleIds()}.`,
      };
    ids = joinIds(ids, { ...NO_IDS, [LIST_OF[kind]]: [text] });
  }
  return { ok: true, value: ids };
}

/** Both, each id once, in order of appearance. */
export function joinIds(left: KnownIds, right: KnownIds): KnownIds {
  const both = (kind: keyof KnownIds) => [...new Set([...left[kind], ...right[kind]])];
  return {
    orders: both('orders'),
    refunds: both('refunds'),
    returns: both('returns'),
    exports: both('exports'),
    payments: both('payments'),
  };
}

/** Somebody outside says that something is wrong, or right again. Parsed, but nothing in it is trusted as markup. */
export interface Alert {
  readonly source: AlertSource;
  /** The same for the firing and the resolved message of one alert (a fingerprint, a message's channel and ts). */
  readonly key: string;
  readonly status: 'firing' | 'resolved';
  readonly runbook: RunbookId;
  /** The runbook's code, where the alert carried one. */
  readonly code: string | null;
  /** The values of the configured scope labels, joined; `''` is the one default scope. */
  readonly scope: string;
  /** Foreign words, at most 300 characters. */
  readonly summary: string;
  /** Epoch ms, the alert's own clock; null where it says none. */
  readonly startsAt: number | null;
  readonly ids: KnownIds;
  /** Where the alert can be looked at; http or https only. */
  readonly url: string | null;
  /** Whether this source tells when it is right again. A person does not. */
  readonly tellsResolved: boolean;
  readonly by: PersonId | null;
  /** What a person heard, word for word; it stands in the event alone, so that it can be erased. */
  readonly complaint?: string;
}

/** An alert that no incident can take, with the clear answer. Counted and kept in the journal, never lost. */
export interface Unmatched {
  readonly source: AlertSource;
  readonly key: string;
  readonly reason: 'unknown code' | 'other environment' | 'not understood';
  /** One or two sentences: what was wrong, what would be right, what happens now. */
  readonly because: string;
}

/** What intake makes of one delivery. */
export interface Reading {
  readonly alerts: readonly Alert[];
  readonly unmatched: readonly Unmatched[];
  /** Things worth telling, e.g. that the sender cut its list (*3 more alerts were not sent*). */
  readonly remarks: readonly string[];
}
