#!/bin/sh
# Fetches the ReDoc bundle that /redoc shows, unmodified, with its licences.
# "assets.sh check" only compares what is here with the recorded checksums.
set -eu

version=2.5.4
cd "$(dirname "$0")/pages/assets/redoc"

if [ "${1:-}" != check ]; then
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	npm pack --silent --pack-destination "$tmp" "redoc@$version" >/dev/null
	tar -xzf "$tmp/redoc-$version.tgz" -C "$tmp"
	cp "$tmp/package/bundles/redoc.standalone.js" \
		"$tmp/package/bundles/redoc.standalone.js.LICENSE.txt" \
		"$tmp/package/LICENSE" .
	chmod 644 ./*
	echo "$version" >VERSION
	sha256sum LICENSE VERSION redoc.standalone.js redoc.standalone.js.LICENSE.txt >SHA256SUMS
fi
sha256sum --check --quiet SHA256SUMS
