// Runs a TypeScript file under the project's own Node 24, whatever Node the machine has.
// Plain JavaScript on purpose: this is the one file that an older Node has to understand.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs the packages when they are missing or older than package-lock.json. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.oms-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('oms-bot: installing packages, about a minute on a fresh clone.');
  // Not `npm ci`: it refuses a lock file that leaves out binaries of other platforms, as a partial mirror makes one.
  const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('oms-bot: npm install failed; what it said stands above. Nothing else was started.');
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

/** The child gets the signals that this process gets, and the exit code is the child's. */
function run(file, args) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, file), ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}

install();
run(process.argv[2], process.argv.slice(3));
