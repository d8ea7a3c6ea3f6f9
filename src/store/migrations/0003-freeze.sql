-- Lifting takes two people: the first of them is remembered. `version` rises with every change of the row, and a card
-- remembers which one it shows.
alter table "freeze" add column lift_asked_by text, add column version int not null default 0;
alter table cards add column shown_freeze int;
