import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closingLines } from './notes.ts';

test('what ran on what is one line, and each that was left out one more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oms-notes-'));
  const notes = [
    { name: 'Kafka', version: '3.9.2', leftOut: null },
    { name: 'PostgreSQL', version: '18.4', leftOut: null },
    { name: 'Kafka', version: '4.3.1', leftOut: null },
    { name: 'Kafka', version: '4.3.1', leftOut: null },
    { name: 'Redis', version: '', leftOut: 'there is no apt-get' },
    { name: 'Redis', version: '', leftOut: 'there is no apt-get' },
  ];
  writeFileSync(join(folder, 'notes'), notes.map((note) => `${JSON.stringify(note)}\n`).join(''));
  expect(closingLines(join(folder, 'notes'))).toEqual([
    'Real systems: Kafka 4.3.1 and 3.9.2, PostgreSQL 18.4',
    'Left out: Redis: there is no apt-get.',
  ]);
  expect(closingLines(join(folder, 'no-notes'))).toEqual(['Real systems: none']);
  rmSync(folder, { recursive: true });
});
