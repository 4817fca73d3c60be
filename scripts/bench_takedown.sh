#!/usr/bin/env bash
# Measures takedowns, receipts and purges beside an import of the same table, in one run. Needs python3 and a folder of Parquet
# tables with the columns of LAION's.
#
#   scripts/bench_takedown.sh FOLDER_OF_TABLES [SAMPLES]
#
# Everything is made in $TMPDIR/sayso-bench-takedown and removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

tables=$(realpath "${1:?a folder of Parquet tables}")
sayso=${SAYSO:-}
if [ -z "$sayso" ]; then
  cargo build --quiet --release --package sayso-cli --bin sayso
  sayso=${CARGO_TARGET_DIR:-target}/release/sayso
fi
work=${TMPDIR:-/tmp}/sayso-bench-takedown
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
python3 scripts/bench_takedown.py "$sayso" "$tables" "$work" "${2:-1000}"
