-- +goose Up
create table accounts (
    id              uuid        primary key,
    email           text        not null,
    email_key       text        not null, -- folded: what is unique
    username        text        not null,
    username_key    text        not null,
    role            text        not null check (role in ('admin', 'user')),
    is_active       boolean     not null,
    deleted_at      timestamptz,
    authz_version   bigint      not null,
    password_change uuid,
    created_at      timestamptz not null,
    updated_at      timestamptz not null
);

-- Deleted accounts free what they had.
create unique index accounts_email on accounts (email_key) where deleted_at is null;
create unique index accounts_username on accounts (username_key) where deleted_at is null;

create index accounts_newest on accounts (created_at desc, id) where deleted_at is null;
create index accounts_admins on accounts (id) where role = 'admin' and is_active and deleted_at is null;
create index accounts_changed on accounts (updated_at) where updated_at > created_at;

create table audit (
    account    uuid        not null,
    seq        bigint      not null, -- of the commit
    actor      uuid,
    action     text        not null,
    before     jsonb       not null,
    after      jsonb       not null,
    request_id text        not null,
    at         timestamptz not null,
    primary key (account, seq)
);

create table commit_head (
    id    int    primary key check (id = 1),
    epoch bigint not null,
    seq   bigint not null
) with (fillfactor = 10);

insert into commit_head (id, epoch, seq) values (1, 1, 0);

create table commit_log (
    seq   bigint      primary key,
    ids   uuid[]      not null,
    lists boolean     not null,
    kind  text        not null,
    actor uuid,
    at    timestamptz not null
);

-- +goose Down
drop table commit_log;
drop table commit_head;
drop table audit;
drop table accounts;
