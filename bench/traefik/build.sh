#!/bin/sh
# Builds Traefik from its module into .bin/bench/traefik, without what it speaks
# to DNS services with: that is most of what it consists of, and none of it is
# asked for here. An argument is another command of go for the module: tidy.
set -eu
cd "$(dirname "$0")"
export GOWORK=off

into=../../.bin/bench
version=$(sed -n 's,^.*github.com/go-acme/lego/v5 \(v[^ ]*\).*,\1,p' go.mod)
if [ "$(cat $into/lego/.version 2>/dev/null)" != "$version" ]; then
  lego=$(cd / && go mod download -json "github.com/go-acme/lego/v5@$version" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
  rm -rf $into/lego
  mkdir -p $into
  cp -R "$lego" $into/lego
  chmod -R u+w $into/lego
  rm -rf $into/lego/providers/dns
  mkdir $into/lego/providers/dns
  cp dns/dns.go $into/lego/providers/dns
  echo "$version" >$into/lego/.version
fi
if [ "${1:-build}" = tidy ]; then
  go mod tidy
else
  go build -o $into/traefik github.com/traefik/traefik/v3/cmd/traefik
fi
