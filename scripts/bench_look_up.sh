#!/usr/bin/env bash
# Measures how a server looks up 10,000 addresses at once in a registry of a million claims, over HTTP on loopback. Needs python3.
#
#   scripts/bench_look_up.sh [CLAIMS] [ROUNDS]
#
# The claims are drawn: half on sites, the rest on folders and addresses. Everything is made in $TMPDIR/sayso-bench-look-up and
# removed at the end; a million claims take some minutes to import, and about a gigabyte.
set -euo pipefail
cd "$(dirname "$0")/.."

sayso=${SAYSO:-}
if [ -z "$sayso" ]; then
  cargo build --quiet --release --package sayso-cli --bin sayso
  sayso=$(realpath "${CARGO_TARGET_DIR:-target}")/release/sayso
fi
work=${TMPDIR:-/tmp}/sayso-bench-look-up
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
python3 scripts/bench_look_up.py "$sayso" "$work" "${1:-1000000}" "${2:-20}"
