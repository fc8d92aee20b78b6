#!/bin/sh
# Makes a role and a schema for each service, once, when the database is new.
# Nobody sees what belongs to another one.
set -eu

sql() { psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB" "$@"; }

sql -c 'create extension pg_trgm'
for service in auth users catalog; do
  url=$(cat "/run/secrets/${service}_database_url")
  password=${url#*://*:}
  PASSWORD=${password%%@*} sql -v service="$service" <<'SQL'
\getenv password PASSWORD
create role :"service" login password :'password';
create schema :"service" authorization :"service";
SQL
done
