import type { Incident } from '../domain/incident.ts';
import type { Transaction } from '../ports/journal.ts';
import { runbookById } from '../runbooks/catalogue.ts';
import { close, trigger } from './pages.ts';
import type { Parts } from './parts.ts';

/** What the voice knows of Slack: since when it shows no card (real time, epoch ms), and whether it has answered. */
export interface Hearing {
  silentSince(): number | null;
  answered(): boolean;
}

/**
 * While Slack shows no card the summary of each open incident goes to PagerDuty, once for an outage, and is
 * resolved when Slack is back (design §6). Outside prod nothing pages.
 */
export function createSlackWatch(parts: Parts, hearing: Hearing) {
  // Whoever spoke before us may have left an outage open.
  let maybeOpen = true;

  async function look(): Promise<void> {
    if (parts.rules.environment !== 'prod') return;
    const silentSince = hearing.silentSince();
    if (silentSince !== null && parts.clock.now() - silentSince >= parts.rules.timing.slackOutageMs) {
      await parts.journal.transact('page instead of Slack', async (tx) => await pageInstead(parts, tx));
      maybeOpen = true;
    }
    if (maybeOpen && silentSince === null && hearing.answered()) {
      await parts.journal.transact('Slack is back', async (tx) => await closeAll(tx));
      maybeOpen = false;
    }
  }

  return { look };
}

async function pageInstead(parts: Parts, tx: Transaction): Promise<void> {
  const standing = await tx.slackOutage();
  if (standing === null) tx.note({ type: 'Slack cannot be reached' });
  const outage = standing ?? (await tx.beginSlackOutage());
  const open = (await parts.journal.openIncidents()).filter(({ id }) => !outage.paged.includes(id));
  for (const incident of open) tx.say(summary(parts, incident, outage.id));
  if (open.length > 0)
    await tx.slackOutagePaged(
      outage.id,
      open.map(({ id }) => id),
    );
}

function summary(parts: Parts, incident: Incident, outage: number) {
  const { diagnosis, impact } = incident;
  const broken = diagnosis?.findings.find(({ verdict }) => verdict === 'broken')?.line;
  const affected = impact?.known
    ? `${impact.affected} of ${impact.total} orders are affected.`
    : 'Impact unknown.';
  const because = `The card cannot be shown in Slack, so this comes here. ${broken ?? 'No check is broken.'} ${affected}`;
  return trigger(incident, keyOf(incident, outage), runbookById(incident.runbook).team, because, parts.rules);
}

async function closeAll(tx: Transaction): Promise<void> {
  const outage = await tx.slackOutage();
  if (outage === null) return;
  for (const id of outage.paged) {
    const incident = await tx.incident(id);
    if (incident === null) continue;
    const { team } = runbookById(incident.runbook);
    tx.say(
      close(incident, keyOf(incident, outage.id), team, 'Slack is back; the card shows the newest state.'),
    );
  }
  await tx.endSlackOutage(outage.id);
  tx.note({ type: 'Slack is back' });
}

function keyOf(incident: Incident, outage: number): string {
  return `oms/${incident.environment}/${incident.id}/slack-outage-${outage}`;
}
