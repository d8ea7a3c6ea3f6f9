-- A rung is climbed without a new look: what was seen is a column of its own, which such a change does not write again. Bodies are
-- rewritten often and read often; compressing them cost more than it saved (docs/figures.md).
alter table incidents add column diagnosis jsonb;
alter table incidents alter body set storage external;
alter table incidents alter diagnosis set storage external;
