import * as z from 'zod';
import type { StatusPageSummary } from '../../ports/status-page.ts';
import { clean } from '../http.ts';

/**
 * `/api/v2/summary.json` of a Statuspage, only the fields that we read: pages differ in what else they say. Checked
 * against Atlassian's own description of it (https://metastatuspage.com/api).
 */
const Text = z
  .string()
  .max(2_000)
  .transform((text) => clean(text) ?? '');
const Name = Text.pipe(z.string().min(1));
const Word = Text.transform((word) => word.toLowerCase().replaceAll('_', ' '));
const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const Affected = z
  .array(z.object({ name: Name }))
  .nullish()
  .transform((components) => (components ?? []).map(({ name }) => name));

const Incident = z
  .object({
    name: Name,
    status: Word,
    impact: Word.nullish(),
    started_at: Time.nullish(),
    created_at: Time,
    components: Affected,
    incident_updates: z.array(z.object({ affected_components: Affected })).nullish(),
  })
  .transform(({ started_at, created_at, incident_updates, impact, components, ...rest }) => ({
    ...rest,
    impact: impact ?? 'none',
    since: started_at ?? created_at,
    // Older pages name what is affected only in their updates.
    components: [
      ...new Set([
        ...components,
        ...(incident_updates ?? []).flatMap(({ affected_components }) => affected_components),
      ]),
    ],
  }));

const Maintenance = z
  .object({
    name: Name,
    status: Word,
    scheduled_for: Time,
    scheduled_until: Time.nullish(),
    components: Affected,
  })
  .transform(({ name, status, scheduled_for, scheduled_until, components }) => ({
    name,
    status,
    since: scheduled_for,
    until: scheduled_until ?? null,
    components,
  }));

const Component = z.object({ name: Name, status: Word });

const OVER: readonly string[] = ['resolved', 'postmortem', 'completed'];
const UNDER_WAY: readonly string[] = ['in progress', 'verifying'];

/** One entry that cannot be read hides no other, and is counted. */
export const Summary = z
  .object({
    page: z.looseObject({}),
    components: z.array(z.unknown()),
    incidents: z.array(z.unknown()),
    scheduled_maintenances: z.array(z.unknown()).nullish(),
  })
  .transform(({ components, incidents, scheduled_maintenances }): StatusPageSummary => {
    const planned = scheduled_maintenances ?? [];
    const read = {
      components: components.flatMap((one) => Component.safeParse(one).data ?? []),
      incidents: incidents.flatMap((one) => Incident.safeParse(one).data ?? []),
      maintenance: planned.flatMap((one) => Maintenance.safeParse(one).data ?? []),
    };
    return {
      components: read.components,
      incidents: read.incidents
        .filter(({ status }) => !OVER.includes(status))
        .sort((one, other) => one.since - other.since),
      maintenance: read.maintenance
        .filter(({ status }) => UNDER_WAY.includes(status))
        .map(({ status: _status, ...rest }) => rest),
      unread:
        components.length -
        read.components.length +
        (incidents.length - read.incidents.length) +
        (planned.length - read.maintenance.length),
    };
  });
