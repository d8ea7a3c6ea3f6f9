import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Tier } from '../../src/domain/offer.ts';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { stepsIn } from '../../src/runbooks/listing.ts';
import { type Names, RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../src/runbooks/thresholds.ts';

const actions = CATALOGUE.flatMap(({ actions }) => actions);
const listed = CATALOGUE.flatMap((runbook) => stepsIn(runbook, RUNBOOK_NAMES));

/** The first and the last command of each runbook in the source. */
const COMMANDS: Readonly<Record<number, readonly [number, number]>> = {
  1: [1, 8],
  2: [9, 15],
  3: [16, 22],
  4: [23, 29],
  5: [30, 36],
  6: [37, 44],
  7: [45, 53],
  8: [54, 61],
  9: [62, 68],
  10: [69, 75],
};

/** Runbook-map, command by command. */
const TIERS: Readonly<Record<Tier, readonly string[]>> = {
  safe: 'R5 R13 R20 R21 R27 R34 R52 R67 R73 R75'.split(' '),
  disruptive: 'R7 R14 R36 R41 R42 R43 R44 R50 R58 R59 R60 R74'.split(' '),
  guarded: 'R22 R29 R35 R51 R57 R66 R68'.split(' '),
};
const HAZARDS = 'R6 R12 R14 R17 R33 R35 R42 R51 R72'.split(' ');

describe('the catalogue', () => {
  test('no code means two runbooks, no number or id is there twice', () => {
    for (const list of [
      CATALOGUE.flatMap(({ codes }) => codes),
      CATALOGUE.map(({ number }) => String(number)),
      CATALOGUE.map(({ id }) => id),
    ])
      expect(new Set(list).size).toBe(list.length);
  });

  test('the runbooks stand in the source’s order', () => {
    const numbers = CATALOGUE.map(({ number }) => number);
    expect(numbers).toEqual([...numbers].sort((left, right) => left - right));
  });

  test.each(CATALOGUE)('$id: causes carry its number, each once', ({ number, causes }) => {
    expect(causes.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((cause) => `${number}.C${cause}`));
  });

  test.each(CATALOGUE)(
    '$id: each of its commands is one step, once, and no other runbook’s is',
    (runbook) => {
      const [first, last] = COMMANDS[runbook.number] ?? [0, -1];
      const numbered = stepsIn(runbook, RUNBOOK_NAMES)
        .filter(({ source, step }) => source !== null && /^R\d+$/.test(step))
        .map(({ step }) => step);
      expect(numbered).toEqual(Array.from({ length: last - first + 1 }, (_, place) => `R${first + place}`));
    },
  );

  test('no step is two checks of one runbook, or two actions', () => {
    for (const runbook of CATALOGUE) {
      const steps = Object.values(runbook.checks).map(({ step }) => step);
      expect(new Set(steps).size).toBe(steps.length);
    }
    // X2 and X16 are one action wherever they stand: what they do is no runbook's own.
    const own = actions.filter(({ step }) => step !== 'X2' && step !== 'X16').map(({ step }) => step);
    expect(new Set(own).size).toBe(own.length);
  });

  test.each(actions)('$step has a proof that can end, and a command to type', (action) => {
    const plan = action.proof.plan(DEFAULT_THRESHOLDS);
    expect(plan.withinMs).toBeGreaterThanOrEqual(plan.everyMs * (plan.alike - 1));
    expect(plan.alike).toBeGreaterThanOrEqual(1);
    expect(plan.words).toMatch(/\.$/);
    expect(action.equivalent(RUNBOOK_NAMES, ['x'], {})).not.toBe('');
  });

  test('each tier is the source’s', () => {
    for (const { step, tier } of listed)
      if (tier !== null && /^R\d+$/.test(step)) expect(TIERS[tier], step).toContain(step);
  });

  test('what a temporary change owes has an action that takes it back', () => {
    for (const { owes } of actions)
      for (const { undo } of owes)
        if (undo !== undefined) expect(actions.map(({ step }) => step)).toContain(undo);
  });
});

/** Every name another one, as a company would have it that calls nothing as the runbook does. */
function renamed(names: Names): { readonly own: Names; readonly defaults: readonly string[] } {
  const defaults: string[] = [];
  let count = 0;
  const other = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => other(one, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) =>
          name === 'inCommands' ? [name, one] : [name, other(one, name)],
        ),
      );
    if (typeof value !== 'string') return value;
    defaults.push(value.replace('{id}', ''));
    count += 1;
    const name = `zz${count}`;
    if (value.startsWith('/')) return `/${name}${value.includes('{id}') ? '/{id}' : ''}`;
    if (value.startsWith('https://')) return `https://${name}.example`;
    if (key === 'selector') return `k in (${name})`;
    return value.includes('{id}') ? `${name} {id}` : name;
  };
  return { own: other(names, '') as Names, defaults };
}

describe('commands to type', () => {
  test('a hazard of the source says what stands there instead', () => {
    const known = new Set(listed.map(({ step }) => step as string));
    const named = listed.filter(({ instead }) => instead !== null).map(({ step }) => step as string);
    for (const hazard of HAZARDS.filter((step) => known.has(step))) expect(named).toContain(hazard);
    const line = (step: string) => listed.find((one) => one.step === step)?.equivalent ?? '';
    for (const step of ['R6', 'R33'])
      expect(line(step), step).not.toMatch(/-o (?:yaml|json)|\$value\}\}|\.data\}\}\s*$/);
    expect(line('R12'), 'R12').not.toMatch(/\bkeys\b/i);
    expect(line('R14'), 'R14').not.toMatch(/xargs[^|]*del/i);
    expect(line('R17'), 'R17').not.toContain('--from-beginning');
    expect(line('R35'), 'R35').not.toContain('from-literal');
    expect(line('R51'), 'R51').not.toMatch(/--all-topics/);
    expect(line('R72'), 'R72').not.toMatch(/analyze/i);
  });

  test('a command for logs reads all pods, all containers and all lines of its window', () => {
    const logs = listed.filter(({ source }) => source?.startsWith('kubectl logs'));
    expect(logs.length).toBeGreaterThan(0);
    for (const { equivalent } of logs) {
      for (const option of ['--tail=-1', '--prefix', '--all-containers'])
        expect(equivalent).toContain(option);
      expect(equivalent).toMatch(/--since=\d+m/);
    }
  });

  const { own, defaults } = renamed(RUNBOOK_NAMES);
  // Words of the source that are words of the language too, or of the tools.
  const telling = [...new Set(defaults)].filter((name) => name.length > 5 && !/^[a-z]+$/.test(name));

  test.each(CATALOGUE.flatMap((runbook) => stepsIn(runbook, own)))(
    '$step has our users’ names and none of the source’s',
    ({ equivalent }) => {
      for (const name of telling) expect(equivalent).not.toContain(name);
    },
  );

  test.each([
    ['R16', 'kubectl -n zz1 exec statefulset/'],
    ['R19', '--since=7m'],
  ])('%s has %s', (step, part) => {
    const names: Names = {
      ...own,
      orderService: { ...own.orderService, kind: 'StatefulSet' },
      inCommands: { ...own.inCommands, logWindowMinutes: 7 },
    };
    const steps = CATALOGUE.flatMap((runbook) => stepsIn(runbook, names));
    expect(steps.find((one) => one.step === step)?.equivalent).toContain(part);
  });

  test('a name with a quote stays one word of the command', () => {
    const names = {
      ...RUNBOOK_NAMES,
      logPatterns: { ...RUNBOOK_NAMES.logPatterns, fulfilmentWebhook: "it's a hook" },
    };
    const steps = CATALOGUE.flatMap((runbook) => stepsIn(runbook, names));
    expect(steps.find((one) => one.step === 'R19')?.equivalent).toContain(`grep -F -e 'it'\\''s a hook'`);
  });
});

describe('the source', () => {
  const file = new URL('../../../shared/runbook.md', import.meta.url);
  const present = existsSync(file);

  test.skipIf(!present)(
    'every step’s source is the command of its number (needs runbook.md beside the project)',
    () => {
      const commands = commandsOf(readFileSync(file, 'utf8'));
      expect(commands).toHaveLength(75);
      const sources = listed.flatMap(({ step, source }) =>
        source === null ? [] : [{ step, source: flat(source) }],
      );
      for (const { step, source } of sources)
        expect(source, step).toBe(commands[Number(step.replace(/\D/g, '')) - 1]);
    },
  );
});

/** Whitespace and line ends aside. */
function flat(command: string): string {
  return command.replace(/\\\n/g, ' ').replace(/\s+/g, ' ').trim();
}

/** The commands of the code blocks, in order: a comment or an empty line ends one. */
function commandsOf(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```(?:bash|sql)\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? '');
  return blocks.flatMap((block) =>
    block
      .split(/^(?:#|--).*$|\n{2,}/m)
      .map(flat)
      .filter((command) => command !== ''),
  );
}
