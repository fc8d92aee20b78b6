-- +goose Up
alter table accounts add column email_verified boolean not null default false;

-- The first administrators were made by operators, who vouch for them.
update accounts set email_verified = true where role = 'admin';

-- +goose Down
alter table accounts drop column email_verified;
