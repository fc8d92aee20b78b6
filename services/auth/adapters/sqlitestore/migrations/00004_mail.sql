-- +goose Up

-- Mails with a one-time token, until that ends; due while they are to be sent.
create table letters (
    id         text primary key,
    purpose    text not null check (purpose in ('reset', 'verify')),
    account_id text references credentials on delete cascade,
    email      text not null,
    token      blob unique, -- a hash of it
    created_at text not null,
    due_at     text not null, -- '' when it has been sent
    expires_at text not null
) strict;
create index letters_due on letters (due_at) where due_at <> '';
create index letters_account on letters (account_id) where account_id is not null;
create index letters_expires on letters (expires_at);

-- +goose Down
drop table letters;
