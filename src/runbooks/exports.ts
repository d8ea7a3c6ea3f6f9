import { defineRunbook } from './define-runbook.ts';
import { advice } from './exports/advice.ts';
import { byHand } from './exports/by-hand.ts';
import { cancelExport } from './exports/cancel.ts';
import { causes } from './exports/causes.ts';
import { checks, type ExportData } from './exports/checks.ts';
import { createExport } from './exports/create.ts';
import { knowledge } from './exports/knowledge.ts';
import { retryExport } from './exports/retry.ts';

/** Runbook 10: export jobs fail or do not end. */
export const exports = defineRunbook<ExportData>({
  id: 'exports',
  number: 10,
  title: 'Export job failures',
  codes: ['EXPORT_FAILED', 'EXPORT_TIMEOUT', 'FILE_GENERATION_ERROR'],
  words: ['fail', 'timeout', 'stuck'].map((how) => ['export', how]),
  severity: 'low',
  team: 'orders',
  checks,
  causes,
  actions: [retryExport, cancelExport, createExport],
  advice,
  byHand,
  knowledge,
  impact: {
    means: 'exports touch no order',
    async measure({ now }) {
      return { known: false, because: 'Exports touch no order; the card counts the jobs.', at: now };
    },
  },
  atOnce: () => null,
});
