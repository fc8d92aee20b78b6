#!/bin/sh
# Makes the secrets of a production system in a folder, once: what is there
# already stays as it is.
#
#   deploy/compose/secrets.sh deploy/compose/secrets
#
# The folder is closed to everybody else on this machine. The files in it are
# not, because each is mounted into containers whose user is another one, and
# the folder is not.
set -eu
dir=${1:?usage: secrets.sh FOLDER}
mkdir -p "$dir"
chmod 700 "$dir"
umask 333

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

# make NAME: keeps what comes in, unless NAME is there.
make() { [ -e "$dir/$1" ] || cat >"$dir/$1"; }

echo "S$(random)" | make admin_password # the rules for passwords want an upper-case letter
for name in internal_token auth_secret postgres_password; do
  random | make $name
done
# Empty, until a secret is exchanged.
for name in internal_token auth_secret; do
  make ${name}_previous </dev/null
done
for service in auth users catalog; do
  echo "postgres://$service:$(random)@postgres:5432/stockroom?search_path=$service,public" | make ${service}_database_url
done
for service in auth users catalog gateway; do
  echo "nats://$service:$(random)@nats:4222" | make ${service}_nats_url
done
# NATS gets the passwords that are in the URLs.
for service in auth users catalog gateway; do
  sed "s,nats://\(.*\):\(.*\)@.*,\1_password: \"\2\"," "$dir/${service}_nats_url"
done | make nats_passwords.conf
echo "The secrets are in $dir; the password of the first administrator is in $dir/admin_password."
