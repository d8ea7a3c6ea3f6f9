import { spawn } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fillOnce } from './cache.ts';

/** The path of a program that this machine has; null: it has none of that name. */
export function onPath(program: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {}
  }
  return null;
}

export interface FinishedOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly keep?: number;
  readonly apart?: boolean;
}

/**
 * @param options.keep of what it says, the last so many characters
 * @param options.apart leaves its second output out, which may fall into the middle of a line
 * @throws Error with the end of what it said, unless it ends with 0
 */
export async function finished(
  command: string,
  args: readonly string[],
  { keep = 20_000, apart = false, ...options }: FinishedOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    env: { ...process.env, ...options.env },
  });
  let said = '';
  let beside = '';
  child.stdout.on('data', (text: Buffer) => {
    said = `${said}${text}`.slice(-keep);
  });
  child.stderr.on('data', (text: Buffer) => {
    if (apart) beside = `${beside}${text}`.slice(-keep);
    else said = `${said}${text}`.slice(-keep);
  });
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said);
      else
        reject(
          new Error(
            `${command} ${args[0] ?? ''} ended with ${code}: ${`${said}${beside}`.trim().slice(-600)}`,
          ),
        );
    });
  });
}

/** Programs and their packages. */
const DEBIAN = {
  'redis-server': 'redis-server',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  prometheus: 'prometheus',
  nc: 'netcat-openbsd',
};

/** From Debian's packages, all that we use of them at once: apt does one thing at a time. */
export async function fromDebian(program: string): Promise<string> {
  if (onPath('apt-get') === null) throw new Error(`there is no ${program} on PATH, and no apt-get`);
  if (process.getuid?.() !== 0)
    throw new Error(`there is no ${program} on PATH, and only root may install it with apt-get`);
  const packages = Object.entries(DEBIAN).flatMap(([name, its]) => (onPath(name) === null ? [its] : []));
  // At run level 1 no package starts its service.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await finished('apt-get', ['update', '-qq'], { env });
  await finished(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages],
    { env },
  );
  const path = onPath(program);
  if (path === null) throw new Error(`apt-get installed ${packages.join(', ')}, but no ${program}`);
  return path;
}

/** Built from the Go module proxy, two minutes once. */
export async function fromGo(program: string, path: string, version: string): Promise<string> {
  if (onPath('go') === null)
    throw new Error(`${program} is neither on PATH nor built yet, and there is no Go`);
  const folder = await fillOnce(`${program}-${version}`, async (partial) => {
    const said = `-X main.Version=${version}`;
    await finished('go', ['install', '-trimpath', '-ldflags', said, `${path}@v${version}`], {
      env: { GOBIN: partial, CGO_ENABLED: '0' },
    });
  });
  return join(folder, program);
}

/** Jars of one version of Kafka, broker and command line tools, from Maven Central. The folder holds `libs`. */
export async function fromMaven(version: string): Promise<string> {
  for (const program of ['java', 'mvn'])
    if (onPath(program) === null) throw new Error(`there is no ${program} on PATH`);
  const depends = [
    ['org.apache.kafka', 'kafka_2.13', version],
    ['org.apache.kafka', 'kafka-tools', version],
    // Without a binding a broker that cannot start says nothing; 3.9 brings another along.
    ['org.slf4j', 'slf4j-simple', '1.7.36'],
  ].map(
    ([group, artifact, of]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${of}</version>
<exclusions><exclusion><groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId></exclusion></exclusions></dependency>`,
  );
  return await fillOnce(`kafka-${version}`, async (partial) => {
    writeFileSync(
      join(partial, 'pom.xml'),
      `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>oms-bot</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${depends.join('')}</dependencies></project>`,
    );
    await finished('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=libs'], {
      cwd: partial,
    });
  });
}
