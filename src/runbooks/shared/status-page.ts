import { broken, type Finding, healthy, type Seen, unknown } from '../../domain/finding.ts';
import type {
  Provider,
  ProviderComponent,
  ProviderIncident,
  ProviderMaintenance,
  StatusPageSummary,
} from '../../ports/status-page.ts';
import type { Check } from '../define-runbook.ts';
import { type Names, shellWord } from '../names.ts';
import { clock, spell } from './spell.ts';

/** What the provider itself says, of the configured component where there is one. */
export interface ProviderSeen {
  /** Not resolved, the oldest first. */
  readonly incidents: readonly ProviderIncident[];
  /** In progress. */
  readonly maintenance: readonly ProviderMaintenance[];
  /** Those that the page shows as anything but operational or under maintenance. */
  readonly troubled: readonly ProviderComponent[];
}

const WHOSE: Readonly<Record<Provider, string>> = {
  gateway: 'the payment gateway',
  carrier: 'the carrier',
};
const WELL: readonly string[] = ['operational', 'under maintenance'];

/** X3: does the provider report an incident? */
export function statusPage(provider: Provider): Check<ProviderSeen> {
  const whose = WHOSE[provider];
  return {
    step: 'X3',
    title: `Does ${whose} itself report an incident?`,
    system: `${whose[0]?.toUpperCase()}${whose.slice(1)}’s status page`,
    source: null,
    equivalent: (names) => `curl -s ${shellWord(addressOf(names, provider))}`,
    deadlineMs: 4_000,
    async look({ probes, names, now, signal }) {
      const summary = await probes.statusPages.summary(provider, signal);
      return judged(summary, { page: `${whose}’s status page`, now, ...wantedOf(names, provider) });
    },
  };
}

/** *Quiet*: no incident is named, or nobody has configured whom to ask. What the page shows without naming an incident says neither. */
export function providerSays({ verdict, data }: Finding<ProviderSeen>): 'incident' | 'quiet' | 'open' {
  if (verdict === 'skipped') return 'quiet';
  if (data === null) return 'open';
  if (data.incidents.length > 0) return 'incident';
  return verdict === 'healthy' ? 'quiet' : 'open';
}

/** *The provider itself reports “API errors”.* */
export function reported({ data }: Finding<ProviderSeen>): string {
  return `The provider itself reports “${data?.incidents[0]?.name ?? 'an incident'}”.`;
}

function addressOf(names: Names, provider: Provider): string {
  const url = names.statusPages[provider]?.url ?? `statusPages.${provider}`;
  return `${url.replace(/\/+$/, '')}/api/v2/summary.json`;
}

function wantedOf(names: Names, provider: Provider) {
  return { wanted: names.statusPages[provider]?.component ?? null, key: `statusPages.${provider}.component` };
}

function judged(
  { incidents, maintenance, components, unread }: StatusPageSummary,
  of: { readonly page: string; readonly now: number; readonly wanted: string | null; readonly key: string },
): Seen<ProviderSeen> {
  const { page, now, wanted } = of;
  const isWanted = (name: string) => wanted === null || alike(name, wanted);
  // What does not say whom it concerns may concern us.
  const concerns = ({ components: named }: { readonly components: readonly string[] }) =>
    named.length === 0 || named.some(isWanted);
  const seen: ProviderSeen = {
    incidents: incidents.filter(concerns),
    maintenance: maintenance.filter(concerns),
    troubled: components.filter(({ name, status }) => isWanted(name) && !WELL.includes(status)),
  };
  const evidence = [
    ...seen.incidents.map((one) => `${one.status}  ${one.impact}  ${one.name}`),
    ...seen.troubled.map(({ name, status }) => `${status}  ${name}`),
  ];
  const [first, ...more] = seen.incidents;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : `, and ${more.length} more`;
    const where = first.components.length === 0 ? '' : ` on ${listed(first.components.filter(isWanted))}`;
    const since = `for ${spell(Math.max(0, now - first.since))}`;
    return broken(
      `${capital(page)} names an incident${where} ${since}: “${first.name}”, impact ${first.impact}, ${first.status}${others}.`,
      seen,
      evidence,
    );
  }
  const [ill, ...others] = seen.troubled;
  if (ill !== undefined) {
    const rest = others.length === 0 ? '' : ` and ${others.length} more`;
    return broken(
      `${capital(page)} shows ${ill.status} on ${ill.name}${rest}, without an incident.`,
      seen,
      evidence,
    );
  }
  if (unread > 0)
    return unknown(
      `${unread} entries of ${page} could not be understood; the others name no incident.`,
      seen,
    );
  if (wanted !== null && !components.some(({ name }) => alike(name, wanted)))
    return unknown(
      `${capital(page)} has no component “${wanted}” (\`${of.key}\`), so nothing is known of it.`,
      seen,
    );
  const resting = components.find(({ name, status }) => isWanted(name) && status === 'under maintenance');
  const [planned] = seen.maintenance;
  if (planned !== undefined) {
    const until = planned.until === null ? '' : `, until ${clock(planned.until)}`;
    return healthy(
      `${capital(page)} names no incident; the maintenance “${planned.name}” is in progress${until}.`,
      seen,
    );
  }
  const rests = resting === undefined ? '' : `; ${resting.name} is under maintenance`;
  return healthy(`${capital(page)} names no incident${rests}.`, seen);
}

function alike(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function listed(names: readonly string[]): string {
  return names.length <= 2
    ? names.join(' and ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

function capital(words: string): string {
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`;
}
