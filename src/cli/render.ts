import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { namesOf } from '../names-of.ts';
import { ownConfig } from './config.ts';
import { alertRules } from './render/alerts.ts';
import { commands } from './render/commands.ts';
import { ordersGrants } from './render/grants.ts';
import { changeRoles, execRoles, lookRoles } from './render/rbac.ts';

const MARK = 'Written by `oms config render`; its body is';

/** Every file that the configuration decides, by name, with its first line. */
export function rendered(oms: Config['oms'], env?: Config['env']): Readonly<Record<string, string>> {
  const names = namesOf(oms, env);
  const bodies = {
    'rbac-look.yaml': lookRoles(names),
    'rbac-change.yaml': changeRoles(names),
    'rbac-exec.yaml': execRoles(names),
    'orders-db.sql': ordersGrants(oms),
    'alerts.yaml': alertRules(oms, names),
    'commands.md': commands(oms, names),
  };
  return Object.fromEntries(Object.entries(bodies).map(([file, body]) => [file, marked(file, body)]));
}

/** With a first line by which it is known whether a person has changed the rest. */
function marked(file: string, body: string): string {
  const line = `${MARK} ${sum(body)}.`;
  if (file.endsWith('.md')) return `<!-- ${line} -->\n${body}`;
  return `${file.endsWith('.sql') ? '--' : '#'} ${line}\n${body}`;
}

function sum(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}

/** Whether what stands there is what we wrote once. */
function untouched(text: string): boolean {
  const end = text.indexOf('\n');
  return text.slice(0, end).includes(`${MARK} ${sum(text.slice(end + 1))}.`);
}

/**
 * `oms config render <dir>`: roles, grants, alert rules, and commands to type, in the company's names. A file that a person
 * has changed is left alone unless forced.
 * @returns the exit code: 1 when a file was left alone
 * @throws ConfigError
 */
export function renderConfig(folder: string, force: boolean, print: (line: string) => void): number {
  let left = 0;
  const { oms, env } = ownConfig();
  try {
    mkdirSync(folder, { recursive: true });
  } catch (err) {
    print(
      `${folder} is no folder that can be written to: ${err instanceof Error ? err.message : 'unknown'}.`,
    );
    return 1;
  }
  for (const [file, text] of Object.entries(rendered(oms, env))) {
    const path = join(folder, file);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : null;
    if (before === text) print(`${path} is up to date.`);
    else if (before !== null && !force && !untouched(before)) {
      left += 1;
      print(`${path} was changed by hand and left alone; --force writes it anew.`);
    } else {
      writeFileSync(path, text);
      print(`${path} was written.`);
    }
  }
  return left === 0 ? 0 : 1;
}
