create type userrole as enum ('ADMIN', 'USER');

create table users (
    id              varchar(36) primary key,
    email           varchar(255) unique,
    username        varchar(100) unique,
    hashed_password varchar,
    role            userrole,
    is_active       boolean,
    created_at      timestamp without time zone,
    updated_at      timestamp without time zone,
    is_deleted      boolean
);

create table products (
    id          varchar(36) primary key,
    name        varchar(255),
    description text,
    price       numeric(10, 2),
    stock       integer,
    category    varchar(100),
    sku         varchar(50) unique,
    created_at  timestamp without time zone,
    updated_at  timestamp without time zone,
    is_deleted  boolean
);
