#!/usr/bin/env bash
# Measures fetching beside img2dataset, from the same server with 50 hosts on this machine: pictures a second, resized to
# 256, as WebDataset. Needs python3 with venv, and a folder of real pictures.
#
#   scripts/bench_fetch.sh FOLDER_OF_PICTURES [COUNT] [ROUNDS]
#
# Everything is made in $TMPDIR/sayso-bench-fetch and kept, so that a second run starts at once.
set -euo pipefail
cd "$(dirname "$0")/.."

pictures=${1:?a folder of pictures}
count=${2:-2000}
rounds=${3:-3}
work=${TMPDIR:-/tmp}/sayso-bench-fetch
mkdir -p "$work"
if [ ! -x "$work/peer/bin/img2dataset" ]; then
  python3 -m venv "$work/peer"
  "$work/peer/bin/pip" install --quiet img2dataset==1.47.0
fi
cargo build --quiet --release --package sayso-cli
"$work/peer/bin/python" scripts/bench_fetch.py "${CARGO_TARGET_DIR:-target}/release/sayso" "$work" "$pictures" "$count" "$rounds"
