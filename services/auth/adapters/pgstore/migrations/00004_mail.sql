-- +goose Up

-- Mails with a one-time token, until that ends; due while they are to be sent.
create table letters (
    id         uuid        primary key,
    purpose    text        not null check (purpose in ('reset', 'verify')),
    account_id uuid        references credentials on delete cascade,
    email      text        not null,
    token      bytea       unique, -- a hash of it
    created_at timestamptz not null,
    due_at     timestamptz,
    expires_at timestamptz not null
);
create index letters_due on letters (due_at) where due_at is not null;
create index letters_account on letters (account_id) where account_id is not null;
create index letters_expires on letters (expires_at);

-- +goose Down
drop table letters;
