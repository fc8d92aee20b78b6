# A role and a schema for each service, none of which sees the others' tables.
psql -v ON_ERROR_STOP=1 -U postgres -d stockroom \
  -v auth="$AUTH_PASSWORD" -v users="$USERS_PASSWORD" -v catalog="$CATALOG_PASSWORD" <<'SQL'
create extension pg_trgm;
create role auth    login password :'auth';    create schema auth    authorization auth;
create role users   login password :'users';   create schema users   authorization users;
create role catalog login password :'catalog'; create schema catalog authorization catalog;
SQL
