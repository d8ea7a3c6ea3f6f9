import { existsSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { systemClock, systemIds } from './adapters/system/clock.ts';
import { cronScheduler } from './adapters/system/cron.ts';
import { createApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { realHands } from './parts.ts';
import { migrate, openPool } from './store/database.ts';
import { startEmbeddedPostgres } from './store/embedded.ts';
import { createJournal } from './store/journal.ts';
import { createVoiceStore } from './store/voice-store.ts';

// The process: environment → configuration → parts → start; a signal ends it in order.
try {
  await start();
} catch (err) {
  console.error(err instanceof ConfigError ? err.message : err);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const config = readConfig({
    env: process.env,
    readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  });
  const { env } = config;
  const missing = (['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'] as const).filter((name) => env[name] === undefined);
  if (missing.length > 0)
    throw new ConfigError(
      missing.map((name) => `${name} is not set. Socket Mode needs it; docs: README, “A real Slack”.`),
    );
  if (env.DATABASE_URL === undefined && env.KUBERNETES_SERVICE_HOST !== undefined) {
    throw new ConfigError([
      'DATABASE_URL is not set. Inside Kubernetes an embedded database would be lost with the pod.',
    ]);
  }
  const log = pino({ level: env.LOG_LEVEL }, pino.destination({ dest: 1, sync: true }));
  const embedded =
    env.DATABASE_URL === undefined ? await startEmbeddedPostgres({ dataDir: '.oms/postgres' }) : null;
  if (embedded !== null)
    log.info({ dataDir: embedded.dataDir }, 'no DATABASE_URL: an embedded PostgreSQL was started');
  const url = env.DATABASE_URL ?? embedded?.url ?? '';
  await migrate(env.DATABASE_OWNER_URL ?? url);
  const pool = openPool(url, log);
  const offset = await pool.query<{ zero: boolean }>(`select story_offset = '0' as zero from clock`);
  if (offset.rows[0]?.zero !== true)
    throw new ConfigError([
      'The clock of this database was moved by a pretend world. Use another DATABASE_URL.',
    ]);
  const step = async <T>(_name: string, work: () => Promise<T>) => await work();
  const hands = await realHands(config, log);
  const app = await createApp({
    config,
    journal: createJournal({ pool, step, ids: systemIds }),
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
  });
  await app.start();
  if (hands.pager === null && config.oms.environment === 'prod')
    log.warn({}, 'no PAGERDUTY_ROUTING_KEY: escalations reach channels and people, and page nobody');
  log.info({ port: app.port(), environment: config.oms.environment }, 'oms-bot is up');
  // The library's disconnect can race its own reconnect and rejects with nothing; anything else stays fatal.
  process.on('unhandledRejection', (reason) => {
    if (reason !== undefined) throw reason;
  });
  async function end(): Promise<void> {
    log.info({}, 'oms-bot finishes what is in hand and ends');
    await app.stop();
    await hands.close();
    await pool.end();
    await embedded?.stop();
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
}
