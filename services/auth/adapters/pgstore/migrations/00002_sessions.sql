-- +goose Up
alter table sessions
    add column device  text not null default '',
    add column address text not null default '';

-- Every commit that ends sessions takes the next number and leaves a row with
-- their ids.
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
create index commit_log_at on commit_log (at);

-- How sessions ended; it outlives them, and their accounts.
create table session_audit (
    session_id uuid        primary key,
    account_id uuid        not null,
    reason     text        not null,
    address    text        not null,
    request_id text        not null,
    at         timestamptz not null
);
create index session_audit_account on session_audit (account_id, at desc);
create index session_audit_at on session_audit (at);

-- +goose Down
drop table session_audit, commit_log, commit_head;
alter table sessions drop column device, drop column address;
