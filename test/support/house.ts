import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

interface Room {
  readonly rooms: readonly string[];
  readonly vendors: readonly string[];
}

const SEES = ['domain', 'ports'];

/** Who may import whom. A room not named here may import nothing; arrows go down only. Files of `src` itself wire. */
export const HOUSE: Readonly<Record<string, Room>> = {
  domain: { rooms: [], vendors: ['zod'] },
  ports: { rooms: ['domain'], vendors: [] },
  runbooks: { rooms: SEES, vendors: ['zod'] },
  intake: { rooms: ['domain'], vendors: ['zod', 'fastest-levenshtein'] },
  views: { rooms: ['domain'], vendors: ['zod', '@slack/types'] },
  pipeline: { rooms: [...SEES, 'runbooks'], vendors: ['zod'] },
  slack: {
    rooms: [...SEES, 'runbooks', 'pipeline', 'intake', 'views'],
    vendors: ['zod', '@slack/bolt', '@slack/web-api'],
  },
  http: {
    rooms: [...SEES, 'runbooks', 'pipeline', 'intake', 'views'],
    vendors: ['zod', 'hono', '@hono/node-server'],
  },
  adapters: {
    rooms: SEES,
    vendors: [
      'node-cron',
      'zod',
      'undici',
      'ws',
      'yaml',
      'pg',
      'parse-prometheus-text-format',
      '@kubernetes/client-node',
      'cockatiel',
      'ioredis',
      '@aws-sdk/client-s3',
      'kafkajs',
    ],
  },
  store: { rooms: SEES, vendors: ['zod', 'pg'] },
  config: { rooms: ['runbooks'], vendors: ['zod'] },
  cli: {
    rooms: [...SEES, 'runbooks', 'pipeline', 'intake', 'views', 'store', 'config', '.'],
    vendors: ['zod', 'commander'],
  },
  '.': {
    rooms: [
      ...SEES,
      'runbooks',
      'pipeline',
      'intake',
      'views',
      'slack',
      'http',
      'adapters',
      'store',
      'config',
    ],
    vendors: ['zod', 'pino', 'pg', 'yaml', 'fastest-levenshtein'],
  },
};

/** Rooms whose time and chance come from outside, and the files elsewhere that bring them. */
const TIMELESS = ['domain', 'runbooks', 'pipeline', 'views', 'intake', 'slack', 'http'];
const TIME =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bsetTimeout\(|\bsetInterval\(|AbortSignal\.timeout\(/;
const IMPORT =
  /^(?:(?:import|export)\b[^;'"=]*?\bfrom\s+|import\s+)['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
const ENVIRONMENT = /\bprocess\.env\b/;

/** What is wrong with one file of `src`, one sentence each; empty when nothing is. */
export function complaints(file: string, text: string): readonly string[] {
  const room = roomOf(file);
  const allowed = HOUSE[room];
  if (allowed === undefined) return [`${room} is no room of the house`];
  const found: string[] = [];
  for (const [, still, late] of text.matchAll(IMPORT)) {
    const target = still ?? late ?? '';
    if (target.startsWith('node:')) continue;
    if (target.startsWith('.')) {
      const other = roomOf(join(dirname(file), target));
      if (other !== room && !allowed.rooms.includes(other))
        found.push(`${room} may not import ${other} (${target})`);
    } else if (!allowed.vendors.includes(vendorOf(target))) found.push(`${room} may not import ${target}`);
  }
  if (TIMELESS.includes(room) && TIME.test(text)) found.push('takes time or chance without the clock port');
  const mayReadEnvironment = room === 'cli' || file.endsWith('src/main.ts');
  if (ENVIRONMENT.test(text) && !mayReadEnvironment) found.push('reads process.env');
  return found;
}

export function lineCount(file: string): number {
  return readFileSync(file, 'utf8').split('\n').length - 1;
}

function roomOf(file: string): string {
  const inside = relative('src', file);
  return inside.includes('/') ? (inside.split('/')[0] ?? '') : '.';
}

function vendorOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}
