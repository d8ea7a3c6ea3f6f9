/** What something of the runbook may be called elsewhere, in words of names. */
export interface Role {
  /** The runbook's own name. */
  readonly name: string;
  /** One of these has to be in it … */
  readonly is: readonly string[];
  /** … and all its other words among these and `HARMLESS`, to be taken for it. */
  readonly ok: readonly string[];
  /** Words that make it worth a look. */
  readonly hints?: readonly string[];
}

/** Something that has a name and labels. */
interface Named {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Match<Item> {
  readonly item: Item;
  /** *by its name, as in the runbook* */
  readonly because: string;
}

/** *several*: as near as each other. *perhaps*: near enough to be named, too far to be taken. Never an empty list. */
export type Likest<Item> =
  | { readonly state: 'one'; readonly match: Match<Item> }
  | { readonly state: 'several' | 'perhaps'; readonly matches: readonly Match<Item>[] }
  | { readonly state: 'none' };

/** By which people and charts say what something is. */
const LABELS = [
  'app',
  'app.kubernetes.io/name',
  'app.kubernetes.io/component',
  'k8s-app',
  'component',
  'service',
];

/** Of an environment, a place or a number. */
const HARMLESS = /^(prod|production|live|stage|staging|dev|main|eu|us|v?\d+|order|orders|oms|shop)$/;

/** What stands beside the thing itself, or is surely something else. */
const OTHERS = new Set(
  `admin backup bouncer bridge canary commander connect consumer consumers control cron cruise entity exporter frontend
  gateway job metrics migrate migration mirror mock operator pgbouncer pooler proxy registry rest schema sentinel test ui web
  worker workers cassandra database db elasticsearch flow flows kafka memcached mongo mongodb mysql opensearch pg pgsql
  postgres postgresql rabbitmq redis redpanda saga valkey workflow workflows zookeeper`.split(/\s+/),
);

export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** The nearest: by the exact name, by a label that is it, by words of the name, by words of a label. */
export function likest<Item extends Named>(role: Role, items: readonly Item[]): Likest<Item> {
  const nearer: readonly ((item: Item) => string | null)[] = [
    ({ name }) => (name === role.name ? 'by its name, as in the runbook' : null),
    (item) => (isOther(role, item) ? null : labelOf(item, (value) => value === role.name)),
    ({ name }) => {
      const because = fitting(role, name);
      return because === null ? null : `by its name (${because})`;
    },
    (item) => (isOther(role, item) ? null : labelOf(item, (value) => fitting(role, value) !== null)),
  ];
  for (const why of nearer) {
    const matches = matching(items, why);
    const [match, ...more] = matches;
    if (match !== undefined)
      return more.length === 0 ? { state: 'one', match } : { state: 'several', matches };
  }
  const matches = matching(items, (item) => {
    const words = wordsOf(item.name);
    const word = [...role.is, ...(role.hints ?? [])].find((one) => words.includes(one));
    return word === undefined || isOther(role, item) ? null : `by its name (${word})`;
  });
  return matches.length === 0 ? { state: 'none' } : { state: 'perhaps', matches };
}

/** Named for something else, whatever its labels say: all parts of one application often share them. */
function isOther({ is, ok, hints = [] }: Role, { name }: Named): boolean {
  return wordsOf(name).some((word) => OTHERS.has(word) && ![...is, ...ok, ...hints].includes(word));
}

function matching<Item>(items: readonly Item[], why: (item: Item) => string | null): readonly Match<Item>[] {
  return items.flatMap((item) => {
    const because = why(item);
    return because === null ? [] : [{ item, because }];
  });
}

function labelOf({ labels }: Named, fits: (value: string) => boolean): string | null {
  const key = LABELS.find((one) => labels[one] !== undefined && fits(labels[one]));
  return key === undefined ? null : `by its label ${key}=${labels[key]}`;
}

/** The words by which a text is taken for it; null: it is not. */
function fitting({ name, is, ok }: Role, text: string): string | null {
  const [own, words] = [wordsOf(name), wordsOf(text)];
  const spelt = words.flatMap((word) => (word === own.join('') ? own : [word]));
  const found = spelt.filter((word) => is.includes(word));
  const known = spelt.every((word) => [...is, ...ok].includes(word) || HARMLESS.test(word));
  const beside = spelt.filter((word) => ok.includes(word));
  return found.length === 0 || !known ? null : [...new Set([...found, ...beside])].join(', ');
}
