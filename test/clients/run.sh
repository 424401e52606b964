#!/usr/bin/env bash
# Unmodified client libraries against the paper gateway: each connects, reads contracts, bars and ticks, places, modifies, cancels,
# is filled, reconnects and finds its orders. Prints client × step; exit code 1 when a step fails.
# Python clients are installed from PyPI into a cache folder outside the source tree (OMEGA_CACHE, default ~/.cache/omega).
# usage: test/clients/run.sh [stoqey|ib_async|ib_insync|ibapi …]
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${OMEGA_CACHE:-$HOME/.cache/omega}/test-clients"

# An environment of its own for each: two of them bring different versions of the same package.
declare -A packages=([ib_async]="ib_async==2.1.0" [ib_insync]="ib_insync==0.9.86" [ibapi]="ibapi==9.81.1.post1")

clients=("$@")
if [ ${#clients[@]} -eq 0 ]; then clients=(stoqey ib_async ib_insync ibapi); fi

for client in "${clients[@]}"; do
  if [ "$client" != stoqey ] && [ -z "${packages[$client]:-}" ]; then
    echo "unknown client \"$client\": choose from stoqey ${!packages[*]}" >&2
    exit 2
  fi
  package="${packages[$client]:-}"
  if [ -z "$package" ] || [ -f "$cache/$client/installed-$package" ]; then continue; fi
  command -v python3 >/dev/null || { echo "python3 is needed for $client: install Python 3.10 or later" >&2; exit 2; }
  echo "installing $package into $cache/$client" >&2
  rm -rf "${cache:?}/$client"
  mkdir -p "$cache"
  python3 -m venv "$cache/$client"
  "$cache/$client/bin/python" -m pip install --quiet --disable-pip-version-check "$package" ||
    { echo "could not install $package: is PyPI reachable?" >&2; exit 2; }
  touch "$cache/$client/installed-$package"
done

exec node "$here/run.mjs" "$cache" "${clients[@]}"
