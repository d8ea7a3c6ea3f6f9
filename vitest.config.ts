import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need a cluster: npm run test:cluster.
    exclude: ['test/cluster/**'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // kafkajs', once per process and without any effect.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    maxWorkers: 2,
    // A busy machine is no failure.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
