import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../config.ts';
import { discover, type Said } from '../discover.ts';
import { firstFile, type Item, openIn } from '../first-file.ts';
import { realHands } from '../parts.ts';
import { SILENT } from './silent.ts';

const SCHEMA = fileURLToPath(new URL('../../docs/oms.schema.json', import.meta.url));

/** What no system tells. */
const YOURS: readonly Item[] = [
  {
    key: 'environment',
    value: 'prod',
    off: true,
    notes: [
      'Yours to say, for no system tells it.',
      'prod, stage or dev. Unset it is dev; outside prod nobody is paged.',
    ],
  },
  {
    key: 'approvals',
    value: [
      { key: 'responders', value: ['S0ONCALL'] },
      { key: 'approvers', value: ['S0LEADS'] },
      { key: 'managers', value: ['S0MANAGERS'] },
    ],
    off: true,
    notes: ['Who may approve: Slack user ids (U…, W…) or user groups (S…). Until it is set, nobody may.'],
  },
  {
    key: 'channels',
    value: [{ key: 'alerts', value: '#orders-alerts' }],
    off: true,
    notes: ['Where the bot listens and its cards stand; this one unless told otherwise.'],
  },
  {
    key: 'trustedSenders',
    value: ['Alertmanager'],
    off: true,
    notes: ['Bots whose messages in that channel count as alerts.'],
  },
];

export interface InitOptions {
  /** The first is the home of everything, the others are looked in too; none: the credentials' own. */
  readonly namespace: readonly string[];
  /** A file that is there is kept beside the new one. */
  readonly force: boolean;
  /** Prints the file and writes none. */
  readonly stdout: boolean;
}

/**
 * `oms config init [file]`: an `oms.yaml` from what can be seen, with a comment where something was found, not found or not
 * looked at. What two things could be is left to people.
 * @param print what was looked at
 * @returns the exit code: 0 written, 1 refused, or there was nothing to see
 * @throws ConfigError of the environment; Error where the kubeconfig cannot be read
 */
export async function initConfig(
  given: string | undefined,
  { namespace, force, stdout }: InitOptions,
  print: (line: string) => void,
): Promise<number> {
  const { CONFIG_FILE, ...env } = process.env;
  const file = given ?? (CONFIG_FILE || 'oms.yaml');
  if (!stdout && !force && existsSync(file)) {
    print(
      `${file} is there already, and is left as it is. Name another file, or --force keeps it as a .bak.`,
    );
    return 1;
  }
  const read = (text: string | null) => readConfig({ env, readFile: () => text });
  const opened: Awaited<ReturnType<typeof realHands>>[] = [];
  const open = async (text: string | null) => {
    const hands = await realHands(read(text), SILENT);
    opened.push(hands);
    return hands;
  };
  try {
    const { probes, namespace: own } = await open(null);
    const spaces = namespace.length > 0 ? namespace : [own ?? 'default'];
    const { items, said } = await discover(probes, spaces, async (orders) => {
      const found = await open(firstFile([], [{ key: 'orders', value: orders }]));
      return found.probes.ordersDatabase;
    });
    for (const { system, line } of said) print(`${system}: ${line}`);
    if (!said.some(({ saw }) => saw)) {
      const cluster = own === null ? ' `export KUBECONFIG=~/.kube/config` shows it your cluster.' : '';
      print(`There was nothing to see, and nothing was written.${cluster}`);
      print('`cp oms.example.yaml oms.yaml` begins without looking.');
      return 1;
    }
    const text = firstFile(headOf(stdout ? 'oms.yaml' : file, said), [...YOURS, ...items]);
    // Nobody should find out at the next start that it cannot be read.
    read(text);
    if (stdout) process.stdout.write(text);
    else write(file, text, print);
    const undecided = openIn(items.filter(({ off }) => off !== true));
    if (undecided.length > 0) print(`Left to you, with what is known beside it: ${undecided.join(', ')}.`);
    print('Next: say at its top what no system tells, then `npx oms config check --live`.');
    return 0;
  } finally {
    await Promise.all(opened.map(async (each) => await each.close()));
  }
}

function headOf(file: string, said: readonly Said[]): readonly string[] {
  const schema = relative(dirname(resolve(file)), SCHEMA);
  return [
    ...(existsSync(SCHEMA) && !schema.startsWith('..') ? [`yaml-language-server: $schema=${schema}`] : []),
    'Written by `oms config init` from what it saw. Read each *found* once: it goes by names and labels.',
    'What is not here, or is a comment, is as in the runbook; `npx oms config explain` shows all of it.',
    ...said.filter(({ saw }) => saw).map(({ system, line }) => `  ${system}: ${line}`),
  ];
}

/** Whatever stands there is kept under a name that nothing has. */
function write(file: string, text: string, print: (line: string) => void): void {
  if (existsSync(file)) {
    let kept = `${file}.bak`;
    for (let number = 2; existsSync(kept); number += 1) kept = `${file}.bak${number}`;
    renameSync(file, kept);
    print(`${file} is kept as ${kept}.`);
  }
  writeFileSync(file, text, { flag: 'wx' });
  print(`${file} was written.`);
}
