/** Whose status page. */
export type Provider = 'gateway' | 'carrier';

/** What the provider has published and not resolved yet. */
export interface ProviderIncident {
  /** Foreign text, one line, at most 200 characters; so are all words here. */
  readonly name: string;
  /** *none*, *minor*, *major*, *critical*, or a word of its own. */
  readonly impact: string;
  /** *investigating*, *identified*, *monitoring*, or a word of its own. */
  readonly status: string;
  /** Epoch ms. */
  readonly since: number;
  /** Names; empty: it does not say what is affected. */
  readonly components: readonly string[];
}

export interface ProviderMaintenance {
  readonly name: string;
  /** Epoch ms, as planned. */
  readonly since: number;
  readonly until: number | null;
  readonly components: readonly string[];
}

export interface ProviderComponent {
  readonly name: string;
  /** *operational*, *degraded performance*, *partial outage*, *major outage*, *under maintenance*, or a word of its own. */
  readonly status: string;
}

export interface StatusPageSummary {
  /** The oldest first. */
  readonly incidents: readonly ProviderIncident[];
  /** Those that are in progress; what is only planned is left out. */
  readonly maintenance: readonly ProviderMaintenance[];
  readonly components: readonly ProviderComponent[];
  /** Entries of the page that could not be understood. */
  readonly unread: number;
}

/** X3. Throws SystemError; AbsentSystem where `statusPages.<provider>` is not configured. */
export interface StatusPageProbe {
  summary(provider: Provider, signal: AbortSignal): Promise<StatusPageSummary>;
}
