import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/long-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need a cluster: npm run test:cluster.
    exclude: ['test/cluster/**'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // One process a worker: loading the bot anew for each of two hundred files was most of their time.
    isolate: false,
    // kafkajs', once per process and without any effect.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    // A third has work while two wait for a lease or a server.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    // A busy machine is no failure.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
