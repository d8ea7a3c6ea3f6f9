import * as z from 'zod';
import { ExportId } from '../../domain/ids.ts';
import type { AdminChanges, AdminQuestions, ExportJob } from '../../ports/order-service.ts';
import { AbsentSystem } from '../../ports/system-error.ts';
import { callKnown, callService, type OrderServiceSettings, post } from './client.ts';
import { Accepted, headersOf, Time, Whole } from './schema.ts';

/** The words in which services say how a job stands. */
const STATUS: Readonly<Record<string, ExportJob['status']>> = {
  queued: 'processing',
  pending: 'processing',
  running: 'processing',
  processing: 'processing',
  done: 'completed',
  completed: 'completed',
  succeeded: 'completed',
  failed: 'failed',
  error: 'failed',
  timeout: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

const Day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d/)
  .transform((text) => text.slice(0, 10));

/** Only the fields that we read; of the link only whether it is there. */
const Export = z
  .object({
    id: ExportId,
    status: z
      .string()
      .max(40)
      .transform((text) => STATUS[text.toLowerCase()])
      .refine((status) => status !== undefined, 'a status that is not known'),
    format: z.string().max(20).nullish(),
    startDate: Day.nullish(),
    endDate: Day.nullish(),
    startedAt: Time,
    progressAt: Time.nullish(),
    endedAt: Time.nullish(),
    rows: Whole.nullish(),
    expectedRows: Whole.nullish(),
    downloadUrl: z.string().nullish(),
    errorCode: z.string().max(80).nullish(),
  })
  .transform(
    (read): ExportJob => ({
      id: read.id,
      status: read.status ?? 'failed',
      format: read.format ?? null,
      from: read.startDate ?? null,
      to: read.endDate ?? null,
      startedAt: read.startedAt,
      progressAt: read.progressAt ?? null,
      endedAt: read.endedAt ?? null,
      rows: read.rows ?? null,
      expectedRows: read.expectedRows ?? null,
      link: (read.downloadUrl ?? '') !== '',
      errorCode: read.errorCode ?? null,
    }),
  );

const Exports = z.object({ exports: z.array(Export).max(1_000) });
const Created = z.looseObject({ id: ExportId });

/** R69, X14. */
export function exportQuestions(
  settings: OrderServiceSettings,
): Pick<AdminQuestions, 'exportJob' | 'exports'> {
  return {
    async exportJob(id, signal) {
      const path = settings.paths.export.replace('{id}', id);
      return await callKnown(settings, Export, { method: 'GET', path, signal });
    },
    async exports(signal) {
      const path = settings.paths.exports;
      if (path == null) throw new AbsentSystem('The list of exports is not configured (`admin.exports`).');
      const query = '?status=processing';
      const found = await callService(settings, Exports, { method: 'GET', path: `${path}${query}`, signal });
      return found.exports;
    },
  };
}

/** R73–R75. */
export function exportChanges(
  settings: OrderServiceSettings,
): Pick<AdminChanges, 'retryExport' | 'cancelExport' | 'createExport'> {
  return {
    async retryExport(id, licence, signal) {
      const path = settings.paths.retryExport.replace('{id}', id);
      await post(settings, Accepted, path, licence, signal);
      return 'Taken by the service.';
    },
    async cancelExport(id, licence, signal) {
      const path = settings.paths.export.replace('{id}', id);
      const taken = z.looseObject({ status: z.string() });
      await callService(settings, taken, { method: 'DELETE', path, headers: headersOf(licence), signal });
      return 'Taken by the service.';
    },
    async createExport({ format, from, to }, licence, signal) {
      const { id } = await post(settings, Created, settings.paths.createExport, licence, signal, {
        format,
        startDate: from,
        endDate: to,
      });
      return `${id} was begun for ${from} to ${to}.`;
    },
  };
}
