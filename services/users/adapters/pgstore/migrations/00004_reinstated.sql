-- +goose Up
alter table accounts add column reinstated_version bigint not null default 0;

-- +goose Down
alter table accounts drop column reinstated_version;
