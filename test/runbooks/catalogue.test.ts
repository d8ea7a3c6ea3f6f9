import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/runbooks/catalogue.ts';
import { type Names, RUNBOOK_NAMES } from '../../src/runbooks/names.ts';
import { DEFAULT_THRESHOLDS } from '../../src/runbooks/thresholds.ts';

const checks = CATALOGUE.flatMap(({ checks }) => Object.values(checks));
const actions = CATALOGUE.flatMap(({ actions }) => actions);
const watches = actions.flatMap(({ proof }) => proof.watch ?? []);

const typed = (names: Names) => [
  ...checks.map(({ step, equivalent }) => ({ step, line: equivalent(names) })),
  ...actions.map((action) => ({ step: action.step, line: action.equivalent(names, ['ord_aaa111'], {}) })),
  ...watches.map(({ step, equivalent }) => ({ step, line: equivalent(names) })),
];

describe('the catalogue', () => {
  test('no code means two runbooks, no number or id is there twice', () => {
    for (const list of [
      CATALOGUE.flatMap(({ codes }) => codes),
      CATALOGUE.map(({ number }) => String(number)),
      CATALOGUE.map(({ id }) => id),
    ])
      expect(new Set(list).size).toBe(list.length);
  });

  test.each(CATALOGUE)('$id: causes carry its number, each once', ({ number, causes }) => {
    expect(causes.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((cause) => `${number}.C${cause}`));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 19, 20, 21, 22, 37, 38, 39, 40, 41, 42, 43, 44])(
    'R%i is a step of something',
    (number) => {
      expect([...checks, ...actions, ...watches].map(({ step }) => step)).toContain(`R${number}`);
    },
  );

  test('no step is two checks of one runbook, or two actions', () => {
    for (const runbook of CATALOGUE) {
      const steps = Object.values(runbook.checks).map(({ step }) => step);
      expect(new Set(steps).size).toBe(steps.length);
    }
    expect(new Set(actions.map(({ step }) => step)).size).toBe(actions.length);
  });

  test.each(actions)('$step has a proof that can end, a source and a command to type', (action) => {
    const plan = action.proof.plan(DEFAULT_THRESHOLDS);
    expect(plan.withinMs).toBeGreaterThanOrEqual(plan.everyMs * (plan.alike - 1));
    expect(plan.alike).toBeGreaterThanOrEqual(2);
    expect(plan.words).toMatch(/\.$/);
    expect(action.source).not.toBe('');
    expect(action.equivalent(RUNBOOK_NAMES, ['x'], {})).not.toBe('');
  });

  test('each tier is the source’s', () => {
    expect(Object.fromEntries(actions.map(({ step, tier }) => [step, tier]))).toEqual({
      R5: 'safe',
      R7: 'disruptive',
      R20: 'safe',
      R21: 'safe',
      R22: 'guarded',
      R41: 'disruptive',
      R42: 'disruptive',
      R43: 'disruptive',
      'R43-undo': 'disruptive',
      R44: 'disruptive',
      'R44-undo': 'disruptive',
    });
  });
});

describe('commands to type', () => {
  test('a hazard of the source says what stands there instead, and nothing else does', () => {
    const hazards = [...checks, ...actions].filter(({ instead }) => instead !== undefined);
    expect(hazards.map(({ step }) => step).sort()).toEqual(['R17', 'R42', 'R6']);
    const line = (step: string) => typed(RUNBOOK_NAMES).find((one) => one.step === step)?.line;
    expect(line('R6')).not.toMatch(/-o (?:yaml|json)|\$value\}\}|\.data\}\}\s*$/);
    expect(line('R17')).not.toContain('--from-beginning');
    expect(line('R42')).toContain("backend_start = '");
  });

  test('a command for logs reads all pods, all containers and all lines of the window', () => {
    const logs = checks.filter(({ source }) => source?.startsWith('kubectl logs'));
    expect(logs.length).toBeGreaterThan(0);
    for (const check of logs)
      for (const option of ['--tail=-1', '--since=30m', '--prefix', '--all-containers'])
        expect(check.equivalent(RUNBOOK_NAMES)).toContain(option);
  });

  const own: Names = {
    ...RUNBOOK_NAMES,
    namespace: 'shop',
    orderService: { deployment: 'api', selector: 'tier in (api)', port: 9 },
    workflowEngine: { deployment: 'flows', selector: 'k=flows' },
    gateway: { url: 'https://pay.example/v1', secret: 'pay-key', expiryAnnotation: null },
    metrics: { ...RUNBOOK_NAMES.metrics, paymentSuccessRate: 'pay_ok' },
    logPatterns: { ...RUNBOOK_NAMES.logPatterns, fulfilmentWebhook: "it's a hook" },
    paths: {
      ...RUNBOOK_NAMES.paths,
      stuckOrders: '/a/stuck',
      order: '/a/o/{id}',
      retryWorkflow: '/a/o/{id}/again',
      republishEvents: '/a/o/{id}/events',
      status: '/a/o/{id}/state',
      gatewayHealth: '/h/pay',
      metrics: '/m',
      retryPayments: '/a/pay-again',
    },
    statuses: { ...RUNBOOK_NAMES.statuses, processing: 'busy', pendingPayment: 'unpaid' },
    inCommands: { stuckAfterMinutes: 90, pendingPaymentMinutes: 60, logWindowMinutes: 7 },
  };

  // No Kafka is configured in this version, so R17 has the source's own names.
  test.each(typed(own).filter(({ step }) => step !== 'R17'))('$step has the configured names', ({ line }) => {
    expect(line).not.toMatch(
      /order-service|workflow-engine|default|stripe|payment-gateway|payment_|webhook:|8080|\/admin|\/health|\/metrics|processing|2h|15m|30m/,
    );
    expect(line).toContain('-n shop ');
  });

  test.each([
    ['R16', '/a/stuck?status=busy&olderThan=90m'],
    ['X4', '/a/stuck?status=unpaid&olderThan=1h'],
    ['R2', '--since=7m'],
    ['R18', '-l k=flows'],
    ['R19', `-l 'tier in (api)' --tail=-1 --since=7m`],
    ['R19', `grep -F -e 'it'\\''s a hook'`],
  ])('%s has %s', (step, part) => {
    expect(typed(own).find((one) => one.step === step)?.line).toContain(part);
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
      const sources = [...checks, ...actions].flatMap(({ step, source }) =>
        source === null ? [] : [{ step, source: flat(source) }],
      );
      for (const { step, source } of sources) expect(source, step).toBe(commands[Number(step.slice(1)) - 1]);
      expect(sources).toHaveLength(22);
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
