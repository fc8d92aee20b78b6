-- +goose Up
alter table sessions add column device text not null default '';
alter table sessions add column address text not null default '';

-- Every commit that ends sessions takes the next number and leaves a row with
-- their ids.
create table commit_head (
    id    integer primary key check (id = 1),
    epoch integer not null,
    seq   integer not null
) strict;

insert into commit_head (id, epoch, seq) values (1, 1, 0);

create table commit_log (
    seq   integer primary key,
    ids   text    not null, -- a JSON array
    lists integer not null,
    kind  text    not null,
    actor text,
    at    text    not null
) strict;
create index commit_log_at on commit_log (at);

-- How sessions ended; it outlives them, and their accounts.
create table session_audit (
    session_id text primary key,
    account_id text not null,
    reason     text not null,
    address    text not null,
    request_id text not null,
    at         text not null
) strict;
create index session_audit_account on session_audit (account_id, at desc);
create index session_audit_at on session_audit (at);

-- +goose Down
drop table session_audit;
drop table commit_log;
drop table commit_head;
alter table sessions drop column device;
alter table sessions drop column address;
