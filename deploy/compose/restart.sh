#!/bin/sh
# Restarts the containers of services one by one, each when the one before is
# ready again, so that others answer meanwhile. For secrets that were changed.
#
#   deploy/compose/restart.sh auth users catalog gateway
#
# Which system it is say COMPOSE_FILE and the other variables of docker compose.
set -eu
for container in $(docker compose ps --quiet "$@"); do
  docker restart --timeout 30 "$container" >/dev/null
  for second in $(seq 60); do
    [ "$(docker inspect --format '{{.State.Health.Status}}' "$container")" = healthy ] && continue 2
    sleep 1
  done
  echo "$container does not become ready" >&2
  exit 1
done
