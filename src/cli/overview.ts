import type { Config } from '../config.ts';

/** A line of the source's overview, ladder or contacts, with the key of `oms.yaml` that carries it and what that says here. */
export interface ListedFact {
  /** `O1` … `K3`. */
  readonly id: string;
  readonly carriedBy: string;
  /** Null: not configured. */
  readonly value: string | null;
}

type Oms = Config['oms'];
type Fact = readonly [id: string, key: string, value: (oms: Oms) => string | number | undefined];

const FACTS: readonly Fact[] = [
  ['O1', 'service.name', ({ service }) => service.name],
  ['O2', 'teams.orders.channel', ({ teams }) => teams.orders.channel],
  ['O3', 'service.criticality', ({ service }) => service.criticality],
  ['O4', 'environment', ({ environment }) => environment],
  ['O5', 'PAGERDUTY_ROUTING_KEY_ORDERS', () => 'whoever is on call for the service behind this key'],
  ['O6', 'channels.alerts', ({ channels }) => channels.alerts],
  ['O7', 'links.repository', ({ links }) => links.repository],
  ['O8', 'links.dashboard', ({ links }) => links.dashboard],
  ['E1', 'teams.orders.channel', ({ teams }) => teams.orders.channel],
  ['E2', 'teams.platform.channel', ({ teams }) => teams.platform.channel],
  ['E3', 'teams.payments.channel', ({ teams }) => teams.payments.channel],
  ['E4', 'teams.catalog.channel', ({ teams }) => teams.catalog.channel],
  [
    'E5',
    'escalation',
    ({ escalation }) =>
      `after ${escalation.afterMinutes} min, or above ${escalation.impactPercent} % of orders`,
  ],
  ['K1', 'PAGERDUTY_ROUTING_KEY_ORDERS', () => 'whoever is on call for the service behind this key'],
  ['K2', 'people.teamLead', ({ people }) => people.teamLead],
  ['K3', 'people.engineeringManager', ({ people }) => people.engineeringManager],
];

/** Overview (O), ladder (E) and contacts (K) of the source: sixteen lines that a company's own file says. */
export function factsIn(oms: Oms): readonly ListedFact[] {
  return FACTS.map(([id, carriedBy, value]) => ({ id, carriedBy, value: value(oms)?.toString() ?? null }));
}
