import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { namesOf } from '../names-of.ts';
import { CATALOGUE } from '../runbooks/catalogue.ts';
import { CARD_LINKS } from '../runbooks/links.ts';
import { stepsIn } from '../runbooks/listing.ts';

const SOURCE = join(import.meta.dirname, '..');
/** These name every threshold. */
const TABLES = /^(config|cli)[\\/]|thresholds\.ts$|names(-of)?\.ts$/;

/** What some key of `oms.yaml` comes out in, by who says it. */
type Said = ReadonlyMap<string, string>;

/**
 * Who uses a key: whom the schema names, else its value is changed, and whoever then says something else uses it. What only
 * a look at a system reads says nothing before that, so the schema names it; of thresholds the files that name them are told too.
 */
export function usersOf(
  oms: Config['oms'],
  { key, usedBy }: { readonly key: string; readonly usedBy: readonly string[] },
  usual: Said = saidWith(oms),
): readonly string[] {
  if (usedBy.length > 0) return usedBy;
  const path = key.split('.');
  if (path[0] === 'links') return stepsByHand(path[1] ?? '');
  if (path[0] === 'teams') return runbooksOf(path[1] ?? '');
  const changed = saidWith(changedAt(oms, path) as Config['oms']);
  const users = [...usual].flatMap(([who, words]) => (changed.get(who) === words ? [] : [who]));
  return path[0] === 'thresholds' ? [...users, ...filesNaming(path[1] ?? '')] : users;
}

/** Everything that can be said without asking anybody. */
export function saidWith(oms: Config['oms']): Said {
  const names = namesOf(oms);
  const { thresholds } = oms;
  const said = new Map<string, string>();
  const add = (who: string, words: unknown) =>
    said.set(who, `${said.get(who) ?? ''}${JSON.stringify(words)}`);
  for (const runbook of CATALOGUE) {
    for (const step of stepsIn(runbook, names)) add(step.step, step.equivalent);
    for (const action of runbook.actions) {
      add(action.step, action.proof.plan(thresholds));
      add(action.step, action.rule(thresholds));
    }
    for (const cause of runbook.causes) add(`“${cause.title}” of ${runbook.id}`, cause.rule(thresholds));
  }
  return said;
}

function changedAt(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return changedValue(value);
  const object = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return { ...object, [first]: changedAt(object[first], rest) };
}

function changedValue(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return [...value, 'zz'];
  return typeof value === 'string' ? `${value}zz` : 'zz';
}

function stepsByHand(link: string): readonly string[] {
  if (CARD_LINKS.some((name) => name === link)) return ['every card'];
  return CATALOGUE.flatMap(({ byHand }) => byHand ?? []).flatMap((one) =>
    one.link === link || one.link === `links.${link}` ? [one.id] : [],
  );
}

function runbooksOf(team: string): readonly string[] {
  return CATALOGUE.filter((runbook) => runbook.team === team).map(({ id }) => id);
}

/** TypeScript runs as it is, so that what is read here is what runs. */
function filesNaming(threshold: string): readonly string[] {
  const word = new RegExp(`\\b${threshold}\\b`);
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !TABLES.test(file))
    .filter((file) => word.test(readFileSync(join(SOURCE, file), 'utf8')))
    .map((file) => `src/${file}`);
}
