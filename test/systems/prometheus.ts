import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALERTMANAGER, PROMETHEUS, type System } from './catalogue.ts';
import { locate } from './locate.ts';
import { noteRan } from './notes.ts';
import { freePort, ready, startServer, temporaryFolder } from './server.ts';

export interface RealMonitor {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** @param config the text of its `alertmanager.yml` */
export async function startAlertmanager(config: string): Promise<RealMonitor> {
  return await startMonitor(ALERTMANAGER, config, (folder, address) => [
    `--config.file=${join(folder, 'config.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    // Empty: it looks for no others.
    '--cluster.listen-address=',
  ]);
}

/** @param config the text of its `prometheus.yml`; rules stand in `rules.yml` beside it */
export async function startPrometheus(config: string, rules: string): Promise<RealMonitor> {
  return await startMonitor(
    PROMETHEUS,
    config,
    (folder, address) => [
      `--config.file=${join(folder, 'config.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    rules,
  );
}

async function startMonitor(
  system: System,
  config: string,
  args: (folder: string, address: string) => readonly string[],
  rules = '',
): Promise<RealMonitor> {
  const found = await locate(system);
  if (!('at' in found)) throw new Error(`There is no ${system.name} here.`);
  const folder = temporaryFolder(system.name.toLowerCase());
  writeFileSync(join(folder, 'config.yml'), config);
  writeFileSync(join(folder, 'rules.yml'), rules);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const server = startServer(folder, found.at, args(folder, address));
  await ready(system.name, server, async () => (await fetch(`${url}/-/ready`)).ok, 10_000);
  const version = await versionOf(url);
  noteRan(system.name, version);
  return { url, version, stop: async () => await server.stop() };
}

/** Both say it in the same metric. */
async function versionOf(url: string): Promise<string> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return /^(?:alertmanager|prometheus)_build_info\{.*\bversion="([^"+]+)/m.exec(metrics)?.[1] ?? 'unknown';
}
