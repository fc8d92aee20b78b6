#!/bin/sh
# Writes what the program in each image consists of to dist/PROGRAM.cdx.json, as
# CycloneDX: from the build information that Go has left in it, so that it is
# about what is there and not about what should be.
set -eu
cd "$(dirname "$0")/.."
registry=${REGISTRY:-stockroom} version=${VERSION:-dev}
tool=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0

mkdir -p dist
for program in authd usersd catalogd gatewayd stockroom; do
  container=$(docker create "$registry/$program:$version")
  docker cp "$container:/program" "dist/$program" >/dev/null
  docker rm "$container" >/dev/null
  go run "$tool" bin -json -noserial -notimestamp -version "$version" -output "dist/$program.cdx.json" "dist/$program"
  rm "dist/$program"
done
