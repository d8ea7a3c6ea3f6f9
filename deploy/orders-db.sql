-- Written by `oms config render`; its body is e65f0c212f2437ed.
-- The role as which oms-bot asks the orders database, with no right that it does not need.
-- Run it once in that database, as its owner with the right to create roles:
--   psql "$ADMIN_URL" -f orders-db.sql
-- Then give it a password with \password oms_bot_orders, which keeps the password out of files and logs.
-- Table and columns are those of `orders` in oms.yaml.

-- Three connections for each replica of the bot, and one to cancel a query that takes too long.
create role oms_bot_orders login nosuperuser nocreatedb nocreaterole noreplication connection limit 8;
alter role oms_bot_orders set default_transaction_read_only = on;
alter role oms_bot_orders set statement_timeout = '4s';
alter role oms_bot_orders set lock_timeout = '2s';
alter role oms_bot_orders set idle_in_transaction_session_timeout = '10s';

-- Impact, oversold orders (X8), and how an export would be planned (R72). Nothing of a customer is in these columns.
grant usage on schema public to oms_bot_orders;
grant select (id, status, error_code, created_at, updated_at) on orders to oms_bot_orders;

-- Who is connected, what runs, who blocks whom (R38, R39): without it all but counts stays hidden.
grant pg_read_all_stats to oms_bot_orders;

-- Optional: lets people end a session from Slack (R42). Without it the bot says so and shows the command.
-- grant pg_signal_backend to oms_bot_orders;

-- Optional: decide yourselves which orders count as affected; the bot then asks this view before the table. One row for each
-- runbook (its id, as `oms runbooks` prints it): orders affected, orders of that time, and when it was counted.
-- create view oms_bot_impact as
--   select 'stuck-orders' as runbook,
--     count(*) filter (where status = 'processing' and updated_at < now() - interval '120 minutes') as affected,
--     count(*) as total, now() as as_of
--   from orders where updated_at >= now() - interval '120 minutes' or status = 'processing';
-- grant select on oms_bot_impact to oms_bot_orders;

-- Optional: decide yourselves which orders are oversold (X8); the bot then asks this view before the table. One row for each
-- order that somebody has to decide: its id, and since when.
-- create view oms_bot_oversold as
--   select id as order_id, created_at as since from orders
--   where error_code = 'OVERSOLD_PRODUCT' and status not in ('shipped', 'cancelled', 'delivered')
--     and created_at >= now() - interval '24 hours';
-- grant select on oms_bot_oversold to oms_bot_orders;
