import { distance } from 'fastest-levenshtein';
import { LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { type Contradiction, contradictions } from './config/contradictions.ts';
import { Environment } from './config/environment.ts';
import { keysAt, pathsOf } from './config/known-keys.ts';
import { OmsYaml } from './config/schema.ts';
import { wanted } from './config/wording.ts';
import { brokenAt, trapsIn } from './yaml-traps.ts';

export interface Config {
  readonly env: Environment;
  readonly oms: OmsYaml;
  /** The file that was read; null when there is none and every key has its default. */
  readonly file: string | null;
  /** Where each value of `oms` that is no default stands: dotted key → `oms.yaml:12`. */
  readonly origins: ReadonlyMap<string, string>;
}

/** Characters; the whole of it would be read before the first mistake is named. */
const LARGEST = 1_000_000;

/** Every mistake at once; nothing was started. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(
      `The configuration is not ready. Nothing was started.\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`,
    );
    this.mistakes = mistakes;
  }
}

/** zod writes a function of its own for each object, which takes longer than to read one file without it. */
const ONCE = { jitless: true, error: wanted(false) };
/** What stands in the file may be told; it holds no secrets. */
const OF_FILE = { ...ONCE, error: wanted(true) };
/** A file that says the same of twenty groups may do so by one anchor; past this it only means to be large. */
const ALIASES = 100;

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves the file's text; null when there is none. */
  readonly readFile: (path: string) => string | null;
}

/**
 * Reads the environment and `oms.yaml` once.
 * @throws ConfigError that names every mistake, so that nobody mends them one restart at a time
 */
export function readConfig({ env, readFile }: ConfigSources): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const read = Environment.safeParse(set, ONCE);
  const mistakes = read.success
    ? []
    : read.error.issues.map((issue) => `${issue.path.join('.')} in the environment: ${issue.message}.`);
  const file = read.data?.CONFIG_FILE ?? set['CONFIG_FILE'] ?? 'oms.yaml';
  mistakes.push(...misspelt(Object.keys(set)));
  if ((set['KAFKA_SASL_USERNAME'] === undefined) !== (set['KAFKA_SASL_PASSWORD'] === undefined))
    mistakes.push('KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: set both or none.');
  const text = contentOf(file, readFile, mistakes);
  if (text === null && set['CONFIG_FILE'] !== undefined)
    mistakes.push(`CONFIG_FILE names ${file}, and there is no such file.`);
  const yaml = readYaml(file, text ?? '');
  mistakes.push(...yaml.mistakes);
  if (read.success && yaml.oms !== null) {
    const lost = tokenLost(read.data, yaml.oms);
    const keys = ['admin.tokenHeader', 'workloads.orderService.service'];
    const where = keys.flatMap((key) => yaml.origins.get(key) ?? [])[0] ?? file;
    if (lost !== null) mistakes.push(`${where}: ${lost}`);
  }
  if (!read.success || yaml.oms === null || mistakes.length > 0) throw new ConfigError(mistakes);
  return Object.freeze({
    env: read.data,
    oms: yaml.oms,
    file: text === null ? null : file,
    origins: yaml.origins,
  });
}

/** The API server takes that header for itself, so that the service would never see the token. */
function tokenLost(env: Environment, { admin, workloads }: OmsYaml): string | null {
  const handedOn = env.ORDER_SERVICE_URL === undefined && workloads.orderService.service !== undefined;
  const kept = admin.tokenHeader.toLowerCase() === 'authorization';
  return handedOn && kept && env.ORDER_SERVICE_TOKEN_FILE !== undefined
    ? `admin.tokenHeader: the API server keeps ${admin.tokenHeader} for itself and hands no token on to workloads.orderService.service. Name another header that the order service reads, or set ORDER_SERVICE_URL.`
    : null;
}

/** What `npm start` cannot do without, one sentence each. */
export function missingToStart(env: Environment): readonly string[] {
  const missing = (['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'] as const)
    .filter((name) => env[name] === undefined)
    .map((name) => `${name} is not set. README, “A real Slack”, says where it comes from.`);
  const lost = env.DATABASE_URL === undefined && env.KUBERNETES_SERVICE_HOST !== undefined;
  return lost
    ? [
        ...missing,
        'DATABASE_URL is not set. Inside Kubernetes an embedded database would be lost with the pod.',
      ]
    : missing;
}

function contentOf(file: string, readFile: ConfigSources['readFile'], mistakes: string[]): string | null {
  try {
    const text = readFile(file);
    if (text === null || text.length <= LARGEST) return text;
    const size = `${(text.length / 1_000_000).toFixed(1)} MB`;
    mistakes.push(`${file} has ${size}; a configuration has 1 MB at most. Nothing of it was read.`);
    return '';
  } catch (err) {
    mistakes.push(`${file} cannot be read: ${err instanceof Error ? err.message : 'unknown'}.`);
    return '';
  }
}

/** A team's key that is spelt wrong would silently page the default service. */
function misspelt(names: readonly string[]): readonly string[] {
  const known = Object.keys(Environment.shape);
  return names
    .filter((name) => name.startsWith('PAGERDUTY_') && !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      return `${name} in the environment is not known.${near === null ? '' : ` Did you mean ${near}?`}`;
    });
}

interface ReadYaml {
  readonly oms: OmsYaml | null;
  readonly mistakes: readonly string[];
  readonly origins: ReadonlyMap<string, string>;
}

function readYaml(file: string, text: string): ReadYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
        return lines.linePos(Number(node.range[0])).line;
      }
    }
    return 1;
  };
  const broken = [...brokenAt(text, document.errors), ...trapsIn(text, document)].map(
    ({ at, because }) => `${file}:${lines.linePos(at).line}: ${because}.`,
  );
  const refused = (mistakes: readonly string[]): ReadYaml => ({ oms: null, mistakes, origins: new Map() });
  if (broken.length > 0) return refused(broken);
  let value: unknown;
  try {
    value = emptyAsUnset(document.toJS({ maxAliasCount: ALIASES }) ?? {});
  } catch {
    return refused([`${file}: its aliases (*…) stand for too much.`]);
  }
  if (typeof value !== 'object' || Array.isArray(value))
    return refused([`${file}:1: a file of keys is wanted, key: value.`]);
  const read = OmsYaml.safeParse(value, OF_FILE);
  const isSet = (path: readonly string[]) => document.hasIn(path);
  const against = (oms: OmsYaml) => contradictions(oms).map((one) => said(file, one, isSet, lineOf));
  if (read.success) {
    const origins = new Map(leaves(value).map((path) => [path.join('.'), `${file}:${lineOf(path)}`]));
    return { oms: read.data, mistakes: against(read.data), origins };
  }
  const rest = soundPart(value, read.error.issues);
  return {
    oms: null,
    mistakes: [
      ...read.error.issues.flatMap((issue) => explain(file, issue, lineOf)),
      ...(rest === undefined ? [] : against(rest)),
    ].sort((a, b) => lineIn(file, a) - lineIn(file, b)),
    origins: new Map(),
  };
}

/** `oms.yaml:12: …` → 12: they are mended from top to bottom. */
function lineIn(file: string, mistake: string): number {
  return Number.parseInt(mistake.slice(file.length + 1), 10);
}

function said(
  file: string,
  { path, against, because, meant }: Contradiction,
  isSet: (path: readonly string[]) => boolean,
  lineOf: (path: readonly PropertyKey[]) => number,
): string {
  const shown = against !== undefined && !isSet(path) ? against : path;
  const near = meant === undefined ? null : nearest(meant.word, meant.words);
  const hint = near === null ? '' : ` Did you mean ${near}?`;
  return `${file}:${lineOf(shown)}: ${path.join('.')}: ${because}.${hint}`;
}

/**
 * What is wrong for itself is set aside, so that what goes against each other is named in the same message. Where it had to be
 * there, so is what holds it. Undefined: nothing is left.
 */
function soundPart(value: unknown, issues: readonly z.core.$ZodIssue[]): OmsYaml | undefined {
  const wrong = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
  );
  for (let paths: readonly (readonly PropertyKey[])[] = wrong; paths.some(({ length }) => length > 0); ) {
    const rest = OmsYaml.safeParse(without(value, [...wrong, ...paths]), OF_FILE);
    if (rest.success) return rest.data;
    paths = paths.map((path) => path.slice(0, -1));
  }
  return undefined;
}

/** A copy without what stands at these paths. */
function without(value: unknown, paths: readonly (readonly PropertyKey[])[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const path of paths) {
    const last = path.at(-1);
    const holder = valueAt(copy, path.slice(0, -1));
    if (last !== undefined && isRecord(holder)) delete holder[String(last)];
  }
  return copy;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A key with nothing behind it counts as not set. It stays a key, so that a misspelt one is still named. */
function emptyAsUnset(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, emptyAsUnset(inner)]));
}

function explain(
  file: string,
  issue: z.core.$ZodIssue,
  lineOf: (path: readonly PropertyKey[]) => number,
): readonly string[] {
  const where = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys')
    return [`${file}:${lineOf(issue.path)}: ${where}: ${issue.message}.`];
  return issue.keys.map((key) => {
    // What is indented wrongly is a key of somewhere else.
    const elsewhere = pathsOf(key).slice(0, 3).join(' or ');
    const near = elsewhere === '' ? nearest(key, keysAt(issue.path)) : elsewhere;
    const hint = near === null ? '' : ` Did you mean ${near}?`;
    return `${file}:${lineOf([...issue.path, key])}: ${[...issue.path, key].join('.')} is no key.${hint}`;
  });
}

/** The nearest of some words, or null when none is near. */
export function nearest(word: string, words: readonly string[]): string | null {
  const ranked = words
    .map((other) => ({ other, far: distance(word.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(2, word.length / 3) ? best.other : null;
}

/** The dotted path of every scalar or list. */
export function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return path.length === 0 ? [] : [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** What stands at such a path; undefined: nothing does. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[String(key)] : undefined), value);
}
