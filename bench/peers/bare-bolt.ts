import { App } from '@slack/bolt';
import pg from 'pg';

// The least that a Slack bot can be and lose nothing: Bolt as its documentation shows it, and, where it is given a
// database, one insert before the acknowledgement. No receiver of its own, no inbox, no journal.
const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL, DATABASE_URL, CHANNEL } = process.env;

const app = new App({
  token: SLACK_BOT_TOKEN ?? '',
  appToken: SLACK_APP_TOKEN ?? '',
  socketMode: true,
  clientOptions: { slackApiUrl: SLACK_API_URL ?? '' },
});
const pool = DATABASE_URL === undefined ? null : new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool?.query(
  'create table heard (id bigint generated always as identity primary key, payload jsonb not null)',
);

async function store(payload: unknown): Promise<void> {
  await pool?.query('insert into heard (payload) values ($1)', [JSON.stringify(payload)]);
}

app.command('/oms', async ({ ack, body }) => {
  await store(body);
  await ack('Heard.');
});

// An alert that is stored and posted as it came, without looking at anything.
process.on('message', async (question: { readonly post?: string }) => {
  if (question.post === undefined) return;
  await store({ alert: question.post });
  await app.client.chat.postMessage({ channel: CHANNEL ?? '', text: question.post });
  process.send?.({ posted: 1 });
});

await app.start();
console.log('up');
