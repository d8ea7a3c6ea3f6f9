import type { Names } from '../names.ts';
import { shellWord } from '../names.ts';

/** The command that asks the orders database from inside its pod, as the runbook does; a managed one by its address. */
export function psql({ postgres }: Names, statement: string): string {
  const { namespace } = postgres;
  const words = inShell(statement);
  if (postgres.managed) return `psql "$ORDERS_DATABASE_URL" -c "${words}"`;
  const selector = shellWord(postgres.selector);
  const who = `-U ${shellWord(postgres.user)}${postgres.name === null ? '' : ` -d ${shellWord(postgres.name)}`}`;
  return `kubectl -n ${namespace} exec "$(kubectl -n ${namespace} get pods -l ${selector} -o name | head -n 1)" -- psql ${who} -c "${words}"`;
}

/** Between double quotes of a shell. */
export function inShell(statement: string): string {
  return statement.replace(/["$`\\]/g, '\\$&');
}

/** PostgreSQL's own words that name nothing without quotes; `user` would even be taken for whoever asks. */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate collation column
  concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp
  current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having
  ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not
  notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some
  symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window
  with`.split(/\s+/),
);

/** A table, with its schema or without, or a column as SQL writes it: plain where it is plain, else in quotes. */
export function sqlName(name: string): string {
  const one = (part: string) =>
    /^[a-z_][a-z0-9_]*$/.test(part) && !RESERVED.has(part) ? part : `"${part.replaceAll('"', '""')}"`;
  return name.split('.').map(one).join('.');
}
