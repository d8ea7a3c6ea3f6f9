import { existsSync, readFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { systemClock, systemIds } from './adapters/system/clock.ts';
import { cronScheduler } from './adapters/system/cron.ts';
import { createApp } from './app.ts';
import { type Config, ConfigError, missingToStart, readConfig } from './config.ts';
import { realHands } from './parts.ts';
import { SystemError } from './ports/system-error.ts';
import { databaseWords, migrate, openPool } from './store/database.ts';
import { startEmbeddedPostgres } from './store/embedded.ts';
import { createJournal } from './store/journal.ts';
import { createSamples } from './store/samples.ts';
import { createVoiceStore } from './store/voice-store.ts';

// The process: environment → configuration → parts → start; a signal, or a failed start, ends it in order.

/** Whatever is in hand is finished within this, else cut off, ms; Kubernetes kills after 30 s. */
const END_MS = 25_000;
/** A terminal and the starter both send the first signal; one that comes later than this is meant, ms. */
const SAME_SIGNAL_MS = 1_000;

const closers: (() => Promise<unknown>)[] = [];
let endingSince: number | null = null;

// The library's disconnect can race its own reconnect and rejects with nothing; anything else stays fatal.
process.on('unhandledRejection', (reason) => {
  if (reason !== undefined) throw reason;
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (endingSince === null) void end(0);
    else if (performance.now() - endingSince > SAME_SIGNAL_MS) process.exit(1);
  });

try {
  await start();
} catch (err) {
  if (endingSince === null) {
    console.error(inWords(err));
    await end(1);
  }
}

async function start(): Promise<void> {
  const reread = () =>
    readConfig({
      env: process.env,
      readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
    });
  const config = reread();
  const { env } = config;
  const missing = missingToStart(env);
  if (missing.length > 0) throw new ConfigError(missing);
  const log = pino({ level: env.LOG_LEVEL }, pino.destination({ dest: 1, sync: true }));
  closers.push(async () => log.info({}, 'oms-bot has ended'));
  const pool = await openDatabase(env, log);
  const step = async <T>(_name: string, work: () => Promise<T>) => await work();
  const hands = await realHands(config, log);
  closers.push(hands.close);
  const app = await createApp({
    config,
    journal: createJournal({ pool, clock: systemClock, step }),
    samples: createSamples(pool),
    voice: createVoiceStore({ pool, ids: systemIds }),
    clock: systemClock,
    ids: systemIds,
    log,
    slack: {
      botToken: env.SLACK_BOT_TOKEN ?? '',
      appToken: env.SLACK_APP_TOKEN ?? '',
      apiUrl: env.SLACK_API_URL,
    },
    ...hands,
    step,
    scheduler: cronScheduler(log),
    sampling: true,
    reread,
  });
  closers.push(app.stop);
  closers.push(async () => log.info({}, 'oms-bot finishes what is in hand and ends'));
  await app.start();
  if (hands.pager === null && config.oms.environment === 'prod')
    log.warn({}, 'no PAGERDUTY_ROUTING_KEY: escalations reach channels and people, and page nobody');
  log.info({ port: app.port(), environment: config.oms.environment }, 'oms-bot is up');
}

/** The bot's own database, up to date, as the bot's role. */
async function openDatabase(env: Config['env'], log: Logger) {
  const embedded =
    env.DATABASE_URL === undefined ? await startEmbeddedPostgres({ dataDir: '.oms/postgres' }) : null;
  if (embedded !== null) {
    closers.push(embedded.stop);
    log.info({ dataDir: embedded.dataDir }, 'no DATABASE_URL: an embedded PostgreSQL was started');
  }
  const url = env.DATABASE_URL ?? embedded?.url ?? '';
  const setting = env.DATABASE_OWNER_URL === undefined ? 'DATABASE_URL' : 'DATABASE_OWNER_URL';
  await reached(setting, migrate(env.DATABASE_OWNER_URL ?? url));
  const pool = openPool(url, log);
  closers.push(async () => await pool.end());
  const offset = await reached(
    'DATABASE_URL',
    pool.query<{ zero: boolean }>(`select story_offset = '0' as zero from clock`),
  );
  if (offset.rows[0]?.zero !== true)
    throw new ConfigError([
      'The clock of this database was moved by a pretend world. Use another DATABASE_URL.',
    ]);
  return pool;
}

/** @throws SystemError that names the setting to look at */
async function reached<T>(setting: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    const because = `The bot’s own database (${setting}): ${databaseWords(cause)}.`;
    throw new SystemError('the bot’s own database', 'failed', because, {
      sent: 'no',
      mayRetry: true,
      cause,
    });
  }
}

/** One sentence where we know what is wrong; everything there is where we do not. */
function inWords(err: unknown): unknown {
  if (err instanceof ConfigError) return err.message;
  if (err instanceof SystemError) return `oms-bot could not start. ${err.message}`;
  if (err instanceof Error && 'code' in err && err.code === 'EADDRINUSE')
    return `oms-bot could not start. The port is taken (${err.message}). Set PORT to another one.`;
  return err;
}

/** Ends what was started, the last first, also when something of it fails. */
async function end(code: number): Promise<void> {
  endingSince = performance.now();
  setTimeout(() => process.exit(1), END_MS).unref();
  for (const close of closers.splice(0).reverse())
    await close().catch((err: unknown) => console.error('oms-bot, while ending:', err));
  process.exit(code);
}
