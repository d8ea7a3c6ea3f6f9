import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { Environment, SECRETS } from '../config/environment.ts';
import { OmsYaml } from '../config/schema.ts';
import { type Config, ConfigError, leaves, missingToStart, nearest, readConfig } from '../config.ts';

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
    if (config.oms.approvals.responders.length === 0)
      print('approvals.responders is empty: nobody may approve.');
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
}

/** `oms config explain [key]`: effective value, where it came from, what it does. Returns the exit code. */
export function explainConfig(key: string | undefined, print: (line: string) => void): number {
  const rows = rowsOf(ownConfig());
  const wanted = rows.filter((row) => key === undefined || row.key === key || row.key.startsWith(`${key}.`));
  if (wanted.length === 0) {
    const near = nearest(key ?? '', [...new Set(rows.flatMap((row) => groupsOf(row.key)))]);
    print(`There is no key ${key}.${near === null ? '' : ` Did you mean ${near}?`}`);
    return 1;
  }
  for (const { key: name, value, origin, means } of wanted)
    print(`${name} = ${value}  (${origin})${means === '' ? '' : `\n    ${means}`}`);
  return 0;
}

/** `a.b.c` → `a`, `a.b`, `a.b.c`. */
function groupsOf(key: string): readonly string[] {
  const parts = key.split('.');
  return parts.map((_part, place) => parts.slice(0, place + 1).join('.'));
}

/** Every key with its value; a secret says only whether it is set. */
export function rowsOf({ env, oms, origins }: Config): readonly Row[] {
  const yaml = leaves(oms).map((path): Row => {
    const key = path.join('.');
    return {
      key,
      value: JSON.stringify(at(oms, path)),
      origin: origins.get(key) ?? 'default',
      means: meaning(OmsYaml, path),
    };
  });
  const defaults: Record<string, unknown> = Environment.parse({});
  const environment = Object.entries(Environment.shape).map(([key]): Row => {
    const value = (env as Record<string, unknown>)[key];
    const shown = SECRETS.test(key) && value !== defaults[key] ? 'set' : String(value ?? 'not set');
    return {
      key,
      value: shown,
      origin: process.env[key] ? 'environment' : 'default',
      means: meaning(Environment, [key]),
    };
  });
  return [...environment, ...yaml];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function meaning(schema: z.ZodType, path: readonly string[]): string {
  let node: z.core.JSONSchema.BaseSchema = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  for (const part of path) {
    const next = node.properties?.[part];
    if (typeof next !== 'object') return node.description ?? '';
    node = next;
  }
  return node.description ?? '';
}
