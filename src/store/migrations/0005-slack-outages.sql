-- While Slack cannot be reached, summaries go to PagerDuty instead: one page for an incident and an outage.
create table slack_outages (
  id bigint generated always as identity primary key,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  paged text[] not null default '{}'
);
create unique index slack_outages_one on slack_outages ((true)) where ended_at is null;
grant select, insert, update on slack_outages to oms_bot;
