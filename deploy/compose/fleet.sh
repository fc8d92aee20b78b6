#!/usr/bin/env bash
# Brings up the system of compose.prod.yaml beside whatever else runs here, from
# the images of `make images`, puts it under load while parts of it are replaced,
# killed or stopped, and takes it down again.
#
#   deploy/compose/fleet.sh replace kill outage
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { echo "usage: $0 PROGRAMME... (replace, kill, outage)" >&2; exit 2; }

export STOCKROOM_RATE_ADDRESS=0 STOCKROOM_RATE_ACCOUNT=0 # all load comes from one address
STOCKROOM_SECRETS=$(mktemp -d)
export STOCKROOM_SECRETS
export COMPOSE_FILE=$PWD/deploy/compose/compose.yaml:$PWD/deploy/compose/compose.prod.yaml COMPOSE_PROJECT_NAME=stockroom-fleet
export STOCKROOM_REGISTRY=stockroom STOCKROOM_VERSION=${VERSION:-dev} STOCKROOM_PUBLISH=127.0.0.1:${STOCKROOM_PORT:-18080}

down() {
  local code=$?
  [ "$code" = 0 ] || docker compose logs --tail 30
  docker compose down --volumes --remove-orphans >/dev/null 2>&1
  rm -rf "$STOCKROOM_SECRETS"
  exit "$code"
}
trap down EXIT

deploy/compose/secrets.sh "$STOCKROOM_SECRETS" >/dev/null
docker compose up --detach --wait --quiet-pull
export STOCKROOM_URL=http://$STOCKROOM_PUBLISH STOCKROOM_ADMIN_USERNAME=admin
STOCKROOM_ADMIN_PASSWORD=$(cat "$STOCKROOM_SECRETS/admin_password")
export STOCKROOM_ADMIN_PASSWORD
for programme in "$@"; do
  echo "== $programme"
  go run ./e2e/cmd/fleet "$programme"
done
