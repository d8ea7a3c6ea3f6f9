import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { pretendKafka } from '../../sim/kafka/kafka.ts';
import type { Fault } from '../../sim/lib/faults.ts';
import { pretendRedis } from '../../sim/redis/redis.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { TIMING } from '../../src/pipeline/rules.ts';
import { SystemError, type SystemFault } from '../../src/ports/system-error.ts';
import { ALERTS, startBot } from '../support/bot.ts';
import { ordersReader } from '../support/read-only.ts';
import { sendAlert, startPretendWorld } from '../support/rig.ts';
import { type ProxyMode, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

// Between them they ask every system. One world for all rows; the budget is short, so that nobody waits for what hangs.
const CODES = ['INVENTORY_UNAVAILABLE', 'EXPORT_FAILED', 'DB_POOL_EXHAUSTED'];
const BUDGET_MS = 1_500;

/** Checks that ask a system, of the three runbooks; the first has to be unknown when it is dark. */
const ASKED_BY = {
  'order service': ['R9', 'R69', 'R72'],
  S3: ['R71'],
  Redis: ['R12'],
  Kubernetes: ['R40', 'R10', 'R15', 'R37', 'R41', 'R54', 'X1', 'X11', 'X16'],
  'orders database': ['R39', 'R38', 'R72', 'X6', 'X8'],
  Kafka: ['R11'],
} as const;
type System = keyof typeof ASKED_BY;

let world: Awaited<ReturnType<typeof startPretendWorld>>;
let bot: Awaited<ReturnType<typeof startBot>>;
let reader: Awaited<ReturnType<typeof ordersReader>>;
let wire: TcpProxy;
let owner: pg.Pool;
let sound: Verdicts;
/** What those that are pretended behind their port answer instead, as their adapters would. */
const ill = new Map<'Redis' | 'Kafka', () => Promise<never>>();
const heals: (() => unknown)[] = [];
beforeAll(async () => {
  world = await startPretendWorld({ ordersPerHour: 240 });
  owner = new pg.Pool({ connectionString: world.address.orders, max: 1 });
  owner.on('error', () => undefined);
  reader = await ordersReader(owner, world.address.orders);
  const orders = new URL(reader.url);
  wire = await startTcpProxy({ host: orders.hostname, port: Number(orders.port) });
  orders.port = String(wire.port);
  const [redis, kafka] = [pretendRedis(world.world), pretendKafka(world.world)];
  bot = await startBot(
    { ...world.address, orders: orders.href },
    {
      timing: { ...TIMING, diagnosisMs: BUDGET_MS },
      restMs: 1,
      redis: { ...redis, probe: ailing('Redis', redis.probe) },
      kafka: { ...kafka, probe: ailing('Kafka', kafka.probe) },
    },
  );
  for (const code of CODES) {
    const at = new Date(world.now()).toISOString();
    await sendAlert(bot.app.port(), at, { fingerprint: code }, { alertname: code, code }, 'alert-token');
  }
  await bot.app.idle();
  sound = verdictsOf(await looked());
});
afterEach(async () => {
  for (const heal of heals.splice(0)) await heal();
});
afterAll(async () => {
  await bot.stop();
  await wire.stop();
  await reader.drop();
  await owner.end();
  await world.stop();
});

function ailing<Port extends object>(system: 'Redis' | 'Kafka', port: Port): Port {
  return new Proxy(port, { get: (given, name) => ill.get(system) ?? Reflect.get(given, name) });
}

/** On a busy machine the second try may come too late to be told. */
const either = (words: RegExp) => new RegExp(`${words.source}|did not answer`);

async function looked(): Promise<readonly Incident[]> {
  await world.skipWorld(1);
  await bot.app.idle();
  const open = await bot.app.parts.journal.openIncidents();
  expect(open).toHaveLength(CODES.length);
  return open;
}

const findingsOf = (incidents: readonly Incident[]) =>
  incidents.flatMap(({ id, diagnosis }) =>
    (diagnosis?.findings ?? []).map((finding) => ({ ...finding, name: `${id} ${finding.step}` })),
  );
type Verdicts = Readonly<Record<string, string>>;
const verdictsOf = (incidents: readonly Incident[]): Verdicts =>
  Object.fromEntries(findingsOf(incidents).map(({ name, verdict }) => [name, verdict]));

interface Row {
  readonly http: Fault;
  readonly tcp: Exclude<ProxyMode, 'open'> | 'revoked';
  /** Null: it never answers, and heeds no signal either. */
  readonly port: SystemFault | null;
  readonly words: RegExp;
}
const ROWS: Readonly<Record<string, Row>> = {
  down: {
    http: { mode: 'down' },
    tcp: 'down',
    port: 'unreachable',
    words: /ended the connection without an answer|broke off the conversation|as its adapter says it/,
  },
  'slow beyond its deadline': {
    http: { mode: 'slow', ms: 60_000 },
    tcp: 'silent',
    port: null,
    words: /did not answer/,
  },
  'answering 5xx': {
    http: { mode: 'status', status: 503 },
    tcp: 'down',
    port: 'failed',
    words: /503|broke off the conversation|as its adapter says it/,
  },
  'answering garbage': {
    http: { mode: 'garbage' },
    tcp: 'garbage',
    port: 'not understood',
    words: /answered with something that is no |did not answer|as its adapter says it/,
  },
  'cut in the middle of an answer': {
    http: { mode: 'cut' },
    tcp: 'cut',
    port: 'unreachable',
    words:
      /broke off in the middle of its answer|broke off the conversation|without an answer|as its adapter says it/,
  },
  forbidding: {
    http: { mode: 'status', status: 403 },
    tcp: 'revoked',
    port: 'forbidden',
    words: /403|may not|lacks the right|pg_read_all_stats|grant|as its adapter says it/,
  },
};

async function darken(system: System, { http, tcp, port }: Row): Promise<void> {
  const server = { 'order service': world.service, S3: world.s3, Kubernetes: world.kubernetes };
  if (system === 'orders database') await darkenDatabase(tcp);
  else if (system === 'Redis' || system === 'Kafka') {
    const words = `${system}: as its adapter says it.`;
    ill.set(system, async () => {
      if (port !== null) throw new SystemError(system, port, words, { sent: 'no', mayRetry: false });
      return await new Promise<never>(() => undefined);
    });
    heals.push(() => ill.delete(system));
  } else {
    // The pods' own pages are Kubernetes' business.
    const match = system === 'order service' ? { path: /^\/admin/ } : {};
    heals.push(server[system].faults.add({ match, fault: http }));
  }
}

async function darkenDatabase(mode: Row['tcp']): Promise<void> {
  if (mode === 'revoked') {
    await owner.query(`revoke pg_read_all_stats from ${reader.name}`);
    heals.push(async () => await owner.query(`grant pg_read_all_stats to ${reader.name}`));
    return;
  }
  wire.mode = mode;
  wire.drop();
  heals.push(() => {
    wire.mode = 'open';
    wire.drop();
  });
}

// Two halves, so that each system's siblings are in the other: what is dark in one stands in the other.
const HALVES: readonly (readonly System[])[] = [
  ['order service', 'S3', 'Redis'],
  ['Kubernetes', 'orders database', 'Kafka'],
];

test.each(
  Object.entries(ROWS).flatMap(([how, row]) =>
    HALVES.map((dark) => [dark.join(', '), how, dark, row] as const),
  ),
)(
  '%s %s: the rest stands, what is not known says why, and its commands come first',
  async (_who, _how, dark, row) => {
    for (const system of dark) await darken(system, row);
    const incidents = await looked();
    const findings = findingsOf(incidents);
    for (const system of dark) {
      const [must] = ASKED_BY[system];
      const found = findings.find(({ step }) => step === must);
      expect(found, must).toMatchObject({
        verdict: 'unknown',
        line: expect.stringMatching(either(row.words)),
      });
    }
    const may: readonly string[] = dark.flatMap((system) => ASKED_BY[system]);
    expect(verdictsOf(incidents)).toEqual({
      ...sound,
      ...Object.fromEntries(
        findings.flatMap(({ name, step, verdict }) =>
          may.includes(step) && verdict === 'unknown' ? [[name, verdict]] : [],
        ),
      ),
    });
    for (const { id, diagnosis } of incidents) {
      expect(diagnosis?.tookMs).toBeLessThan(TIMING.diagnosisMs);
      await firstToType(
        id,
        findings.filter(({ name, verdict }) => name.startsWith(`${id} `) && verdict === 'unknown'),
      );
    }
  },
);

/** Behind the card's button, before all other steps. */
async function firstToType(id: string, unseen: readonly { readonly step: string }[]): Promise<void> {
  const card = world.slack.messages(ALERTS).find(({ text }) => text.includes(`${id} · `));
  if (card === undefined) throw new Error(`${id} has no card.`);
  const person = world.slack.as('UBYSTANDER');
  await person.click(card, 'Commands to type');
  await bot.app.idle();
  const said = JSON.stringify(person.ephemerals().at(-1)?.blocks);
  const [first = '', others = ''] = said.split('*The other steps*');
  if (unseen.length === 0) {
    expect(said).not.toContain('Look by hand first');
    return;
  }
  expect(JSON.stringify(card.blocks)).toContain('Look by hand: *Commands to type* begins with these.');
  expect(first).toContain('*Look by hand first');
  for (const { step } of unseen) expect(first).toContain(`*${step}* `);
  expect(first.match(/rich_text_preformatted/g)).toHaveLength(unseen.length);
  expect(others).toContain('rich_text_preformatted');
}

test('half an answer is told as half', async () => {
  const pod = await world.world.read(
    ({ pods }) => pods.find(({ app }) => app === 'order-service')?.name ?? '',
  );
  for (const path of [new RegExp(`${pod}/log`), new RegExp(`${pod}:.*/proxy/`)])
    heals.push(world.kubernetes.faults.add({ match: { path }, fault: { mode: 'status', status: 500 } }));
  const incidents = await looked();
  const half = findingsOf(incidents).filter(({ name, verdict }) => verdict !== sound[name]);
  for (const { verdict } of half) expect(verdict).toBe('unknown');
  expect(Object.fromEntries(half.map(({ step, line }) => [step, line]))).toEqual({
    R10: expect.stringContaining(`Not everything could be read: ${pod}: Kubernetes answered 500.`),
    X11: expect.stringContaining(`Not everything could be read: ${pod}: Kubernetes answered 500.`),
    R15: expect.stringContaining('2 of 3 pods answered'),
    R37: expect.stringContaining('1 of 3 pods did not say'),
  });
});

test('and afterwards all is as it was', async () => {
  expect(verdictsOf(await looked())).toEqual(sound);
});
