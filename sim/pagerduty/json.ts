import { createHash } from 'node:crypto';
import type { Agent, PagerIncident } from './incident-book.ts';

const SITE = 'https://ecommerce.pagerduty.com';
const API = 'https://api.pagerduty.com';

/** An incident as the REST API and the webhooks show it; its `incident_key` is the dedup key. */
export function incidentJson(incident: PagerIncident) {
  return {
    id: incident.id,
    type: 'incident',
    self: `${API}/incidents/${incident.id}`,
    html_url: `${SITE}/incidents/${incident.id}`,
    number: incident.number,
    status: incident.status,
    incident_key: incident.dedupKey,
    created_at: new Date(incident.createdAt).toISOString(),
    title: incident.title,
    service: reference('services', incident.service, 'service_reference'),
    assignees: incident.acknowledgedBy === null ? [] : [person(incident.acknowledgedBy)],
    escalation_policy: reference('escalation_policies', 'Default', 'escalation_policy_reference'),
    teams: [],
    priority: null,
    urgency: incident.urgency,
    conference_bridge: null,
    resolve_reason: null,
    incident_type: { name: 'incident_default' },
  };
}

/**
 * Who did it. A change that came through the Events API has an agent too, the integration, which has a summary as
 * people have: only its `type` tells them apart (seen in a payload of the real system).
 */
export function agentJson(agent: Agent) {
  if (agent.kind === 'person') return person(agent.name);
  const service = objectId(agent.name);
  const id = objectId(`integration of ${agent.name}`);
  return {
    html_url: `${SITE}/services/${service}/integrations/${id}`,
    id,
    self: `${API}/services/${service}/integrations/${id}`,
    summary: 'Events API V2',
    type: 'inbound_integration_reference',
  };
}

function person(name: string) {
  return reference('users', name, 'user_reference');
}

function reference(kind: string, summary: string, type: string) {
  const id = objectId(`${kind} ${summary}`);
  return { html_url: `${SITE}/${kind}/${id}`, id, self: `${API}/${kind}/${id}`, summary, type };
}

function objectId(label: string): string {
  return `P${createHash('sha256').update(label).digest('hex').slice(0, 6).toUpperCase()}`;
}
