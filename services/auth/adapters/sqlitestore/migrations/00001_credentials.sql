-- +goose Up
create table credentials (
    account_id  text    primary key,
    hash        text    not null,
    revision    integer not null default 0,
    last_change text    not null default '',
    confirmed   integer not null default 0,
    created_at  text    not null
) strict;
create index credentials_unconfirmed on credentials (created_at) where not confirmed;

create table password_changes (
    id           text primary key,
    account_id   text not null references credentials on delete cascade,
    hash         text not null,
    keep_session text not null,
    created_at   text not null
) strict;
create index password_changes_account on password_changes (account_id);
create index password_changes_created on password_changes (created_at);

create table sessions (
    id           text    primary key,
    account_id   text    not null references credentials on delete cascade,
    generation   integer not null,
    replays      integer not null,
    signed_in_at text    not null,
    rotated_at   text    not null,
    expires_at   text    not null,
    revoked_at   text    not null, -- '' while the session lives
    revoked_for  text    not null
) strict;
create index sessions_account on sessions (account_id);
create index sessions_expires on sessions (expires_at);

-- The number is the primary key, so that of several processes that make the
-- same successor at once one wins.
create table signing_keys (
    number     integer primary key,
    id         text    not null unique,
    public     blob    not null,
    sealed     blob    not null,
    created_at text    not null
) strict;

-- +goose Down
drop table signing_keys;
drop table sessions;
drop table password_changes;
drop table credentials;
