// Runs a TypeScript file under the project's own Node 24, whatever Node the machine has.
// Plain JavaScript on purpose: this is the one file that an older Node has to understand.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';

function giveUp(because, code = 1) {
  console.error(`oms-bot: ${because} Nothing else was started.`);
  process.exit(code);
}

/** Installs the packages when they are missing or older than package-lock.json. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.oms-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('oms-bot: installing packages, about a minute on a fresh clone.');
  // Not `npm ci`: docs/decisions/0011.
  const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: windows,
  });
  if (npm.error) giveUp(`npm could not be started (${npm.error.message}). It comes with Node.`);
  if (npm.status !== 0) giveUp('npm install failed; what it said stands above.', npm.status ?? 1);
  writeFileSync(stamp, lock);
}

/** The child gets the signals that this process gets, and the exit code is the child's. */
function run(file, args) {
  const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  // The second is kafkajs', once per process and without any effect.
  const quiet = ['ExperimentalWarning', 'TimeoutNegativeWarning'].map((name) => `--disable-warning=${name}`);
  // Node takes the types out of each file and compiles it; kept, that is done once and not at each start.
  const compiled = join(root, 'node_modules', '.cache', 'oms-compiled');
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env };
  // A small young generation: a bot keeps little and lets much flow past, and holds half as much (docs/figures.md). No links
  // resolved: npm installs none, and looking for them at each of 800 files is a tenth of what loading them takes.
  const { nodeFlags } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).config;
  const flags = file === 'src/main.ts' ? [...quiet, ...nodeFlags.split(' ')] : quiet;
  const child = spawn(node, [...flags, join(root, file), ...args], { stdio: 'inherit', env });
  child.on('error', (err) =>
    giveUp(
      `${node} does not start (${err.message}). It comes with an install script: allow those, remove node_modules, try again.`,
    ),
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
  // npm dies of a SIGTERM without passing it on; started without npm we may well outlive whoever started us.
  const parent = process.ppid;
  if (process.env['npm_lifecycle_event'] === undefined) return;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 1_000).unref();
}

install();
run(process.argv[2], process.argv.slice(3));
