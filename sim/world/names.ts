/** What runs in the pretend company, by the world's own word for it. */
export const APPS = [
  'order-service',
  'workflow-engine',
  'notification-service',
  'inventory-consumer',
  'kafka',
  'postgres',
] as const;
export type App = (typeof APPS)[number];

/** What one company calls a thing, in Kubernetes. */
export interface AppNames {
  readonly namespace: string;
  /** Of its Deployment or StatefulSet, so its pods' names begin with it. */
  readonly name: string;
  /** Labels of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly container: string;
}

/** The world's word → what a company says instead; a word that is not here is the company's too. */
export type Words = Readonly<Record<string, string>>;

/**
 * What a company calls what the world is made of. The world's own words are the runbook's; where a company has another one, nobody
 * there knows the runbook's: what asks by it is told that there is no such thing.
 */
export interface CompanyNames {
  readonly apps: Readonly<Record<App, AppNames>>;
  /** Where the order service's pods listen. */
  readonly port: number;
  /** Secrets, and the annotation of each that names its expiry. */
  readonly secrets: Words;
  readonly expiry: { readonly gateway: string; readonly carrier: string };
  readonly variables: Words;
  /** By the names of `admin` in oms.yaml, `{id}` in each; none: the runbook's. */
  readonly paths: Words;
  /** The header of the order service's admin token. */
  readonly tokenHeader: string;
  readonly metrics: Words;
  /** Labels of the counter of requests. */
  readonly metricLabels: Words;
  readonly ratesIn: 'share' | 'percent';
  readonly durationIn: 'seconds' | 'milliseconds';
  readonly topics: Words;
  readonly groups: Words;
  readonly events: Words;
  /** The host that Kafka's pods are reached by, behind their name. */
  readonly brokers: { readonly host: string; readonly port: number };
  /** What each lock of the inventory begins with. */
  readonly locks: string;
  readonly bucket: string;
  /** `application_name` of the order service's sessions. */
  readonly application: string;
  readonly orders: {
    readonly table: string;
    readonly columns: Readonly<Record<'id' | 'status' | 'errorCode' | 'createdAt' | 'updatedAt', string>>;
    readonly statuses: Words;
    /** The clock of the columns with a time, which have no time zone then. */
    readonly timeZone?: string;
  };
  readonly refunds: Words;
  readonly returns: Words;
  readonly gateway: { readonly name: string; readonly host: string };
  readonly carrier: string;
  /** Stretches of log lines. */
  readonly logs: Words;
}

function usual(app: App): AppNames {
  return { namespace: 'default', name: app, labels: { app }, container: app };
}

/** The runbook's names. */
export const RUNBOOK_COMPANY: CompanyNames = {
  apps: {
    'order-service': usual('order-service'),
    'workflow-engine': usual('workflow-engine'),
    'notification-service': usual('notification-service'),
    'inventory-consumer': usual('inventory-consumer'),
    kafka: usual('kafka'),
    postgres: usual('postgres'),
  },
  port: 8080,
  secrets: {},
  expiry: { gateway: 'oms.example.com/expires-at', carrier: 'oms.example.com/expires-at' },
  variables: {},
  paths: {},
  tokenHeader: 'authorization',
  metrics: {},
  metricLabels: {},
  ratesIn: 'share',
  durationIn: 'seconds',
  topics: {},
  groups: {},
  events: {},
  brokers: { host: 'kafka-headless', port: 9092 },
  locks: 'lock:inventory:',
  bucket: 'ecommerce-exports',
  application: 'order-service',
  orders: {
    table: 'orders',
    columns: {
      id: 'id',
      status: 'status',
      errorCode: 'error_code',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
    statuses: {},
  },
  refunds: {},
  returns: {},
  gateway: { name: 'stripe', host: 'api.stripe.com' },
  carrier: 'swiftpost',
  logs: {},
};

/** What the company calls it. */
export function called(words: Words, word: string): string {
  return words[word] ?? word;
}

/** The world's word for what was said; null: nobody in this company calls anything so. */
export function meant(words: Words, said: string): string | null {
  const found = Object.entries(words).find(([, own]) => own === said);
  if (found !== undefined) return found[0];
  return said in words ? null : said;
}

/** The others are words of their own there, like `kafka:publish`. */
const WRITTEN_IN_LOGS = APPS.filter((app) => app !== 'kafka' && app !== 'postgres');

/** Turns the world's lines into those that this company's programs write. */
export function writerOf(names: CompanyNames): (line: string) => string {
  const { apps, locks, topics, groups, events, logs } = names;
  const words: Words = {
    ...Object.fromEntries(WRITTEN_IN_LOGS.map((app) => [app, apps[app].name])),
    [RUNBOOK_COMPANY.locks]: locks,
    ...topics,
    ...groups,
    ...events,
    ...logs,
  };
  const other = Object.keys(words).filter((word) => words[word] !== word);
  if (other.length === 0) return (line) => line;
  // The longest first, so that a name within a longer one is left to that one.
  const all = other
    .sort((one, two) => two.length - one.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const each = new RegExp(all.join('|'), 'g');
  return (line) => line.replace(each, (word) => called(words, word));
}
