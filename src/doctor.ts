import { unprepared, warnings } from './config/warnings.ts';
import type { Config } from './config.ts';
import { examineCluster } from './examine-cluster.ts';
import { type Examined, type Notes, soon } from './examined.ts';
import { namesOf } from './names-of.ts';
import type { Probes } from './ports/probes.ts';
import { AbsentSystem } from './ports/system-error.ts';
import { CATALOGUE } from './runbooks/catalogue.ts';
import { stepsIn } from './runbooks/listing.ts';
import { type Names, RUNBOOK_NAMES } from './runbooks/names.ts';
import { examineSlack } from './slack/examine.ts';

/** A status that no order had for so long is none of theirs, days (ours). */
const DAYS = 7;
const ORDER_SERVICE = 'The order service';
/** They are asked one by one, which needs no way to the service's own pages (docs/decisions/0037). */
const ITS_PODS = 'The order service’s pods';

/** Asks every system whether it can be reached, what the bot may do there, and whether its names are there. Changes nothing. */
export async function examine(config: Config, probes: Probes): Promise<readonly Examined[]> {
  const names = namesOf(config.oms, config.env);
  return await Promise.all([
    about('oms.yaml', async ({ trouble, fine, skipped }) => {
      fine.push(`${config.file ?? 'The defaults (there is no oms.yaml)'} and the environment can be read.`);
      trouble.push(...warnings(config.oms));
      skipped.push(...unprepared(config.oms));
    }),
    about('Slack', async (notes) => await slackOf(config, notes)),
    about('PagerDuty', async ({ skipped, fine }) => {
      const keys = Object.keys(config.env).filter((key) => key.startsWith('PAGERDUTY_ROUTING_KEY'));
      if (keys.some((key) => (config.env as Record<string, unknown>)[key] !== undefined))
        fine.push('A routing key is set; it was not tried, for that would wake somebody.');
      else skipped.push('No routing key is set: nobody is paged.');
    }),
    about(ORDER_SERVICE, async (notes) => await serviceOf(names, probes, notes)),
    about(ITS_PODS, async (notes) => await podsOf(names, probes, notes)),
    about('Kubernetes', async (notes) => await examineCluster(names, probes.kubernetes, notes)),
    about('The orders database', async (notes) => await databaseOf(config, probes, notes)),
    about('Kafka', async (notes) => await kafkaOf(names, probes, notes)),
    about('Redis', async ({ fine }) => {
      const { lockPattern, lockTtlSeconds } = names.redis;
      const ttlMs = lockTtlSeconds === null ? null : lockTtlSeconds * 1_000;
      const { total } = await probes.redis.locks({ pattern: lockPattern, ttlMs }, soon());
      fine.push(`${total} keys match \`redis.lockPattern\`.`);
    }),
    about('S3', async ({ fine }) => {
      await probes.s3.bucket(names.bucket, soon());
      fine.push(`The bucket ${names.bucket} can be reached.`);
    }),
  ]);
}

async function about(system: string, ask: (notes: Notes) => Promise<void>): Promise<Examined> {
  const notes: Notes = { fine: [], trouble: [], skipped: [] };
  try {
    await ask(notes);
  } catch (err) {
    const because = err instanceof Error ? err.message : 'It did not answer.';
    if (err instanceof AbsentSystem) notes.skipped.push(because, ...withoutIt(system));
    else notes.trouble.push(because);
  }
  return { system, ...notes };
}

/** What a system that nobody configured costs: every step of a runbook that needs it. */
function withoutIt(system: string): readonly string[] {
  const { metrics, gatewayHealth } = RUNBOOK_NAMES.paths;
  const steps = CATALOGUE.flatMap((runbook) => stepsIn(runbook, RUNBOOK_NAMES))
    .filter((step) => {
      const ofPods = [metrics, gatewayHealth].some((page) => step.equivalent.includes(`${page}"`));
      return (step.system === ORDER_SERVICE && ofPods ? ITS_PODS : step.system) === system;
    })
    .map(({ step }) => step);
  const some = [...new Set(steps)];
  return some.length === 0 ? [] : [`Without it the bot neither looks nor acts there: ${some.join(', ')}.`];
}

/** Who may approve, and who is called. */
async function slackOf({ env, oms }: Config, { fine, trouble, skipped }: Notes): Promise<void> {
  if (env.SLACK_BOT_TOKEN === undefined) {
    skipped.push('SLACK_BOT_TOKEN is not set.');
    return;
  }
  const { responders, approvers, managers, byAction } = oms.approvals;
  const ids = [...new Set([...responders, ...approvers, ...managers, ...Object.values(byAction).flat()])];
  const addresses = [oms.people.teamLead, oms.people.engineeringManager].filter((one) => one !== undefined);
  const said = await examineSlack(env.SLACK_BOT_TOKEN, env.SLACK_API_URL, { ids, addresses });
  fine.push(said.fine);
  trouble.push(...said.trouble);
}

async function serviceOf(names: Names, { orderService }: Probes, { fine, skipped }: Notes): Promise<void> {
  const question = { status: names.statuses.processing, olderThanMinutes: 1, limit: 1, cursor: null };
  await orderService.stuckOrders(question, soon());
  fine.push(`It lists orders (${names.paths.stuckOrders}).`);
  skipped.push(
    'Whether its token may also change something is seen at the first approved action only: nothing is tried.',
  );
}

async function podsOf(names: Names, { orderService }: Probes, { fine, trouble }: Notes): Promise<void> {
  const wanted = Object.values(names.metrics).filter((name) => name !== null);
  const pods = await orderService.metrics(wanted, soon());
  const silent = pods.filter(({ problem }) => problem !== null);
  if (silent.length > 0)
    trouble.push(`${silent.length} of ${pods.length} pods gave no metrics: ${silent[0]?.problem}`);
  const pages = pods.flatMap(({ value }) => (value === null ? [] : [value]));
  const missing = wanted.filter((name) => pages.every((page) => page[name] === undefined));
  if (pages.length > 0 && missing.length > 0)
    trouble.push(`No pod’s page of metrics has ${missing.join(', ')}: see \`metrics\`.`);
  else if (pages.length > 0) fine.push(`${pages.length} pods’ pages have all ${wanted.length} metrics.`);
}

async function databaseOf(
  { env, oms }: Config,
  probes: Probes,
  { fine, trouble, skipped }: Notes,
): Promise<void> {
  const there = await probes.ordersDatabase.statuses(DAYS, soon());
  const { processing, pendingPayment, readyToShip, manualStatuses, beforeProcessing } = oms.orders;
  const used = [
    ...new Set([processing, pendingPayment, readyToShip, ...manualStatuses, ...beforeProcessing]),
  ];
  const nobody = used.filter((status) => !there.includes(status));
  fine.push(`Orders of ${DAYS} days have the statuses ${there.join(', ')}.`);
  if (nobody.length > 0)
    trouble.push(`No order of ${DAYS} days has the status ${nobody.join(', ')}: see \`orders\`.`);
  skipped.push(...(await unzoned(oms.orders, probes)));
  const { toSee, toEnd } = await probes.ordersDatabase.missingGrants(soon());
  if (toSee !== null)
    skipped.push(`Sessions of others are not seen (R38, R39), nor ended (R42): ${toSee} is missing.`);
  else if (toEnd !== null) skipped.push(`Queries of others are not ended (R42): ${toEnd} is missing.`);
  if (serverOf(env.DATABASE_URL) !== null && serverOf(env.DATABASE_URL) === serverOf(env.ORDERS_DATABASE_URL))
    trouble.push('The bot’s own database is on the same server: when that is full, the bot is blind too.');
}

/** Times without a zone are read in that of our sessions, which is right only where it is the one that they are written in. */
async function unzoned(
  { table, columns }: Config['oms']['orders'],
  { ordersDatabase }: Probes,
): Promise<readonly string[]> {
  const found = (await ordersDatabase.tables(soon())).find((one) => one.table === table);
  return (['createdAt', 'updatedAt'] as const).flatMap((key) => {
    const column = found?.columns.find(({ name }) => name === columns[key]);
    return column?.type !== 'timestamp without time zone'
      ? []
      : [
          `orders.columns.${key}: ${column.name} has no time zone, and is read in that of our role; where it is written in another, ages and the impact are off by the difference until \`alter role … set timezone\` says which.`,
        ];
  });
}

function serverOf(url: string | undefined): string | null {
  return url === undefined ? null : new URL(url).host;
}

async function kafkaOf({ kafka }: Names, probes: Probes, { fine, trouble }: Notes): Promise<void> {
  const { groups } = await probes.kafka.groups('all', soon());
  fine.push(`It tells of ${groups.length} consumer groups.`);
  const known = groups.map(({ group }) => group);
  const wanted = [kafka.inventoryGroup, ...Object.keys(kafka.consumers), kafka.deadLetterGroup];
  for (const group of new Set(wanted))
    if (group !== null && !known.includes(group)) trouble.push(`There is no consumer group ${group}.`);
  for (const topic of [kafka.ordersTopic, kafka.deadLetterTopic, kafka.parkedTopic])
    if (topic !== null && (await probes.kafka.topic(topic, soon())) === null)
      trouble.push(`There is no topic ${topic}.`);
}
