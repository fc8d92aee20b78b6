-- +goose Up
-- Null: from its creation on.
alter table signing_keys add column signs_from timestamptz;

-- One row: the root of all secrets, sealed.
create table vault (
    single boolean primary key default true check (single),
    sealed bytea   not null
);

-- +goose Down
drop table vault;
alter table signing_keys drop column signs_from;
