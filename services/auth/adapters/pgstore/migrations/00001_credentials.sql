-- +goose Up
create table credentials (
    account_id  uuid        primary key,
    hash        text        not null,
    revision    bigint      not null default 0,
    last_change uuid,
    confirmed   boolean     not null default false,
    created_at  timestamptz not null
);
create index credentials_unconfirmed on credentials (created_at) where not confirmed;

create table password_changes (
    id           uuid        primary key,
    account_id   uuid        not null references credentials on delete cascade,
    hash         text        not null,
    keep_session uuid,
    created_at   timestamptz not null
);
create index password_changes_account on password_changes (account_id);
create index password_changes_created on password_changes (created_at);

create table sessions (
    id           uuid        primary key,
    account_id   uuid        not null references credentials on delete cascade,
    generation   bigint      not null,
    replays      integer     not null,
    signed_in_at timestamptz not null,
    rotated_at   timestamptz not null,
    expires_at   timestamptz not null,
    revoked_at   timestamptz,
    revoked_for  text        not null
);
create index sessions_account on sessions (account_id);
create index sessions_expires on sessions (expires_at);

-- The number is the primary key, so that of several replicas that make the
-- same successor at once one wins.
create table signing_keys (
    number     integer     primary key,
    id         text        not null unique,
    public     bytea       not null,
    sealed     bytea       not null,
    created_at timestamptz not null
);

-- +goose Down
drop table signing_keys, sessions, password_changes, credentials;
