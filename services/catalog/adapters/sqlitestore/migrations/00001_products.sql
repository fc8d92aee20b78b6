-- +goose Up
create table commit_head (
    id    integer primary key check (id = 1),
    epoch integer not null,
    seq   integer not null
) strict;
insert into commit_head (id, epoch, seq) values (1, 1, 0);

create table commit_log (
    seq   integer primary key,
    ids   text not null,
    lists integer not null,
    kind  text not null,
    actor text,
    at    text not null
) strict;

-- Texts compare by code point, which is what BINARY means in UTF-8. Times are
-- text of a fixed width and compare as text.
create table products (
    id          text primary key,
    name        text not null check (length(name) between 1 and 255),
    description text,
    category    text check (length(category) between 1 and 100),
    sku         text not null check (length(sku) between 1 and 50),
    price       integer not null check (price between 0 and 9999999999), -- cents
    stock       integer not null check (stock between 0 and 2147483647),
    created_at  text not null,
    updated_at  text not null,
    deleted_at  text,
    version     integer not null,
    search_name text not null, -- folded
    search      text not null  -- folded, all fields
) strict;

-- The SKU of a deleted product is free again.
create unique index products_sku on products (sku) where deleted_at is null;

-- One for every order; all end in id, which makes them total.
create index products_created_at on products (created_at, id) where deleted_at is null;
create index products_name on products (name, id) where deleted_at is null;
create index products_price on products (price, id) where deleted_at is null;
create index products_stock on products (stock, id) where deleted_at is null;
create index products_category on products (category, created_at, id) where deleted_at is null;

-- Whoever changes products without taking a sequence number would leave caches
-- with what was there before. No such statement succeeds.
-- +goose StatementBegin
create trigger products_guard_insert before insert on products
when new.version is not (select seq from commit_head where id = 1)
begin
    select raise(abort, 'the version of the product is not that of this commit');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger products_guard_update before update on products
when new.version is not (select seq from commit_head where id = 1)
begin
    select raise(abort, 'the version of the product is not that of this commit');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger products_guard_delete before delete on products
begin
    select raise(abort, 'products are never removed: set deleted_at');
end;
-- +goose StatementEnd

-- +goose Down
drop table products;
drop table commit_log;
drop table commit_head;
