-- +goose Up
alter table accounts add column erased_at text;
-- What a search looks into. The separator is no character, and in neither text.
alter table accounts add column search text generated always as (
    replace(email_key, char(65535), char(65533)) || char(65535) || replace(username_key, char(65535), char(65533))) virtual;

-- One for every order of the list; all end in id, which makes them total.
drop index accounts_newest;
create index accounts_created_at on accounts (created_at, id);
create index accounts_by_email on accounts (email_key, id);
create index accounts_by_username on accounts (username_key, id);
-- And for what few accounts are.
create index accounts_role on accounts (role, created_at, id);
create index accounts_inactive on accounts (created_at, id) where not is_active;

-- What tells of a person is beside the row, which has a digest of it: it can be
-- erased, and the row stays as it was written.
create table audit_values (
    seq     integer primary key,
    account text    not null,
    salt    blob    not null, -- empty in rows older than the digests
    before  text    not null,
    after   text    not null
) strict;
create index audit_values_account on audit_values (account);

insert into audit_values (seq, account, salt, before, after)
select seq, account, x'',
    json_object('email', before ->> 'email', 'username', before ->> 'username'),
    json_object('email', after ->> 'email', 'username', after ->> 'username')
from audit;
update audit set
    before = json_set(json_remove(before, '$.authz_version'), '$.email', null, '$.username', null),
    after = json_set(json_remove(after, '$.authz_version'), '$.email', null, '$.username', null);

alter table audit add column origin text not null default 'account';
alter table audit add column digest blob;
alter table audit add column hash blob; -- of the row and the hash before; null in rows older than the hashes
create unique index audit_seq on audit (seq);

-- +goose StatementBegin
create trigger audit_guard_update before update on audit
begin
    select raise(abort, 'rows of the audit trail are never changed');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_guard_delete before delete on audit
begin
    select raise(abort, 'rows of the audit trail are never changed');
end;
-- +goose StatementEnd

-- Accounts that are erased here, but maybe not yet in auth.
create table erasures (
    account text primary key
) strict, without rowid;

-- +goose Down
drop table erasures;
drop trigger audit_guard_update;
drop trigger audit_guard_delete;
drop index audit_seq;
alter table audit drop column origin;
alter table audit drop column digest;
alter table audit drop column hash;
update audit set
    before = json_patch(before, (select v.before from audit_values v where v.seq = audit.seq)),
    after = json_patch(after, (select v.after from audit_values v where v.seq = audit.seq))
where seq in (select seq from audit_values);
drop table audit_values;
drop index accounts_inactive;
drop index accounts_role;
drop index accounts_by_username;
drop index accounts_by_email;
drop index accounts_created_at;
create index accounts_newest on accounts (created_at desc, id) where deleted_at is null;
alter table accounts drop column search;
alter table accounts drop column erased_at;
