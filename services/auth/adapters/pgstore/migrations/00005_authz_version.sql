-- +goose Up
alter table sessions add column authz_version bigint not null default 0;

-- +goose Down
alter table sessions drop column authz_version;
