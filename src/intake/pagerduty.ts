import * as z from 'zod';
import { type IncidentId, parseIncidentId } from '../domain/ids.ts';

const Webhook = z.object({
  event: z.looseObject({
    event_type: z.string(),
    agent: z.looseObject({ type: z.string(), summary: z.string().default('somebody') }).nullish(),
    data: z.looseObject({ incident_key: z.string().nullish(), title: z.string().default('') }),
  }),
});

/**
 * A v3 webhook about a page of ours (`oms/prod/OMS-12/1/rung-1`); null for everything else. Where PagerDuty groups
 * alerts it sends `incident_key: null`; then the title counts, which is our summary (`OMS-12 Orders stuck …`).
 */
export function readPagerDuty(body: unknown): {
  kind: 'acknowledged' | 'resolved';
  incident: IncidentId;
  /** The incident's at the time of the page; null where PagerDuty does not tell. */
  generation: number | null;
  by: string;
} | null {
  const read = Webhook.safeParse(body);
  if (!read.success) return null;
  const { event_type, agent, data } = read.data.event;
  const kind = { 'incident.acknowledged': 'acknowledged', 'incident.resolved': 'resolved' }[event_type] as
    | 'acknowledged'
    | 'resolved'
    | undefined;
  const [ours, , id, generation = ''] =
    data.incident_key == null ? ['oms', '', data.title.split(' ')[0]] : data.incident_key.split('/');
  // It stands for Slack, which was away: whoever closes it has not said that the incident is over.
  if (kind === 'resolved' && generation.startsWith('slack-outage-')) return null;
  const incident = parseIncidentId(id ?? '');
  // Our own resolve comes back as the integration's: only a user is a person.
  if (kind === undefined || ours !== 'oms' || !incident.ok || agent?.type !== 'user_reference') return null;
  return {
    kind,
    incident: incident.value,
    generation: /^\d+$/.test(generation) ? Number(generation) : null,
    by: agent.summary.slice(0, 60),
  };
}
