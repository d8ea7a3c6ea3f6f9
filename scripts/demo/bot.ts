import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock, systemIds } from '../../src/adapters/system/clock.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { realHands } from '../../src/parts.ts';
import { sampleFigures } from '../../src/pipeline/sampler.ts';
import type { KafkaLever, KafkaProbe } from '../../src/ports/kafka.ts';
import type { RedisLever, RedisProbe } from '../../src/ports/redis.ts';
import { rulesOf } from '../../src/rules-of.ts';
import { openPool } from '../../src/store/database.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createSamples } from '../../src/store/samples.ts';
import { createVoiceStore } from '../../src/store/voice-store.ts';
import type { Closers } from './closers.ts';
import { keepPast } from './past.ts';

/** Where the bot finds the pretend world: as it would in a real one, by its environment and its `oms.yaml`. */
export interface BotSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly yaml: string;
  readonly adminToken: string;
  readonly kubeconfig: string;
  /** What speaks no HTTP is pretended behind its port. */
  readonly redis: { readonly probe: RedisProbe; readonly lever: RedisLever };
  readonly kafka: { readonly probe: KafkaProbe; readonly lever: KafkaLever };
}

/** The bot itself with its real adapters, in this process. */
export async function startBot(
  { env, yaml, adminToken, kubeconfig, redis, kafka }: BotSettings,
  closers: Closers,
) {
  const folder = mkdtempSync(join(tmpdir(), 'oms-demo-'));
  closers.add(async () => rmSync(folder, { recursive: true, force: true }));
  const tokenFile = join(folder, 'admin-token');
  writeFileSync(tokenFile, adminToken, { mode: 0o600 });
  const kubeconfigFile = join(folder, 'kubeconfig');
  writeFileSync(kubeconfigFile, kubeconfig, { mode: 0o600 });
  const config = readConfig({
    env: { ...env, PORT: '0', ORDER_SERVICE_TOKEN_FILE: tokenFile, KUBECONFIG: kubeconfigFile },
    readFile: () => yaml,
  });
  // The page shows what the bot says; its log is for whoever asks.
  const level = process.env['LOG_LEVEL'] ?? 'silent';
  const log = pino({ level }, pino.destination({ dest: 2, sync: true }));
  const pool = openPool(config.env.DATABASE_URL ?? '', log);
  closers.add(async () => await pool.end());
  const hands = await realHands(config, log);
  closers.add(hands.close);
  const step = async <T>(_name: string, work: () => Promise<T>) => await work();
  const journal = createJournal({ pool, clock: systemClock, step });
  const samples = createSamples(pool);
  const app = await createApp({
    config,
    journal,
    samples,
    voice: createVoiceStore({ pool, ids: systemIds }),
    clock: systemClock,
    ids: systemIds,
    log,
    slack: {
      botToken: config.env.SLACK_BOT_TOKEN ?? '',
      appToken: config.env.SLACK_APP_TOKEN ?? '',
      apiUrl: config.env.SLACK_API_URL,
    },
    probes: { ...hands.probes, redis: redis.probe, kafka: kafka.probe },
    levers: { ...hands.levers, redis: redis.lever, kafka: kafka.lever },
    pager: hands.pager,
    step,
    sampling: true,
  });
  const asking = { rules: rulesOf(config, false), clock: systemClock, probes: hands.probes };
  await keepPast(
    samples,
    async () => await sampleFigures(asking),
    await journal.now(),
    config.oms.metrics.requests,
  );
  await app.start();
  closers.add(async () => await app.stop());
  return { port: app.port, wake: app.wake, journal, alerts: config.oms.channels.alerts };
}
