#!/usr/bin/env bash
# Brings up the system of compose.yaml beside whatever else runs here, tests it
# from outside as its clients see it, and takes it down again.
set -euo pipefail
cd "$(dirname "$0")/../.."

export STOCKROOM_PORT=${STOCKROOM_PORT:-18000}
export STOCKROOM_PASSWORD_COST=4 # the tests make many accounts
export STOCKROOM_RATE_ADDRESS=0 STOCKROOM_RATE_ACCOUNT=0 # and ask from one address
compose() { docker compose -p stockroom-e2e -f deploy/compose/compose.yaml "$@"; }

down() {
  local code=$?
  [ "$code" = 0 ] || compose logs --tail 30
  compose down --volumes --remove-orphans >/dev/null 2>&1
  exit "$code"
}
trap down EXIT

compose up --build --detach --wait --quiet-pull
echo "up after $SECONDS s"
STOCKROOM_URL=http://127.0.0.1:$STOCKROOM_PORT \
  STOCKROOM_ADMIN_EMAIL=admin@example.com STOCKROOM_ADMIN_USERNAME=admin \
  STOCKROOM_ADMIN_PASSWORD=$(cat deploy/compose/development/admin_password) \
  go test -count=1 -run '^TestGiven$' ./e2e
echo "tested after $SECONDS s"
