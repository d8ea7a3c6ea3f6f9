import { nineLetters } from './chance.ts';
import type { Conditions, WorldState } from './state.ts';

const MINUTE = 60_000;
/** A provider notices its own trouble, and says so, after so long. */
const PUBLISHED_AFTER_MS = 4 * MINUTE;
/** It watches its fix for so long before it calls an incident resolved. */
const WATCHED_MS = 5 * MINUTE;

export type PageName = 'gateway' | 'carrier';

/** What a provider published about itself. */
export interface PublishedIncident {
  readonly id: string;
  readonly name: string;
  readonly impact: 'none' | 'minor' | 'major' | 'critical';
  /** Names; they are among the page's. */
  readonly components: readonly string[];
  readonly startedAt: number;
  /** It is about the conditions of the world, and ends with them; else somebody published it by hand. */
  readonly ofTheWorld: boolean;
  /** When its newest update came. */
  updatedAt: number;
  status: 'investigating' | 'identified' | 'monitoring' | 'resolved';
  resolvedAt: number | null;
}

export interface PublishedMaintenance {
  readonly id: string;
  readonly name: string;
  readonly components: readonly string[];
  readonly from: number;
  readonly until: number;
}

export interface StatusPage {
  readonly title: string;
  /** The first one is what we use. */
  readonly components: readonly string[];
  readonly incidents: PublishedIncident[];
  readonly maintenance: PublishedMaintenance[];
  /** Since when its own systems have been in trouble; null: they are not. */
  troubleSince: number | null;
}

export type StatusPages = Readonly<Record<PageName, StatusPage>>;

export function createStatusPages(): StatusPages {
  const page = (title: string, components: readonly string[]): StatusPage => ({
    title,
    components,
    incidents: [],
    maintenance: [],
    troubleSince: null,
  });
  return {
    gateway: page('Pretend Payments', ['Payments API', 'Dashboard', 'Payouts']),
    carrier: page('Swiftpost', ['Labels API', 'Tracking']),
  };
}

/** From `at` on both providers look at themselves once a minute. */
export function beginStatusPages(state: WorldState, at: number): void {
  state.timeline.schedule(at + MINUTE, (due) => {
    lookAtItself(state, 'gateway', due);
    lookAtItself(state, 'carrier', due);
    beginStatusPages(state, due);
  });
}

/** What the provider would call its own trouble; null: it has none. That it throttles us is no trouble of its own. */
function troubleOf(
  page: PageName,
  conditions: Conditions,
): Pick<PublishedIncident, 'name' | 'impact'> | null {
  if (page === 'carrier')
    return conditions.carrier === 'down' ? { name: 'Labels cannot be created', impact: 'major' } : null;
  if (conditions.gateway === 'down') return { name: 'Elevated API errors', impact: 'critical' };
  return conditions.gateway === 'degraded' ? { name: 'Slow API responses', impact: 'minor' } : null;
}

function lookAtItself(state: WorldState, name: PageName, at: number): void {
  const page = state.statusPages[name];
  const trouble = troubleOf(name, state.conditions);
  const own = page.incidents.find(({ ofTheWorld, status }) => ofTheWorld && status !== 'resolved');
  if (trouble !== null) {
    page.troubleSince ??= at;
    if (own?.status === 'monitoring') update(own, 'investigating', at);
    if (own !== undefined || at - page.troubleSince < PUBLISHED_AFTER_MS) return;
    page.incidents.push({
      ...trouble,
      id: nineLetters(state.chance, 'status page', name, at),
      ofTheWorld: true,
      components: page.components.slice(0, 1),
      startedAt: at,
      updatedAt: at,
      status: 'investigating',
      resolvedAt: null,
    });
    return;
  }
  page.troubleSince = null;
  if (own === undefined) return;
  if (own.status !== 'monitoring') update(own, 'monitoring', at);
  else if (at - own.updatedAt >= WATCHED_MS) {
    update(own, 'resolved', at);
    own.resolvedAt = at;
  }
}

function update(incident: PublishedIncident, status: PublishedIncident['status'], at: number): void {
  incident.status = status;
  incident.updatedAt = at;
}
