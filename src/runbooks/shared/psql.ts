import type { Names } from '../names.ts';
import { shellWord } from '../names.ts';

/** The command that asks the orders database from inside its pod, as the runbook does; a managed one by its address. */
export function psql({ postgres }: Names, statement: string): string {
  const { namespace } = postgres;
  const words = statement.replaceAll('"', '\\"');
  if (postgres.managed) return `psql "$ORDERS_DATABASE_URL" -c "${words}"`;
  const selector = shellWord(postgres.selector);
  const who = `-U ${shellWord(postgres.user)}${postgres.name === null ? '' : ` -d ${shellWord(postgres.name)}`}`;
  return `kubectl -n ${namespace} exec "$(kubectl -n ${namespace} get pods -l ${selector} -o name | head -n 1)" -- psql ${who} -c "${words}"`;
}
