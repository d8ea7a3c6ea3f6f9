import type { PagerDutyIncident } from './incident.ts';

/** How PagerDuty shows an incident. */
export interface Shown {
  readonly baseUrl: string;
  /** Off: `incident_key` is null, as where PagerDuty groups the alerts of a service. */
  readonly incidentKeys: boolean;
}

/** An incident as the REST API and the webhooks show it. */
export function incidentJson(incident: PagerDutyIncident, { baseUrl, incidentKeys }: Shown) {
  return {
    id: incident.id,
    type: 'incident',
    self: `${baseUrl}/incidents/${incident.id}`,
    html_url: `${baseUrl}/incidents/${incident.id}`,
    number: incident.number,
    status: incident.status,
    incident_key: incidentKeys ? incident.key : null,
    title: incident.title,
    service: { type: 'service_reference', summary: incident.service },
  };
}
