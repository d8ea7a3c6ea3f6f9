import { describe, expect, test } from 'vitest';
import type { RunbookId } from '../../../src/domain/severity.ts';
import type { ContainerLog, LogQuestion } from '../../../src/ports/kubernetes.ts';
import { CATALOGUE } from '../../../src/runbooks/catalogue.ts';
import { WORKFLOW_TEXTS } from '../../../src/runbooks/log-texts.ts';
import { RUNBOOK_NAMES } from '../../../src/runbooks/names.ts';
import type { WorkflowLogs } from '../../../src/runbooks/shared/workflow-log.ts';
import { aLog, diagnosed, fakeProbes, silent, times } from '../../support/runbooks.ts';

const CONFIGURED = { logPatterns: { ...RUNBOOK_NAMES.logPatterns, workflow: WORKFLOW_TEXTS } };

/** What the check says of these lines, and what it asked for. */
async function read(
  [runbook, step]: readonly [RunbookId, 'X9' | 'X11'],
  logs: readonly ContainerLog[] | 'silent',
  names: object = CONFIGURED,
) {
  const asked: LogQuestion[] = [];
  const probes = fakeProbes({
    kubernetes: {
      async logs(question) {
        if (logs === 'silent') throw silent();
        asked.push(question);
        return logs.map((log) => {
          const lines = log.lines.filter((line) => question.containing.some((text) => line.includes(text)));
          return { ...log, lines, matched: lines.length + (log.matched - log.lines.length) };
        });
      },
    },
  });
  const found = (await diagnosed(runbook, probes, { names })).of(step);
  return { ...found, data: found.data as WorkflowLogs, asked };
}

const TRANSITION = 'state-machine order=ord_aaa111 illegal transition RESERVED -> SHIPPED';
const DATABASE = 'workflow order=ord_bbb222 canceling statement due to statement timeout';
const RETURN = 'return workflow failed return=ret_ccc333 step=approve';

describe.each<RunbookId>(['stuck-orders', 'returns'])('X9 of %s', (runbook) => {
  const X9 = [runbook, 'X9'] as const;

  test('the engine’s failures are counted by class, with the ids that they name', async () => {
    const found = await read(X9, [aLog([...times(6, TRANSITION), DATABASE, RETURN, 'workflow done'])]);
    expect(found).toMatchObject({
      verdict: 'broken',
      line: '8 steps of workflows failed in 30 min (database 1, transition 6, return 1).',
    });
    expect(found.data).toMatchObject({
      classes: { transition: { lines: 6 }, database: { lines: 1 }, return: { lines: 1 } },
      transitionOrders: ['ord_aaa111'],
      databaseOrders: ['ord_bbb222'],
      failedReturns: ['ret_ccc333'],
    });
  });

  test('a return that the database let down is the database’s', async () => {
    const { data } = await read(X9, [aLog([`${RETURN} due to statement timeout`])]);
    expect(data.classes).toMatchObject({ database: { lines: 1 }, return: { lines: 0 } });
  });

  test('customers are called what they like', async () => {
    const { data } = await read(X9, [aLog([`order=ord_aaa111 customer="illegal transition" ok`])]);
    expect(data).toMatchObject({ classes: { transition: { lines: 0 } }, transitionOrders: [], unclassed: 1 });
  });

  test('few lines, or lines that stopped, are no trouble', async () => {
    expect((await read(X9, [aLog(times(4, TRANSITION))])).verdict).toBe('healthy');
    expect(await read(X9, [aLog(times(9, TRANSITION), {}, 7)])).toMatchObject({
      verdict: 'healthy',
      line: expect.stringContaining('none in the last 7 min'),
    });
  });

  test('a log that was not read whole, or not at all, is unknown', async () => {
    expect((await read(X9, [aLog([], { truncated: true })])).verdict).toBe('unknown');
    expect(await read(X9, 'silent')).toMatchObject({
      verdict: 'unknown',
      line: 'The system did not answer.',
    });
  });

  test('skipped until it is configured, with the key', async () => {
    const found = await read(X9, [aLog([])], {});
    expect(found).toMatchObject({
      verdict: 'skipped',
      line: expect.stringContaining('`logPatterns.workflow`'),
    });
    expect(found.asked).not.toContainEqual(
      expect.objectContaining({ containing: WORKFLOW_TEXTS.transition }),
    );
  });

  test('a company’s own words are taken as they are, not as expressions', async () => {
    const workflow = { transition: ['ZUSTAND (a+)+$'], return: ['RETOURE'], database: ['ZEIT'] };
    const names = { logPatterns: { ...RUNBOOK_NAMES.logPatterns, workflow } };
    const found = await read(
      X9,
      [aLog(['ZUSTAND (a+)+$ ord_aaa111', `ZUSTAND ${'a'.repeat(5_000)}!`])],
      names,
    );
    expect(found.data.classes.transition.lines).toBe(1);
    expect(found.data.transitionOrders).toEqual(['ord_aaa111']);
  });

  test('it asks the engine’s pods, and says what to type', async () => {
    const { asked } = await read(X9, [aLog([])]);
    expect(asked).toContainEqual(
      expect.objectContaining({
        workload: expect.objectContaining({ name: 'workflow-engine', selector: 'app=workflow-engine' }),
        containing: expect.arrayContaining(Object.values(WORKFLOW_TEXTS).flat()),
      }),
    );
    const check = Object.values(CATALOGUE.find(({ id }) => id === runbook)?.checks ?? {}).find(
      ({ step }) => step === 'X9',
    );
    expect(check?.equivalent({ ...RUNBOOK_NAMES, ...CONFIGURED })).toMatch(
      /^kubectl -n default logs -l app=workflow-engine .* \| grep -F .*-e 'illegal transition'/,
    );
  });
});

describe.each<readonly [RunbookId, string, string, string]>([
  [
    'stuck-orders',
    'statement timeout',
    'code=ORDER_PROCESSING_TIMEOUT engine: statement timeout',
    'database 6',
  ],
  ['stuck-orders', 'illegal transition', 'code=WORKFLOW_STUCK reported: illegal transition', 'transition 6'],
  ['stuck-orders', 'engine', 'code=WORKFLOW_STUCK workflow engine unreachable: ECONNREFUSED', 'engine 6'],
  ['stuck-orders', 'event', 'code=ORDER_PROCESSING_TIMEOUT no event fulfillment.requested seen', 'event 6'],
  ['stuck-orders', 'warehouse', 'code=WORKFLOW_STUCK webhook gave up after 6 deliveries', 'warehouse 6'],
  ['stuck-orders', 'no reason', 'code=WORKFLOW_STUCK', 'without a reason 6'],
  ['database-pool', 'pool', 'db-pool code=DB_POOL_EXHAUSTED active=20 size=20 waited_ms=5000', 'pool 6'],
  ['database-pool', 'timeout', 'code=CONNECTION_TIMEOUT after 5000 ms', 'timeout 6'],
  ['database-pool', 'full', 'code=TOO_MANY_CONNECTIONS', 'server full 6'],
  [
    'database-pool',
    'full, in its words',
    'code=CONNECTION_TIMEOUT sorry, too many clients already',
    'server full 6',
  ],
  ['database-pool', 'away', 'code=CONNECTION_TIMEOUT connect ECONNREFUSED 10.0.0.7:5432', 'away 6'],
  ['database-pool', 'starts', 'code=CONNECTION_TIMEOUT the database system is starting up', 'away 6'],
])('X11 of %s: %s', (runbook, _what, line, said) => {
  test(`reads ${said}`, async () => {
    const X11 = [runbook, 'X11'] as const;
    expect(await read(X11, [aLog(times(6, line))])).toMatchObject({
      verdict: 'broken',
      line: expect.stringContaining(`failed in 30 min (${said}).`),
    });
    expect((await read(X11, [aLog([])])).verdict).toBe('healthy');
    expect((await read(X11, [aLog([], { problem: 'Its log is gone.' })])).verdict).toBe('unknown');
    expect((await read(X11, 'silent')).verdict).toBe('unknown');
  });
});

test('X11 reads the lines that the company names', async () => {
  const names = { logPatterns: { ...RUNBOOK_NAMES.logPatterns, databasePool: ['POOL LEER'] } };
  const found = await read(['database-pool', 'X11'], [aLog(times(5, 'POOL LEER'))], names);
  expect(found.verdict).toBe('broken');
  expect(found.asked[0]?.containing).toEqual(['POOL LEER']);
});
