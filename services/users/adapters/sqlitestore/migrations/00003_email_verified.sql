-- +goose Up
alter table accounts add column email_verified integer not null default 0;

-- The first administrators were made by operators, who vouch for them.
update accounts set email_verified = 1 where role = 'admin';

-- +goose Down
alter table accounts drop column email_verified;
