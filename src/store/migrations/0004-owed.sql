-- Duties of one run are listed in the order in which its action declares them.
alter table owed add column seq bigint generated always as identity;
