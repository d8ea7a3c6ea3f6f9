import { Hono } from 'hono';
import type { PublishedIncident, PublishedMaintenance, StatusPage } from '../world/status-pages.ts';

/** What is asked at the moment of a request: the page, and story time. */
export interface StatusPageView {
  readonly page: StatusPage;
  readonly now: number;
}

const IMPACTS = ['none', 'minor', 'major', 'critical'] as const;
const WORDS = {
  none: 'All Systems Operational',
  minor: 'Partially Degraded Service',
  major: 'Partial System Outage',
  critical: 'Major Service Outage',
} as const;
const COMPONENT = {
  none: 'operational',
  minor: 'degraded_performance',
  major: 'partial_outage',
  critical: 'major_outage',
} as const;

/**
 * A Statuspage as the world can read it: GET of `/api/v2/summary.json`, nobody signs in. Everything else is a page of
 * HTML that says 404, as the real one says it.
 */
export function statusPageApp(view: () => Promise<StatusPageView>): Hono {
  const app = new Hono();
  app.get('/api/v2/summary.json', async (c) => c.json(summaryOf(await view())));
  app.notFound((c) => c.html('<!DOCTYPE html><html><head><title>404</title></head></html>', 404));
  return app;
}

function summaryOf({ page, now }: StatusPageView) {
  const open = page.incidents.filter(({ status }) => status !== 'resolved');
  const planned = page.maintenance.filter(({ until }) => until > now);
  const at = (time: number) => new Date(time).toISOString();
  const components = page.components.map((name, position) => ({
    id: idOf(name),
    name,
    status: statusOf(name, open, planned, now),
    created_at: at(0),
    updated_at: at(now),
    position: position + 1,
    description: null,
    showcase: false,
    start_date: null,
    group_id: null,
    page_id: idOf(page.title),
    group: false,
    only_show_if_degraded: false,
  }));
  const named = (names: readonly string[]) => components.filter(({ name }) => names.includes(name));
  const worst = Math.max(0, ...open.map(({ impact }) => IMPACTS.indexOf(impact)));
  const indicator = IMPACTS[worst] ?? 'none';
  return {
    page: {
      id: idOf(page.title),
      name: page.title,
      url: 'https://status.pretend.example',
      time_zone: 'Etc/UTC',
      updated_at: at(now),
    },
    components,
    incidents: open.map((incident) => ({
      id: incident.id,
      name: incident.name,
      status: incident.status,
      created_at: at(incident.startedAt),
      updated_at: at(incident.updatedAt),
      monitoring_at: incident.status === 'monitoring' ? at(incident.updatedAt) : null,
      resolved_at: null,
      impact: incident.impact,
      shortlink: `https://stspg.pretend.example/${incident.id}`,
      started_at: at(incident.startedAt),
      page_id: idOf(page.title),
      incident_updates: [updateOf(incident)],
      components: named(incident.components),
    })),
    scheduled_maintenances: planned.map((one) => ({
      id: one.id,
      name: one.name,
      status: one.from <= now ? 'in_progress' : 'scheduled',
      created_at: at(one.from - 86_400_000),
      updated_at: at(Math.min(one.from, now)),
      impact: 'maintenance',
      scheduled_for: at(one.from),
      scheduled_until: at(one.until),
      components: named(one.components),
      incident_updates: [],
    })),
    status: { indicator, description: WORDS[indicator] },
  };
}

function updateOf({ id, status, updatedAt, components }: PublishedIncident) {
  const at = new Date(updatedAt).toISOString();
  return {
    id: `${id}update`,
    status,
    body: 'We are looking into this.',
    incident_id: id,
    created_at: at,
    updated_at: at,
    display_at: at,
    affected_components: components.map((name) => ({ code: idOf(name), name })),
  };
}

/** While a fix is watched its components are well again. */
function statusOf(
  name: string,
  open: readonly PublishedIncident[],
  planned: readonly PublishedMaintenance[],
  now: number,
): string {
  const bad = open.find(({ components, status }) => status !== 'monitoring' && components.includes(name));
  if (bad !== undefined) return COMPONENT[bad.impact];
  const rests = planned.some(({ components, from }) => from <= now && components.includes(name));
  return rests ? 'under_maintenance' : 'operational';
}

function idOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .padEnd(12, 'x')
    .slice(0, 12);
}
