import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { Environment, SECRETS } from '../config/environment.ts';
import { jsonSchema } from '../config/json-schema.ts';
import { thresholdOrigin } from '../config/thresholds.ts';
import { unprepared, warnings } from '../config/warnings.ts';
import { type Config, ConfigError, missingToStart, nearest, readConfig, valueAt } from '../config.ts';
import { saidWith, usersOf } from './used-by.ts';

/** Reads this process's own environment and file. @throws ConfigError */
export function ownConfig(): Config {
  return readConfig({
    env: process.env,
    readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  });
}

/** What the bot can do without, and says so where it would have used it. */
const OPTIONAL = [
  'DATABASE_URL',
  'ORDERS_DATABASE_URL',
  'ORDER_SERVICE_URL',
  'KUBECONFIG',
  'KAFKA_BROKERS',
  'REDIS_URL',
  'AWS_REGION',
  'PAGERDUTY_ROUTING_KEY',
  'ALERT_WEBHOOK_TOKEN',
] as const;

/** `oms config check`: every mistake, else what is not set. Returns the exit code: 1 when the bot would not start. */
export function checkConfig(print: (line: string) => void): number {
  try {
    const config = ownConfig();
    const missing = missingToStart(config.env);
    if (missing.length > 0) throw new ConfigError(missing);
    print(`${config.file ?? 'The defaults (there is no oms.yaml)'} and the environment are ready.`);
    print(`The bot serves ${config.oms.environment}.`);
    const unset = OPTIONAL.filter((key) => config.env[key] === undefined);
    if (unset.length > 0) print(`Not set: ${unset.join(', ')}.`);
    for (const line of [...warnings(config.oms), ...unprepared(config.oms)]) print(line);
    return 0;
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    print(err.message);
    return 1;
  }
}

interface Row {
  readonly key: string;
  readonly value: string;
  readonly origin: string;
  readonly means: string;
  /** Who uses it, as the schema says; empty: what is said without asking anybody shows it. */
  readonly usedBy: readonly string[];
}

/** `oms config explain [key]`: effective value, where it came from, what it does, who uses it. Returns the exit code. */
export function explainConfig(key: string | undefined, print: (line: string) => void): number {
  const config = ownConfig();
  const rows = rowsOf(config);
  const wanted = rows.filter((row) => key === undefined || row.key === key || row.key.startsWith(`${key}.`));
  if (wanted.length === 0) {
    const near = nearest(key ?? '', [...new Set(rows.flatMap((row) => groupsOf(row.key)))]);
    print(`There is no key ${key}.${near === null ? '' : ` Did you mean ${near}?`}`);
    return 1;
  }
  const usual = saidWith(config.oms);
  for (const row of wanted) {
    const { key: name, value, origin, means } = row;
    print(`${name} = ${value}  (${origin})`);
    if (means !== '') print(`    ${means}`);
    // Of all keys at once it would be three pages.
    const users = key === undefined || name in Environment.shape ? [] : usersOf(config.oms, row, usual);
    if (users.length > 0) print(`    Used by: ${listed(users)}.`);
  }
  return 0;
}

/** Users that are named; of more only the number. */
const LISTED = 12;

function listed(users: readonly string[]): string {
  const more = users.length - LISTED;
  return `${users.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `a.b.c` → `a`, `a.b`, `a.b.c`. */
function groupsOf(key: string): readonly string[] {
  const parts = key.split('.');
  return parts.map((_part, place) => parts.slice(0, place + 1).join('.'));
}

/** Every key with its value, also those that are not set; a secret says only whether it is set. */
export function rowsOf({ env, oms, origins }: Config): readonly Row[] {
  const yaml = keysOf(jsonSchema()).map(({ path, means, usedBy }): Row => {
    const key = path.join('.');
    const value = valueAt(oms, path);
    return {
      key,
      value: value === undefined ? 'not set' : JSON.stringify(value),
      origin: originOf(origins, key) ?? thresholdOrigin(key) ?? 'default',
      means,
      usedBy,
    };
  });
  const defaults: Record<string, unknown> = Environment.parse({});
  const known = keysOf(z.toJSONSchema(Environment, { io: 'input', unrepresentable: 'any' }));
  const environment = known.map(({ path: [key = ''], means }): Row => {
    const value = (env as Record<string, unknown>)[key];
    const shown = SECRETS.test(key) && value !== defaults[key] ? 'set' : String(value ?? 'not set');
    return {
      key,
      value: shown,
      origin: process.env[key] ? 'environment' : 'default',
      means,
      usedBy: [],
    };
  });
  return [...environment, ...yaml];
}

/** Where it stands; of a key with keys of people's own below it, where the first of them does. */
function originOf(origins: Config['origins'], key: string): string | undefined {
  return origins.get(key) ?? [...origins].find(([known]) => known.startsWith(`${key}.`))?.[1];
}

type Schema = z.core.JSONSchema.BaseSchema;

interface Key {
  readonly path: readonly string[];
  readonly means: string;
  readonly usedBy: readonly string[];
}

const UsedBy = z.array(z.string()).catch([]);

/** Every key that has a value of its own, in the schema's order. */
function keysOf(schema: Schema, path: readonly string[] = []): readonly Key[] {
  const { properties, description = '' } = schema;
  if (properties === undefined) return [{ path, means: description, usedBy: UsedBy.parse(schema['usedBy']) }];
  return Object.entries(properties).flatMap(([key, inner]) =>
    typeof inner === 'object' ? keysOf(inner, [...path, key]) : [],
  );
}
