import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { complaints, lineCount } from './support/house.ts';

describe('the wall', () => {
  test.each(globSync('src/**/*.ts'))('%s looks only downwards', (file) => {
    expect(complaints(file, readFileSync(file, 'utf8'))).toEqual([]);
  });

  test('no file is longer than 300 lines', () => {
    const files = globSync('{src,sim,test,scripts,bench}/**/*.{ts,tsx,mjs,sql,css}');
    expect(files.filter((file) => lineCount(file) > 300)).toEqual([]);
  });

  test.each([
    [
      'a room above',
      'src/domain/a.ts',
      `import { x } from '../store/rows.ts';`,
      'domain may not import store',
    ],
    ['a vendor of another room', 'src/views/a.ts', `import pg from 'pg';`, 'views may not import pg'],
    ['a late import', 'src/domain/a.ts', `await import('hono')`, 'domain may not import hono'],
    ['the clock', 'src/pipeline/a.ts', 'const now = Date.now();', 'without the clock port'],
    ['the environment', 'src/store/a.ts', `process.env['X']`, 'reads process.env'],
  ])('refuses %s', (_rule, file, text, complaint) => {
    expect(complaints(file, text).join()).toContain(complaint);
  });

  test('takes no ordinary text for an import', () => {
    expect(complaints('src/domain/a.ts', `export type T = 'hono';`)).toEqual([]);
  });

  test('the source’s words for systems stand in runbooks only as commands to type', () => {
    for (const file of globSync('src/runbooks/**/*.ts')) {
      const code = readFileSync(file, 'utf8')
        .replace(/(?:source|equivalent|notYet)[\s\S]*?[,;)]\n/g, '')
        .replace(/`kubectl[^`]*`|'kubectl[^']*'/g, '');
      expect(code, file).not.toMatch(/\bkubectl\b|\bselect\s+\w+\s+from\b|mrkdwn/i);
    }
  });
});
