import type { IncidentEvent } from '../../src/domain/incident.ts';
import { ladderFor, type Rules, TIMING } from '../../src/pipeline/rules.ts';
import { RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../src/runbooks/thresholds.ts';

/** Rules as the defaults of `oms.yaml` give them, in prod, with one responder and one approver. */
export function aRules(change: Partial<Rules> = {}): Rules {
  return {
    environment: 'prod',
    service: 'order-management-service',
    criticality: 'critical',
    escalation: { afterMinutes: 20, impactPercent: 25, rungEveryMinutes: 20, notBeforeCardMinutes: 2 },
    approvals: {
      expireAfterMinutes: 15,
      responders: ['URESPONDER'],
      approvers: ['UAPPROVER'],
      managers: [],
      byAction: {},
    },
    channels: {
      alerts: '#orders-alerts',
      orders: '#orders-team',
      payments: '#payments',
      catalog: '#catalog-team',
      platform: '#platform-eng',
    },
    dutyChannels: {},
    groupOwners: {},
    links: {},
    people: [],
    pager: true,
    names: RUNBOOK_NAMES,
    thresholds: DEFAULT_THRESHOLDS,
    timing: TIMING,
    lookEveryMs: 60_000,
    ...change,
  };
}

export function anOpened(): Extract<IncidentEvent, { type: 'opened' }> {
  const at = Date.parse('2026-01-01T03:00:00Z');
  return {
    type: 'opened',
    id: 'OMS-1',
    runbook: 'stuck-orders',
    scope: '',
    severity: 'medium',
    environment: 'prod',
    clockStartedAt: at,
    ladder: ladderFor('medium', 'orders', aRules()),
    at,
  };
}
