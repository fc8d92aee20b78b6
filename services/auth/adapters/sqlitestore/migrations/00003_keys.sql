-- +goose Up
-- Null: from its creation on.
alter table signing_keys add column signs_from text;

-- One row: the root of all secrets, sealed.
create table vault (
    single integer primary key check (single = 1),
    sealed blob    not null
) strict;

-- +goose Down
drop table vault;
alter table signing_keys drop column signs_from;
