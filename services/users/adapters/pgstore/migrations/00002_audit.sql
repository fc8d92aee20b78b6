-- +goose Up
alter table accounts
    add column erased_at timestamptz,
    -- What a search looks into. The separator is no character, and in neither text.
    add column search text collate "C" not null generated always as (
        replace(email_key, chr(65535), chr(65533)) || chr(65535) || replace(username_key, chr(65535), chr(65533))) stored;

-- One for every order of the list; all end in id, which makes them total.
drop index accounts_newest;
create index accounts_created_at on accounts (created_at, id);
create index accounts_by_email on accounts (email_key collate "C", id);
create index accounts_by_username on accounts (username_key collate "C", id);
-- And for what few accounts are.
create index accounts_role on accounts (role, created_at, id);
create index accounts_inactive on accounts (created_at, id) where not is_active;

-- The extension may be there already, and in any schema.
-- +goose StatementBegin
do $$
declare
    place text;
begin
    create extension if not exists pg_trgm;
    select n.nspname into place
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm';
    execute format('create index accounts_search on accounts using gin (search %I.gin_trgm_ops)', place);
end
$$;
-- +goose StatementEnd

-- What tells of a person is beside the row, which has a digest of it: it can be
-- erased, and the row stays as it was written.
create table audit_values (
    seq     bigint primary key,
    account uuid   not null,
    salt    bytea  not null, -- empty in rows older than the digests
    before  jsonb  not null,
    after   jsonb  not null
);
create index audit_values_account on audit_values (account);

insert into audit_values (seq, account, salt, before, after)
select seq, account, '',
    jsonb_build_object('email', before -> 'email', 'username', before -> 'username'),
    jsonb_build_object('email', after -> 'email', 'username', after -> 'username')
from audit;
update audit set
    before = (before - 'authz_version') || '{"email": null, "username": null}',
    after = (after - 'authz_version') || '{"email": null, "username": null}';

alter table audit
    add column origin text not null default 'account',
    add column digest bytea,
    add column hash bytea; -- of the row and the hash before; null in rows older than the hashes
create unique index audit_seq on audit (seq);

-- +goose StatementBegin
create function audit_guard() returns trigger language plpgsql as $$
begin
    raise exception 'rows of the audit trail are never changed';
end
$$;
-- +goose StatementEnd
create trigger audit_guard before update or delete or truncate on audit
    for each statement execute function audit_guard();

-- Accounts that are erased here, but maybe not yet in auth.
create table erasures (
    account uuid primary key
);

-- +goose Down
drop table erasures;
drop trigger audit_guard on audit;
drop function audit_guard();
drop index audit_seq;
alter table audit drop column origin, drop column digest, drop column hash;
update audit a set before = a.before || v.before, after = a.after || v.after
from audit_values v where v.seq = a.seq;
drop table audit_values;
drop index accounts_search, accounts_inactive, accounts_role, accounts_by_username, accounts_by_email, accounts_created_at;
create index accounts_newest on accounts (created_at desc, id) where deleted_at is null;
alter table accounts drop column search, drop column erased_at;
