-- +goose Up
create table accounts (
    id              text    primary key,
    email           text    not null,
    email_key       text    not null, -- folded: what is unique
    username        text    not null,
    username_key    text    not null,
    role            text    not null check (role in ('admin', 'user')),
    is_active       integer not null,
    deleted_at      text,
    authz_version   integer not null,
    password_change text    not null, -- empty: never
    created_at      text    not null,
    updated_at      text    not null
) strict, without rowid;

-- Deleted accounts free what they had.
create unique index accounts_email on accounts (email_key) where deleted_at is null;
create unique index accounts_username on accounts (username_key) where deleted_at is null;

create index accounts_newest on accounts (created_at desc, id) where deleted_at is null;
create index accounts_admins on accounts (id) where role = 'admin' and is_active and deleted_at is null;
create index accounts_changed on accounts (updated_at) where updated_at > created_at;

create table audit (
    account    text    not null,
    seq        integer not null, -- of the commit
    actor      text,
    action     text    not null,
    before     text    not null,
    after      text    not null,
    request_id text    not null,
    at         text    not null,
    primary key (account, seq)
) strict, without rowid;

create table commit_head (
    id    integer primary key check (id = 1),
    epoch integer not null,
    seq   integer not null
) strict;

insert into commit_head (id, epoch, seq) values (1, 1, 0);

create table commit_log (
    seq   integer primary key,
    ids   text    not null,
    lists integer not null,
    kind  text    not null,
    actor text,
    at    text    not null
) strict;

-- +goose Down
drop table commit_log;
drop table commit_head;
drop table audit;
drop table accounts;
