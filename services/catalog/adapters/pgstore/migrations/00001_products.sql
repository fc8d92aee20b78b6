-- +goose Up
create table commit_head (
    id    int primary key check (id = 1),
    epoch bigint not null,
    seq   bigint not null
) with (fillfactor = 10); -- one row, updated by every write: room for its versions keeps them in one page
insert into commit_head (id, epoch, seq) values (1, 1, 0);

create table commit_log (
    seq   bigint primary key,
    ids   uuid[] not null,
    lists boolean not null,
    kind  text not null,
    actor uuid,
    at    timestamptz not null
);

-- Texts compare by code point, on every server and in every other engine.
create table products (
    id          uuid primary key,
    name        text collate "C" not null check (char_length(name) between 1 and 255),
    description text collate "C",
    category    text collate "C" check (char_length(category) between 1 and 100),
    sku         text collate "C" not null check (char_length(sku) between 1 and 50),
    price       numeric(10, 2) not null check (price >= 0),
    stock       integer not null check (stock >= 0),
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    deleted_at  timestamptz,
    version     bigint not null,
    search_name text collate "C" not null, -- folded
    search      text collate "C" not null  -- folded, all fields
);

-- The SKU of a deleted product is free again.
create unique index products_sku on products (sku) where deleted_at is null;

-- One for every order; all end in id, which makes them total.
create index products_created_at on products (created_at, id) where deleted_at is null;
create index products_name on products (name, id) where deleted_at is null;
create index products_price on products (price, id) where deleted_at is null;
create index products_stock on products (stock, id) where deleted_at is null;
create index products_category on products (category, created_at, id) where deleted_at is null;

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
    execute format('create index products_search on products using gin (search %I.gin_trgm_ops)', place);
end
$$;
-- +goose StatementEnd

-- Whoever changes products without taking a sequence number would leave caches
-- with what was there before. No such statement succeeds.
-- +goose StatementBegin
create function products_guard() returns trigger language plpgsql set search_path from current as $$
begin
    if tg_op in ('DELETE', 'TRUNCATE') then
        raise exception 'products are never removed: set deleted_at';
    end if;
    if new.version is distinct from (select seq from commit_head where id = 1) then
        raise exception 'version % of product % is not that of this commit', new.version, new.id;
    end if;
    return new;
end
$$;
-- +goose StatementEnd
create trigger products_guard before insert or update or delete on products
    for each row execute function products_guard();
create trigger products_guard_truncate before truncate on products
    for each statement execute function products_guard();

-- +goose Down
drop table products;
drop function products_guard();
drop table commit_log;
drop table commit_head;
